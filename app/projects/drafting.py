"""The announcement as it might be: words of the notice, filled with what became of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.campaigns.definition import Definition
from app.projects.rules import HEADING_LIMIT, AnnouncementText, name_of_all


@dataclass(frozen=True)
class Facts:
    """What the draft tells: how many proposals, candidates, voters there were, and the titles that were chosen."""

    proposals: int
    candidates: int
    voters: int
    titles: Sequence[str]


def draft(definition: Definition, facts: Facts) -> AnnouncementText:
    name = name_of_all(definition)
    listed = "；\n".join(f"{number}. {title}" for number, title in enumerate(facts.titles, start=1))
    paragraphs = (
        "各级工会、广大职工：",
        f"为深入推进“为职工办好事、做实事、解难事”的实事项目机制建设，{definition.organiser}开展了"
        f"{definition.title}。围绕职工最关心、最直接、最现实的利益问题，共收到各级工会、机关部室和广大职工的提案 "
        f"{facts.proposals:,} 份，经汇总梳理、逐份评审，形成候选项目 {facts.candidates} 个。",
        f"在征求意见阶段，{facts.voters:,} 位职工参加投票。根据投票结果，遴选出职工欢迎的 {len(facts.titles)} "
        f"个项目，现作为{name}正式公布：",
        f"{listed}。" if listed else "",
        "各项目的内容、目标和责任部门附后。实事项目当年投入、当年见效，请广大职工一起监督。",
        "感谢每一位提出建议、参加投票的职工。这些项目从大家的话里来，也要办到大家的心坎上。",
        definition.organiser,
    )
    return AnnouncementText(f"关于公布{name}的公告"[:HEADING_LIMIT], "\n".join(filter(None, paragraphs)))

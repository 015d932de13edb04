"""Changing campaigns: loading a definition, setting the phase by hand. Each change is in the action log."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.definition import Definition
from app.campaigns.loader import from_json, to_json
from app.campaigns.queries import NoCampaign
from app.campaigns.rules import AUTO, closing, is_still_to_end, phase_by_word
from app.clock import Clock
from app.errors import Conflict
from app.operators import log
from app.operators.reasons import clean_reason
from models import Campaign, Draft, Proposal


class Loaded(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class WouldBreak(Conflict):
    """The new definition takes away what proposals and drafts already rest on."""

    code = "would_break"


def load(session: Session, definition: Definition, *, actor: str, clock: Clock) -> Loaded:
    """Create the campaign of this key, or bring it up to date. Raises WouldBreak, with every reason."""
    campaign = _find(session, definition.key)
    if campaign and campaign.definition == to_json(definition):
        return Loaded.UNCHANGED
    if reasons := [*_taken_away(session, campaign, definition), *_year_taken(session, definition)]:
        raise WouldBreak("这个活动已经有人参加，这样改会打乱已有的资料：\n" + "\n".join(reasons))
    outcome = Loaded.UPDATED if campaign else Loaded.CREATED
    _store(session, campaign or Campaign(key=definition.key), definition, clock)
    subject = f"campaign:{definition.key}"
    log.record(
        session, actor=actor, verb="campaign.load", subject=subject, detail={"outcome": outcome}, clock=clock
    )
    return outcome


def set_phase(session: Session, key: str, word: str, reason: str, *, actor: str, clock: Clock) -> None:
    """Set the phase by hand to `word`, or back to the calendar with "auto".

    Raises NoCampaign, or Invalid for an unknown phase or a reason that is missing.
    """
    phase, reason = phase_by_word(word), clean_reason(reason)
    campaign = _find(session, key)
    if campaign is None:
        raise NoCampaign(f"没有“{key}”这个活动。")
    detail = {"from": campaign.phase_by_hand or AUTO, "to": phase or AUTO, "reason": reason}
    phases, before = from_json(campaign.definition).phases, campaign.phase_by_hand
    campaign.collecting_closed_at = closing(phases, before, phase, campaign.collecting_closed_at, clock.now())
    campaign.phase_by_hand, campaign.phase_reason = phase, reason if phase else None
    session.flush()
    log.record(session, actor=actor, verb="campaign.phase", subject=f"campaign:{key}", detail=detail, clock=clock)


def _find(session: Session, key: str) -> Campaign | None:
    return session.scalar(select(Campaign).where(Campaign.key == key).with_for_update())


def _store(session: Session, campaign: Campaign, definition: Definition, clock: Clock) -> None:
    """Each stored version has a later `loaded_at` than the one before: readers know it by that."""
    now = clock.wall()
    before = campaign.loaded_at + timedelta(microseconds=1) if campaign.loaded_at else now
    campaign.title, campaign.definition = definition.title, to_json(definition)
    campaign.loaded_at = max(now, before)
    if is_still_to_end(definition.phases, campaign.phase_by_hand, clock.now()):
        campaign.collecting_closed_at = None
    session.add(campaign)
    session.flush()


def _taken_away(session: Session, campaign: Campaign | None, definition: Definition) -> Iterator[str]:
    """What proposals and drafts of the campaign rest on and `definition` no longer has."""
    if campaign is None:
        return
    if campaign.definition["year"] != definition.year and _has_proposals(session, campaign):
        yield f"年份不能再改成 {definition.year}，提案编号里已经用了 {campaign.definition['year']}。"
    kept = {category.key for category in definition.categories}
    used = _used_categories(session, campaign)
    for key in sorted(used - kept):
        yield f"不能去掉类别 {key}，已经有提案归在这一类。"
    for key in sorted(_drafted_categories(session, campaign) - used - kept):
        yield f"不能去掉类别 {key}，已经有人选了这一类，正在写。"
    asked = {one.key: one for one in definition.further}
    for key, said in sorted(_further_answers(session, campaign)):
        if key not in asked:
            yield f"不能去掉问题 {key}，已经有提案回答了。"
        elif asked[key].options and said not in asked[key].options:
            yield f"问题 {key} 不能去掉选项“{said}”，已经有提案选了。"
    numbers = {project.number for project in definition.last_year}
    for number in sorted(_rated_projects(session, campaign) - numbers):
        yield f"不能去掉上一年度的第 {number} 个项目，已经有人评过。"


def _year_taken(session: Session, definition: Definition) -> Iterator[str]:
    """Proposal numbers carry the year, so two campaigns that give out numbers cannot share one."""
    others = select(Campaign).where(Campaign.key != definition.key, Campaign.last_number > 0)
    for other in session.scalars(others):
        if other.definition["year"] == definition.year:
            yield f"{definition.year} 年的提案编号已经在活动“{other.key}”里用了。"


def _has_proposals(session: Session, campaign: Campaign) -> bool:
    return session.scalar(select(Proposal.id).where(Proposal.campaign_id == campaign.id).limit(1)) is not None


def _used_categories(session: Session, campaign: Campaign) -> set[str]:
    used = session.scalars(select(Proposal.category).where(Proposal.campaign_id == campaign.id).distinct())
    return {category for category in used if category}


def _drafted_categories(session: Session, campaign: Campaign) -> set[str]:
    states = session.scalars(select(Draft.state).where(Draft.campaign_id == campaign.id))
    return {category for state in states if (category := state["answers"].get("category"))}


def _further_answers(session: Session, campaign: Campaign) -> set[tuple[str, str]]:
    """(key, answer); of free text it is enough that there is one."""
    options = {one["key"] for one in campaign.definition.get("further", ()) if one["options"]}
    answers = session.scalars(select(Proposal.further).where(Proposal.campaign_id == campaign.id))
    said = (one for given in answers for one in given if one["said"])
    return {(one["key"], one["said"] if one["key"] in options else "") for one in said}


def _rated_projects(session: Session, campaign: Campaign) -> set[int]:
    evaluations = session.scalars(select(Proposal.evaluations).where(Proposal.campaign_id == campaign.id))
    return {one["project"] for given in evaluations for one in given}

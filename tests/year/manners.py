"""How different people write: with slips, in pieces, with a stop in the middle, on the page. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.journeys.answers import CONSENT
from tests.year.cast import Person
from tests.year.show import Text

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
EVALUATION = "对2017年度杨浦工会服务职工实事项目评估"


@dataclass(frozen=True)
class Manner:
    """`stops` in the middle and goes on another day; `cancels` before handing in and takes it up another day."""

    on_page: bool = False
    declines: bool = False
    slips: bool = False
    goes_back: bool = False
    in_pieces: bool = False
    mends: bool = False
    stops: bool = False
    cancels: bool = False
    sends_picture: bool = False
    gives_phone: bool = True


def manner(chance: Random) -> Manner:
    if chance.random() < 0.12:
        return Manner(on_page=True, gives_phone=chance.random() < 0.5)
    stops = chance.random() < 0.15
    return Manner(
        declines=chance.random() < 0.1,
        slips=chance.random() < 0.2,
        goes_back=chance.random() < 0.1,
        in_pieces=chance.random() < 0.4,
        mends=chance.random() < 0.15,
        stops=stops,
        cancels=not stops and chance.random() < 0.06,
        sends_picture=chance.random() < 0.08,
        gives_phone=chance.random() < 0.5,
    )


def answers(person: Person, text: Text, manner: Manner, categories: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """What this person says to each question, by its row; only the last of several is meant."""
    slips, phone = manner.slips, person.telephone
    number = str(categories.index(text.category) + 1)
    spoken_phone = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    return {
        CONSENT: ("不同意",) if manner.declines else ("我同意",),
        "类别": ("第九类", number.translate(FULL_WIDTH)) if slips else (number,),
        "实事项目名称": (text.title,),
        "简介": (*_pieces(text.summary, manner.in_pieces), "完"),
        "预期目标或成效": (text.expected_outcome,),
        EVALUATION: ("5 4 3", _evaluation(text)) if slips else (_evaluation(text),),
        "单位": (f"{person.unit.name}，{person.unit.trade}",),
        "姓名": (f"我叫{person.name}",) if slips else (person.name,),
        "联系电话": ("1380", spoken_phone) if slips else (phone if manner.gives_phone else "跳过",),
    }


def _pieces(summary: str, cut: bool) -> Sequence[str]:
    """As several messages, none too short to be sent."""
    if not cut:
        return (summary,)
    middle = [found.end() for found in re.finditer("[，。；]", summary) if 3 < found.end() < len(summary) - 3]
    return (summary[: middle[0]], summary[middle[0] :]) if middle else (summary,)


def _evaluation(text: Text) -> str:
    given = [(place, score) for place, score in enumerate(text.ratings, start=1) if score]
    if not given:
        return "跳过"
    if len(given) == len(text.ratings):
        return " ".join(str(score) for _, score in given)
    return "\n".join(f"{place}：{score}" for place, score in given)

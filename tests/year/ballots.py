"""Votes as people cast them: in the chat in many spellings, or on the page. Pure but for the phones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.year.browser import Browser
from tests.year.cast import Person
from tests.year.manners import FULL_WIDTH
from tests.year.phones import Phones

RECEIPT = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}")
SPELLINGS = ("投 {}", "投票 {}", "我要投{}", "投给 {}")
BETWEEN = (" ", "、", "，", "  ")
OPINIONS = (
    "盼了好几年，快点办吧。",
    "希望郊外的班组也轮得到。",
    "办好了别忘了告诉我们在哪里报名，可以打我电话 13800001234。",
    "晚班的人也能用上就好了。",
)


@dataclass(frozen=True)
class Vote:
    """`chosen` are candidates' numbers; on the page there may be an opinion to one of them."""

    person: Person
    chosen: tuple[int, ...]
    on_page: bool
    opinion: str = ""

    def spoken(self, chance: Random) -> str:
        numbers = chance.choice(BETWEEN).join(map(str, self.chosen))
        if chance.random() < 0.2:
            numbers = numbers.translate(FULL_WIDTH)
        return chance.choice(SPELLINGS).format(numbers)


def vote(chance: Random, person: Person, candidates: Sequence[int]) -> Vote:
    """Some candidates are liked better than others."""
    wanted = chance.randint(3, 8)
    keys = {number: chance.random() ** (1 / (1 + (number * 7) % 11)) for number in candidates}
    chosen = sorted(sorted(keys, key=lambda number: -keys[number])[:wanted])
    on_page = chance.random() < 0.45
    opinion = chance.choice(OPINIONS) if on_page and chance.random() < 0.07 else ""
    return Vote(person, tuple(chosen), on_page, opinion)


async def say(phones: Phones, vote: Vote, chance: Random) -> str:
    """The receipt."""
    reply = await phones.say(vote.person, vote.spoken(chance))
    assert "计票" in reply, reply
    return receipt_in(reply)


async def send(paper: Browser, vote: Vote) -> str:
    """Fill in the paper that lies open, as if nothing had been chosen before. The receipt."""
    chosen = {f"c{number}": "for" for number in vote.chosen}
    opinion = {f"o{vote.chosen[0]}": vote.opinion} if vote.opinion else {}
    shown = await paper.send({**chosen, **opinion}, "vote", without="c")
    assert "已计票" in shown
    return receipt_in(shown)


def receipt_in(told: str) -> str:
    found = RECEIPT.search(told)
    assert found is not None, f"no receipt in: {told[:400]}"
    return found[0]

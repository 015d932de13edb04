"""What every act is given, and what the play remembers for the acts that follow."""

import asyncio
import json
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from tests.year.cast import Cast, Person
from tests.year.office import Office
from tests.year.phones import Phones
from tests.year.stage import Stage

if TYPE_CHECKING:
    from tests.year.authors import Author

DATA = Path(__file__).parents[1] / "data"
CAMPAIGN = "2018"
AT_ONCE = 24  # phones in use at the same moment

T = TypeVar("T")


@dataclass(frozen=True)
class Text:
    """What somebody proposes. `like`: the id of an earlier text that says the same; `ratings` of last year's."""

    id: str
    category: str
    title: str
    summary: str
    expected_outcome: str
    like: str | None
    ratings: Sequence[int | None] = ()


@dataclass
class Tale:
    """What has happened so far, as those remember it who did it.

    `followers` are those who follow now. `numbers`: the number of each text that was handed in, and `authors`
    who did, by that number. `of_forms`: numbers that came by
    forms, `written_forms` those of them that the play has written, by text. `stopped`: whose is unfinished on the
    last day. `families`: what is handled together, by
    the number of its first. `ballots`: what each voter chose last, by the place among the voters.
    """

    followers: list[Person] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    authors: dict[str, Person] = field(default_factory=dict)
    of_forms: list[str] = field(default_factory=list)
    written_forms: dict[str, str] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    stopped: list["Author"] = field(default_factory=list)
    supports: dict[str, int] = field(default_factory=dict)
    families: dict[str, list[str]] = field(default_factory=dict)
    shortlisted: list[str] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    projects: list[dict[str, Any]] = field(default_factory=list)
    round: str = ""
    ballots: dict[str, tuple[int, ...]] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    cast_ballots: int = 0
    struck_out: set[str] = field(default_factory=set)
    head: str = ""

    def in_order(self, numbers: Iterable[str]) -> list[str]:
        """By their texts: which gets which number differs from play to play, where many write at once."""
        texts = {number: id for id, number in (*self.numbers.items(), *self.written_forms.items())}
        return sorted(numbers, key=lambda number: texts.get(number, number))


@dataclass
class Show:
    stage: Stage
    phones: Phones
    office: Office
    cast: Cast
    chance: Random
    tale: Tale = field(default_factory=Tale)

    def tell(self, said: str) -> None:
        self.stage.tell(said)


async def together(deeds: Iterable[Awaitable[T]]) -> list[T]:
    """All of them, so many at a time; what they give, in their order."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(deed: Awaitable[T]) -> T:
        async with turns:
            return await deed

    return await asyncio.gather(*(in_turn(deed) for deed in deeds))


def related(tale: Tale) -> list[tuple[str, str]]:
    """Pairs of numbers about one thing that do not say the same."""
    notes = json.loads((DATA / "corpus" / "notes.json").read_text("utf-8"))
    pairs = [
        (tale.numbers.get(pair["a"], ""), tale.numbers.get(pair["b"], "")) for pair in notes["hard_negatives"]
    ]
    return [(first, other) for first, other in pairs if first and other]


def texts(corpus: str) -> list[Text]:
    lines = (DATA / corpus / "proposals.jsonl").read_text("utf-8").splitlines()
    return [
        Text(
            id=row["id"],
            category=row["category"],
            title=row["title"],
            summary=row["summary"],
            expected_outcome=row["expected_outcome"],
            like=row["duplicate_of"],
            ratings=tuple(row.get("ratings", ())),
        )
        for row in map(json.loads, lines)
    ]

"""What units said of a round's candidates, as the public reads it: counts, and words without personal data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.ballots import queries, unit_opinions
from app.ballots.queries import RoundView
from app.ballots.unit_opinions import Given
from app.ballots.unit_rules import STANCE_TITLES, Said, UnitStance
from app.crypto import Keyring
from app.statistics.masking import masked


@dataclass(frozen=True)
class UnitLine:
    """Of one candidate: how many units gave it each stance, and their words in no order that tells whose."""

    number: int
    title: str
    counts: Mapping[UnitStance, int]
    texts: tuple[str, ...]

    @property
    def told(self) -> str:
        """Such as "赞成 3 个，不赞成 1 个"."""
        return "，".join(f"{STANCE_TITLES[one]} {many} 个" for one, many in self.counts.items())


@dataclass(frozen=True)
class UnitsSaid:
    """`units` gave an opinion; `lines` by number, only of candidates of whom something was said."""

    units: int
    lines: tuple[UnitLine, ...]


def units_said(session: Session, view: RoundView, keyring: Keyring) -> UnitsSaid | None:
    """None where no unit said anything. Whoever asks sees to it that it may be told."""
    given = unit_opinions.of_round(session, view, keyring)
    if not given:
        return None
    titles = dict(zip(view.slip.numbers, queries.candidates_of(session, view.id), strict=True))
    lines = (_line(number, titles[number].title, given) for number in view.slip.numbers)
    return UnitsSaid(len(given), tuple(line for line in lines if line.counts or line.texts))


def readable(session: Session, view: RoundView, keyring: Keyring) -> Sequence[Given]:
    """What each unit said, for operators to read: personal data masked, as in what voters wrote."""
    given = unit_opinions.of_round(session, view, keyring)
    return [replace(one, said=_without_persons(one.said)) for one in given]


def _without_persons(said: Mapping[int, Said]) -> Mapping[int, Said]:
    return {number: replace(one, text=masked(one.text)) for number, one in said.items()}


def _line(number: int, title: str, given: Sequence[Given]) -> UnitLine:
    said = [one.said[number] for one in given if number in one.said]
    counted = Counter(one.stance for one in said)
    counts = {stance: counted[stance] for stance in UnitStance if counted[stance]}
    return UnitLine(number, title, counts, tuple(sorted(masked(one.text) for one in said if one.text)))

"""What a round of voting came to, for operators to read: nothing at all before the close."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots import invalid, queries
from app.ballots.queries import OPINION_PLACE
from app.ballots.reasons import told
from app.ballots.rules import Sealed
from app.ballots.tally import Count, Tally
from app.crypto import Keyring
from app.statistics.masking import masked
from models import Opinion, Round
from models.enums import InvalidReason


@dataclass(frozen=True)
class Line:
    """What one candidate got, and what people wrote to it."""

    candidate_id: int
    title: str
    count: Count
    opinions: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """`ballots` count, the `invalid` do not. `lines` by the candidates' numbers; `head`: of the archive."""

    ballots: int
    invalid: Mapping[InvalidReason, int]
    head: str
    lines: tuple[Line, ...]

    @property
    def struck_out(self) -> str:
        """How many do not count, and why."""
        return told(self.invalid)

    @property
    def ranked(self) -> list[Line]:
        """The most votes first."""
        return sorted(self.lines, key=lambda line: line.count.rank)

    @property
    def has_ties(self) -> bool:
        return any(line.count.lot for line in self.lines)


def outcome(session: Session, round: Round, keyring: Keyring) -> Outcome:
    """Of a round whose close is written down. Raises Sealed for any other."""
    if round.tally is None:
        raise Sealed("投票截止以后才能看结果，现在谁也看不到。")
    tally = Tally.from_json(round.tally)
    candidates = {candidate.number: candidate for candidate in queries.candidates_of(session, round.id)}
    said = _opinions(session, round.id, keyring)
    lines = (
        Line(one.id, one.title, count, said[one.id])
        for count in tally.counts
        if (one := candidates.get(count.number))
    )
    return Outcome(tally.ballots, invalid.by_reason(session, round.id), round.tally["head"], tuple(lines))


def _opinions(session: Session, round_id: int, keyring: Keyring) -> Mapping[int, tuple[str, ...]]:
    """By the candidate's id. In the order of their words, which tells neither who wrote them nor when."""
    written: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(select(Opinion.candidate_id, Opinion.text).where(Opinion.round_id == round_id)):
        written[row.candidate_id].append(masked(keyring.open(row.text, OPINION_PLACE)))
    return defaultdict(tuple, {one: tuple(sorted(texts)) for one, texts in written.items()})

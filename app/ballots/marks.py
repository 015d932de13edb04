"""Marks: what stands out among the ballots that count now, for a person to look into. Nothing shows any choice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, String, Table, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from app.ballots import queries, suspicion
from app.ballots.noting import note as log
from app.ballots.queries import BALLOTS, INVALID, VOTERS, RoundView
from app.ballots.suspicion import Kind, Minute
from app.clock import Clock
from app.conversation.parsers import clean
from app.crypto import Keyring
from app.errors import Invalid, NotFound
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power
from app.upserts import insert_into
from models import MarkReview, Trace
from models.enums import InvalidationState, RoundState

TRACES: Table = Trace.metadata.tables[Trace.__tablename__]
NOTE_LIMIT = 300  # characters
LOOKED_INTO = (RoundState.OPEN, RoundState.CLOSED, RoundState.CONFIRMED)
LENGTH_TO_THE_MINUTE = len("2017-12-01 04:05")  # as both databases write a time
OF_SAME_BALLOT = (TRACES.c.round_id == VOTERS.c.round_id) & (TRACES.c.seq == VOTERS.c.seq)


@dataclass(frozen=True)
class Review:
    """What somebody found when it was so many ballots."""

    note: str
    ballots: int
    by: str
    at: datetime


@dataclass(frozen=True)
class Mark:
    """`ballots` are those that count and that nobody has proposed to make invalid. `at`: the minute of a burst."""

    name: str
    kind: Kind
    ballots: int
    at: datetime | None = None
    review: Review | None = None

    @property
    def title(self) -> str:
        return suspicion.TITLES[self.kind]

    @property
    def explained(self) -> str:
        return suspicion.EXPLAINED[self.kind]

    @property
    def code(self) -> str:
        """Tells one address from another, and leads to none."""
        return self.name.partition(":")[2][:6].upper() if self.kind is Kind.ADDRESS else ""


class NoMark(NotFound):
    code = "no_mark"


def of_round(session: Session, round: RoundView) -> Sequence[Mark]:
    """Those nobody has looked into first, then by how many ballots. None before it opens and once it is public."""
    if round.state not in LOOKED_INTO:
        return []
    reviews = _reviews(session, round.id)
    marks = [
        Mark(name, _kind(name), ballots, _minute(name), reviews.get(name))
        for name, ballots in _standing_out(session, round)
    ]
    return sorted(marks, key=lambda mark: (mark.review is not None, -mark.ballots, mark.name))


def ballots_of(session: Session, round: RoundView, name: str) -> list[int]:
    """The `seq` of each ballot that stands out so, counts, and is not proposed yet. Raises NoMark."""
    if name not in {each for each, _ in _standing_out(session, round)}:
        raise NoMark("没有这条异常，可能已经处理过了。请刷新再看。")
    return list(session.scalars(_ballots(round.id, name).order_by(VOTERS.c.seq)))


def may_tell_counts(round: RoundView) -> bool:
    """How many ballots stand out tells something of how many have voted."""
    return queries.may_see_turnout(round, operator=True)


def review(
    session: Session, round_id: int, name: str, note: str, *, by: Account, keyring: Keyring, clock: Clock
) -> None:
    """Keep what somebody found who looked into a mark; who looks again writes anew.

    Raises Forbidden, NoRound, NoMark, Invalid.
    """
    require_doubting(by)
    note = checked_note(note)
    queries.row(session, round_id, locked=True)
    view = queries.by_id(session, round_id, keyring, clock.now())
    known = {mark.name: mark for mark in of_round(session, view)}
    if name not in known:
        raise NoMark("没有这条异常，可能已经处理过了。请刷新再看。")
    found = {"ballots": known[name].ballots, "note": note, "operator_id": by.id, "reviewed_at": clock.now()}
    written = insert_into(session, MarkReview).values(round_id=round_id, mark=name, **found)
    session.execute(written.on_conflict_do_update(index_elements=["round_id", "mark"], set_=found))
    log(session, queries.row(session, round_id), by.actor, "review_mark", clock, {"mark": name, "note": note})


def require_doubting(by: Account) -> None:
    """Who makes rounds or runs them may doubt ballots. Raises Forbidden."""
    if not by.may(Power.MAKE_ROUNDS):
        by.require(Power.RUN_ROUNDS)


def checked_note(note: str) -> str:
    """Raises Invalid."""
    note = clean(note)
    if not 0 < len(note) <= NOTE_LIMIT:
        raise Invalid(f"请写明查到了什么，最多 {NOTE_LIMIT} 个字。")
    return note


def _standing_out(session: Session, round: RoundView) -> Iterator[tuple[str, int]]:
    """Names of marks, and how many ballots each."""
    for address, ballots in session.execute(_shared_addresses(round.id)):
        yield f"{Kind.ADDRESS}:{address.hex()}", ballots
    names = [f"{Kind.BURST}:{each.at:%Y-%m-%dT%H:%M}" for each in suspicion.bursts(_minutes(session, round.id))]
    if len(round.slip.numbers) >= suspicion.CANDIDATES_TO_READ:
        names.append(Kind.QUICK)
    for name in (*names, Kind.CHANGES):
        ballots = session.scalar(select(func.count()).select_from(_ballots(round.id, name).subquery()))
        if ballots:
            yield name, ballots


def _counting(round_id: int, *columns: Any) -> Select[Any]:
    """Of the ballots that count and are not proposed."""
    doubted = select(INVALID.c.seq).where(
        INVALID.c.round_id == round_id, INVALID.c.state != InvalidationState.DROPPED
    )
    return select(*columns).where(VOTERS.c.round_id == round_id, VOTERS.c.seq.not_in(doubted))


def _shared_addresses(round_id: int) -> Select[Any]:
    shared = _counting(round_id, TRACES.c.address, func.count()).join_from(VOTERS, TRACES, OF_SAME_BALLOT)
    known = shared.where(TRACES.c.address.is_not(None)).group_by(TRACES.c.address)
    many = known.having(func.count() >= suspicion.SHARED_BY).order_by(func.count().desc(), TRACES.c.address)
    return many.limit(suspicion.ADDRESSES_SHOWN)


def _minutes(session: Session, round_id: int) -> list[Minute]:
    """How many voted for the first time in each minute that anybody did."""
    minute = func.substr(as_type(BALLOTS.c.cast_at, String), 1, LENGTH_TO_THE_MINUTE)
    first = select(func.min(BALLOTS.c.cast_at), func.count()).where(
        BALLOTS.c.round_id == round_id, BALLOTS.c.replaces.is_(None)
    )
    return [Minute(at, ballots) for at, ballots in session.execute(first.group_by(minute))]


def _ballots(round_id: int, name: str) -> Select[Any]:
    """What belongs to a mark of this name, which is one of ours."""
    kind, counting = _kind(name), _counting(round_id, VOTERS.c.seq)
    if kind is Kind.CHANGES:
        return counting.where(VOTERS.c.cast >= suspicion.CHANGED_OFTEN)
    if kind is Kind.ADDRESS:
        address = bytes.fromhex(name.partition(":")[2])
        return counting.join_from(VOTERS, TRACES, OF_SAME_BALLOT).where(TRACES.c.address == address)
    same = (BALLOTS.c.round_id == VOTERS.c.round_id) & (BALLOTS.c.seq == VOTERS.c.seq)
    first = counting.join_from(VOTERS, BALLOTS, same).where(BALLOTS.c.replaces.is_(None))
    if kind is Kind.QUICK:
        return first.join(TRACES, OF_SAME_BALLOT).where(TRACES.c.seconds < suspicion.QUICK_SECONDS)
    at = _minute(name)
    assert at is not None, "a burst is named by its minute"
    return first.where(BALLOTS.c.cast_at >= at, BALLOTS.c.cast_at < at + suspicion.MINUTE)


def _kind(name: str) -> Kind:
    return Kind(name.partition(":")[0])


def _minute(name: str) -> datetime | None:
    kind, _, key = name.partition(":")
    return datetime.fromisoformat(key).replace(tzinfo=UTC) if kind == Kind.BURST else None


def _reviews(session: Session, round_id: int) -> Mapping[str, Review]:
    found = session.scalars(select(MarkReview).where(MarkReview.round_id == round_id)).all()
    names = operators.names(session, {one.operator_id for one in found})
    return {one.mark: Review(one.note, one.ballots, names[one.operator_id], one.reviewed_at) for one in found}

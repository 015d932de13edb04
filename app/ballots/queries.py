"""Reading rounds: where each stands now, what is voted on, a voter's own ballot."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, Select, Table, bindparam, func, select
from sqlalchemy.orm import Session

from app.ballots import rules, types
from app.ballots.choices import Choices, Slip, unpack
from app.ballots.electorate import Electorate, Person
from app.ballots.keys import RoundKey
from app.ballots.types.ballot_type import BallotType
from app.crypto import Keyring
from app.errors import NotFound
from app.quick import QUICK
from models import (
    Ballot,
    Box,
    Candidate,
    Follower,
    Invalidation,
    Opinion,
    Register,
    RegisterEntry,
    Round,
    RoundCandidate,
    Voter,
)
from models.enums import BallotWay, InvalidationState, InvalidReason, RoundState, Turnout

KEY_PLACE = "rounds.key"
OPINION_PLACE = "opinions.text"

BALLOTS: Table = Ballot.metadata.tables[Ballot.__tablename__]
VOTERS: Table = Voter.metadata.tables[Voter.__tablename__]
FOLLOWERS: Table = Follower.metadata.tables[Follower.__tablename__]
ENTRIES: Table = RegisterEntry.metadata.tables[RegisterEntry.__tablename__]
INVALID: Table = Invalidation.metadata.tables[Invalidation.__tablename__]
FIND_BALLOTS = (
    select(
        VOTERS.c.id,
        VOTERS.c.voter,
        VOTERS.c.cast,
        VOTERS.c.hand,
        BALLOTS.c.seq,
        BALLOTS.c.receipt,
        BALLOTS.c.choices,
        BALLOTS.c.way,
        INVALID.c.reason.label("invalid"),
    )
    .join(BALLOTS, (BALLOTS.c.round_id == VOTERS.c.round_id) & (BALLOTS.c.seq == VOTERS.c.seq))
    .outerjoin(
        INVALID,
        (INVALID.c.round_id == VOTERS.c.round_id)
        & (INVALID.c.seq == VOTERS.c.seq)
        & (INVALID.c.state == InvalidationState.AGREED),
    )
    .where(VOTERS.c.round_id == bindparam("round"), VOTERS.c.voter.in_(bindparam("voters", expanding=True)))
    .execution_options(**QUICK)
)
ROUNDS: Table = Round.metadata.tables[Round.__tablename__]
FIND_RELEASED = (
    select(*(column for column in ROUNDS.c if column.name not in ("tally", "turnout_by_unit")))
    .where(ROUNDS.c.id == bindparam("round"), ROUNDS.c.released_by.is_not(None))
    .execution_options(**QUICK)
)
FIND_PEOPLE = (
    select(
        FOLLOWERS.c.id,
        FOLLOWERS.c.openid,
        FOLLOWERS.c.subscribed,
        FOLLOWERS.c.subscribed_at,
        FOLLOWERS.c.created_at,
        ENTRIES.c.id.label("entry_id"),
    )
    .outerjoin(
        ENTRIES, (ENTRIES.c.follower_id == FOLLOWERS.c.id) & (ENTRIES.c.register_id == bindparam("register"))
    )
    .where(FOLLOWERS.c.id.in_(bindparam("ids", expanding=True)))
    .execution_options(**QUICK)
)

OPINIONS: Table = Opinion.metadata.tables[Opinion.__tablename__]
FIND_OPINIONS = (
    select(OPINIONS.c.voter_id, OPINIONS.c.candidate_id, OPINIONS.c.text)
    .where(OPINIONS.c.voter_id.in_(bindparam("voters", expanding=True)))
    .execution_options(**QUICK)
)


class NoRound(NotFound):
    code = "no_round"


@dataclass(frozen=True)
class Fixed:
    """What of a round does not change once it is released. `candidates` are ids in the order of `slip.numbers`."""

    ballot_type: BallotType
    slip: Slip
    candidates: tuple[int, ...]
    electorate: Electorate
    key: RoundKey | None


@dataclass(frozen=True)
class RoundView:
    """A round as it stands at a moment. `opened_at` is when ballots were first taken."""

    id: int
    campaign_id: int
    title: str
    state: RoundState
    fixed: Fixed
    turnout: Turnout
    opens_at: datetime | None
    closes_at: datetime | None
    seed: str

    @property
    def slip(self) -> Slip:
        return self.fixed.slip

    def voter(self, person: Person) -> bytes | None:
        """What stands in the box for a person; None once the round's key is destroyed."""
        key = self.fixed.key
        return key.voter(self.fixed.electorate.identity(person)) if key else None

    def hand(self, person: Person) -> bytes | None:
        """Who casts for an entry of a register; None on paper, and where a ballot is the follower's own anyway."""
        key = self.fixed.key
        if key is None or self.fixed.electorate.register_id is None or not person.openid:
            return None
        return key.voter(f"hand:{person.openid}")

    def arrangement(self, person: Person) -> str:
        """A code that orders the candidates on a person's page, and leads to nothing that stands in the box."""
        key = self.fixed.key
        assert key is not None, "nobody votes where the key is gone"
        return key.voter(f"order:{self.fixed.electorate.identity(person)}")[:4].hex().upper()


@dataclass(frozen=True)
class Standing:
    """The last ballot of somebody, which counts unless `invalid` says why not. `cast`: how many they have cast.

    `hand` is as RoundView has it for whoever cast it.
    """

    voter_id: int
    seq: int
    receipt: str
    choices: Choices
    cast: int
    way: BallotWay
    invalid: InvalidReason | None = None
    hand: bytes | None = None

    def as_seen_by(self, hand: bytes | None) -> "Standing | Elsewhere":
        """By whoever's `hand` it is. Nobody sees a ballot on paper, for whose card it was nobody proves again."""
        is_own = self.hand == hand and self.way is not BallotWay.PAPER
        return self if is_own else Elsewhere(self.way, self.invalid)


@dataclass(frozen=True)
class Elsewhere:
    """What one may know of a ballot that was cast for the same card by another hand: that it is there."""

    way: BallotWay
    invalid: InvalidReason | None


# Rounds that are released: opened again only when another version of the row is found.
_fixed: WeakKeyDictionary[Engine | Connection, dict[int, tuple[bytes | None, Fixed]]] = WeakKeyDictionary()


def by_id(session: Session, round_id: int, keyring: Keyring, now: datetime) -> RoundView:
    """Raises NoRound."""
    round = session.get(Round, round_id)
    if round is None:
        raise NoRound("没有这一轮投票，链接可能不完整。")
    return view(session, round, keyring, now)


def row(session: Session, round_id: int, *, locked: bool = False) -> Round:
    """Raises NoRound."""
    found = session.get(Round, round_id, with_for_update=locked or None, populate_existing=locked)
    if found is None:
        raise NoRound("没有这一轮投票。")
    return found


def of_campaign(session: Session, campaign_id: int) -> Sequence[Round]:
    """The newest first."""
    own = select(Round).where(Round.campaign_id == campaign_id)
    return session.scalars(own.order_by(Round.id.desc())).all()


def being_voted(session: Session, campaign_id: int, keyring: Keyring, now: datetime) -> list[RoundView]:
    """The rounds of a campaign that take ballots now."""
    near = select(Round).where(
        Round.campaign_id == campaign_id, Round.state.in_((RoundState.DRAFT, RoundState.OPEN))
    )
    views = [view(session, round, keyring, now) for round in session.scalars(near.order_by(Round.id))]
    return [one for one in views if one.state is RoundState.OPEN]


def state_of(round: Round, now: datetime) -> RoundState:
    return rules.state_at(
        round.state,
        released=round.released_by is not None,
        opens_at=round.opens_at,
        closes_at=round.closes_at,
        now=now,
    )


def is_overtaken(session: Session, round_id: int, now: datetime) -> bool:
    """Whether the clock has done to the round what nobody has written down yet. Raises NoRound."""
    round = row(session, round_id)
    return state_of(round, now) is not round.state


def view(session: Session, round: Round | Row[Any], keyring: Keyring, now: datetime) -> RoundView:
    return RoundView(
        id=round.id,
        campaign_id=round.campaign_id,
        title=round.title,
        state=state_of(round, now),  # type: ignore[arg-type] # a row has the columns by the same names
        fixed=_fixed_of(session, round, keyring),
        turnout=round.turnout,
        opens_at=round.opens_at,
        closes_at=round.closes_at,
        seed=round.seed,
    )


def candidates_of(session: Session, round_id: int) -> Sequence[Candidate]:
    """In the order of their numbers, or of their places while they have none."""
    of_it = select(Candidate).join(RoundCandidate, RoundCandidate.candidate_id == Candidate.id)
    return session.scalars(of_it.where(RoundCandidate.round_id == round_id).order_by(RoundCandidate.place)).all()


def people(session: Session, ids: Collection[int], electorate: Electorate) -> Mapping[int, Person]:
    """Followers by id, with their entry on the round's register, if it has one."""
    rows = session.execute(FIND_PEOPLE, {"ids": list(ids), "register": electorate.register_id or 0})
    return {
        row.id: Person(
            row.id,
            row.openid,
            row.subscribed,
            row.subscribed_at or row.created_at,
            row.entry_id,
        )
        for row in rows
    }


def standings(session: Session, round: RoundView, voters: Collection[bytes]) -> dict[bytes, Standing]:
    """What these voters have cast, by what stands in the box for them."""
    key = round.fixed.key
    if key is None:
        return {}
    rows = session.execute(FIND_BALLOTS, {"round": round.id, "voters": list(voters)})
    size = len(round.slip.numbers)
    return {
        row.voter: Standing(
            row.id,
            row.seq,
            row.receipt,
            unpack(key.seal(row.choices, row.seq), size),
            row.cast,
            row.way,
            row.invalid,
            row.hand,
        )
        for row in rows
    }


def standing(session: Session, round: RoundView, person: Person) -> Standing | Elsewhere | None:
    """The ballot of one person, for nobody else."""
    voter = round.voter(person)
    found = standings(session, round, [voter]).get(voter) if voter else None
    return found.as_seen_by(round.hand(person)) if found else None


def opinions(session: Session, voter_ids: Collection[int], keyring: Keyring) -> Mapping[int, Mapping[int, str]]:
    """What these voters wrote, by voter and by the candidate's id."""
    written: dict[int, dict[int, str]] = {voter_id: {} for voter_id in voter_ids}
    for row in session.execute(FIND_OPINIONS, {"voters": list(voter_ids)}) if voter_ids else ():
        written[row.voter_id][row.candidate_id] = keyring.open(row.text, OPINION_PLACE)
    return written


def opinions_of(session: Session, voter_id: int, keyring: Keyring) -> Mapping[int, str]:
    """What a voter wrote, by the candidate's id."""
    return opinions(session, [voter_id], keyring)[voter_id]


def votes_cast(session: Session, round_id: int) -> int:
    """How many persons have voted. Whoever asks sees to it that it may be told: see `may_see_turnout`."""
    return session.scalar(select(func.count()).where(Voter.round_id == round_id)) or 0


def may_see_turnout(round: RoundView, *, operator: bool) -> bool:
    if round.state not in (RoundState.DRAFT, RoundState.OPEN):
        return True
    return round.turnout is Turnout.EVERYONE or (operator and round.turnout is Turnout.OPERATORS)


def _fixed_of(session: Session, round: Round | Row[Any], keyring: Keyring) -> Fixed:
    if round.released_by is None:
        return _read_fixed(session, round, keyring)
    known = _fixed.setdefault(session.get_bind(), {})
    key, fixed = known.get(round.id, (b"", None))
    if fixed is None or key != round.key:
        fixed = _read_fixed(session, round, keyring)
        known[round.id] = round.key, fixed
    return fixed


def _read_fixed(session: Session, round: Round | Row[Any], keyring: Keyring) -> Fixed:
    rows = session.execute(_numbers(round.id)).all()
    slip = Slip(
        tuple(row.number or row.place + 1 for row in rows), round.min_choices, round.max_choices
    )  # a draft counts through candidates that have no numbers yet
    return Fixed(
        types.by_key(round.ballot_type),
        slip,
        tuple(row.candidate_id for row in rows),
        Electorate.from_json(round.electorate),
        RoundKey(keyring.open(round.key, KEY_PLACE)) if round.key else None,
    )


def _numbers(round_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(RoundCandidate.place, RoundCandidate.candidate_id, Candidate.number)
        .join(Candidate, Candidate.id == RoundCandidate.candidate_id)
        .where(RoundCandidate.round_id == round_id)
        .order_by(RoundCandidate.place)
    )


def registers_of(session: Session, campaign_id: int) -> Sequence[Register]:
    """What a round may go by, the newest first."""
    own = select(Register).where(Register.campaign_id == campaign_id)
    return session.scalars(own.order_by(Register.id.desc())).all()


def box(session: Session, round_id: int) -> Box | None:
    """None for a draft that was not released."""
    return session.get(Box, round_id)

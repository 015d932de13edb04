"""Casting ballots: those of one transaction share what was loaded, and are put into the box in one go."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.ballots import keys, queries
from app.ballots.choices import Choices, pack
from app.ballots.electorate import Person
from app.ballots.lines import ballot_line, link
from app.ballots.queries import BALLOTS, OPINION_PLACE, VOTERS, NoRound, RoundView, Standing
from app.ballots.rules import CHANGES_LIMIT, OPINION_LIMIT, require
from app.campaigns import queries as campaigns
from app.campaigns import rules as phases
from app.clock import Clock
from app.conversation.parsers import clean
from app.crypto import Keyring
from app.errors import Conflict, Invalid
from app.upserts import insert_into
from models import Box, Opinion, Round, Trace
from models.enums import BallotWay, RoundState

BOXES: Table = Box.metadata.tables[Box.__tablename__]
ROUNDS: Table = Round.metadata.tables[Round.__tablename__]
LOCK_BOX = select(BOXES.c.size, BOXES.c.head).where(BOXES.c.round_id == bindparam("round")).with_for_update()
# A statement of its own, after the lock: PostgreSQL would show the round as it was before a wait for the box.
FIND_ROUND = select(ROUNDS).where(ROUNDS.c.id == bindparam("round"))
TRACES: Table = Trace.metadata.tables[Trace.__tablename__]
ADD_BALLOTS, ADD_VOTERS, ADD_TRACES = insert(BALLOTS), insert(VOTERS), insert(TRACES)
MOVED: dict[str, Any] = {name: bindparam(name) for name in ("seq", "cast", "hand")}
MOVE_VOTERS = update(VOTERS).where(VOTERS.c.id == bindparam("of")).values(MOVED)
FIND_HANDS = select(VOTERS.c.voter, VOTERS.c.hand).where(
    VOTERS.c.round_id == bindparam("round"), VOTERS.c.hand.in_(bindparam("hands", expanding=True))
)


class TooManyChanges(Conflict):
    code = "too_many_changes"


class VotedOnPaper(Conflict):
    """A ballot on paper counts, so no phone casts another: nobody at the office would notice."""

    code = "voted_on_paper"


class HandHasVoted(Conflict):
    """The phone has cast a ballot that counts for another card: it was bound to another since."""

    code = "hand_has_voted"


class HasVoted(Conflict):
    """A ballot counts already, so one on paper is set aside."""

    code = "has_voted"


@dataclass(frozen=True)
class Origin:
    """How a ballot came in: from which address, and how many seconds it had been open; None where nobody knows."""

    address: str | None = None
    seconds: int | None = None


UNKNOWN = Origin()


@dataclass(frozen=True)
class Cast:
    """`receipt` proves that a ballot is in the box. `before` counted until now; `repeated`: nothing was new."""

    receipt: str
    choices: Choices
    before: Choices | None = None
    repeated: bool = False


@dataclass
class _InHand:
    """A voter whose ballot is being cast: as the box knows them, and as this transaction leaves them.

    `counts`: a ballot of theirs does. `hand` cast it.
    """

    known: Standing | None
    receipt: str = ""
    choices: Choices | None = None
    counts: bool = False
    seq: int | None = None
    cast: int = 0
    way: BallotWay | None = None
    hand: bytes | None = None

    @classmethod
    def of(cls, known: Standing | None) -> "_InHand":
        if known is None:
            return cls(None)
        counts = known.invalid is None
        counted = known.choices if counts else None
        return cls(known, known.receipt, counted, counts, known.seq, known.cast, known.way, known.hand)

    def pass_to(self, hand: bytes | None) -> bool:
        """Whoever casts now is told nothing of what another hand had cast. False where it is the same hand."""
        if self.seq is None or hand == self.hand:
            self.hand = hand
            return False
        self.hand, self.choices = hand, None
        return True

    @property
    def left(self) -> dict[str, Any]:
        return {"seq": self.seq, "cast": self.cast, "hand": self.hand}

    def refuse_beside_paper(self, way: BallotWay) -> None:
        """Paper is cast once, and neither replaces a ballot that counts nor is replaced. Raises Conflict."""
        if not self.counts:
            return
        if way is BallotWay.PAPER:
            raise HasVoted("这位会员已经投过票，一人一票，按已经投的算。这张纸质选票不再录入。")
        if self.way is BallotWay.PAPER:
            raise VotedOnPaper(
                "您已经用纸质选票投过票，纸质选票已经计票，一人一票，手机上不能再投。有疑问请联系活动办公室。"
            )


@dataclass
class Booth:
    """The box of one round, locked for this transaction. `leave` puts in what was cast."""

    round: RoundView
    allowed: bool
    people: Mapping[int, Person]
    keyring: Keyring
    now: datetime
    size: int
    head: str
    _voters: dict[bytes, _InHand]
    _hands: dict[bytes, bytes]
    _ballots: list[dict[str, Any]] = field(default_factory=list)
    _traces: list[dict[str, Any]] = field(default_factory=list)
    _opinions: dict[tuple[bytes, int], str] = field(default_factory=dict)

    @classmethod
    def enter(
        cls,
        session: Session,
        round_id: int,
        follower_ids: Collection[int],
        keyring: Keyring,
        clock: Clock,
        entry_ids: Collection[int] = (),
    ) -> "Booth":
        """For these followers, or for these entries of the round's register, who vote on paper.

        Raises NoRound also for a round that nobody has released.
        """
        box = session.execute(LOCK_BOX, {"round": round_id}).first()
        row = session.execute(FIND_ROUND, {"round": round_id}).first()
        if box is None or row is None:
            raise NoRound("没有这一轮投票，或者还没有开始。")
        now = clock.now()
        round = queries.view(session, row, keyring, now)
        campaign = campaigns.by_id(session, round.campaign_id, clock)
        people = queries.people(session, follower_ids, round.fixed.electorate)
        present = [*people.values(), *map(on_paper, entry_ids)]
        voters = [voter for person in present if (voter := round.voter(person))]
        known = queries.standings(session, round, voters)
        in_hand = {voter: _InHand.of(known.get(voter)) for voter in voters}
        hands = {hand for person in people.values() if (hand := round.hand(person))}
        cast_by = _cast_by(session, round_id, hands)
        return cls(round, campaign.allows.vote, people, keyring, now, box.size, box.head, in_hand, cast_by)

    def cast(
        self,
        person: Person,
        choices: Choices,
        opinions: Mapping[int, str] | None,
        way: BallotWay,
        origin: Origin = UNKNOWN,
    ) -> Cast:
        """Cast the ballot of `person`; `choices` were checked by the ballot's type, `opinions` are by number.

        The same choices again change nothing and get the same receipt. Without `opinions` those given stay.
        Raises WrongState, MayNotVote, TooManyChanges, VotedOnPaper, HasVoted, Invalid.
        """
        self.require_open()
        self.round.fixed.electorate.admit(person)
        said = _checked(opinions or {})
        voter = self.round.voter(person)
        assert voter is not None, "the key of an open round is kept"
        in_hand = self._voters[voter]
        in_hand.refuse_beside_paper(way)
        hand = self.round.hand(person)
        if hand is not None and self._hands.setdefault(hand, voter) != voter:
            raise HandHasVoted("这部手机在这一轮已经为另一张会员卡投过票，一人一票。有疑问请联系活动办公室。")
        if in_hand.pass_to(hand):
            opinions = opinions or {}
        before = in_hand.choices
        if opinions is not None and (in_hand.known or any(said.values())):
            self._opinions |= {(voter, number): said.get(number, "") for number in self.round.slip.numbers}
        if before != choices:
            if in_hand.cast >= CHANGES_LIMIT:
                raise TooManyChanges("您改得太多次了，现在的选择已经计票。确实要再改，请联系活动办公室。")
            self._append(in_hand, choices, way)
            self._leave_trace(origin)
        return Cast(in_hand.receipt, choices, before, before == choices)

    def leave(self, session: Session) -> None:
        """Write what was cast, in a few statements for all."""
        if self._ballots:
            session.execute(ADD_BALLOTS, self._ballots)
            self._write_voters(session)
            if self._traces:
                session.execute(ADD_TRACES, self._traces)
            moved = update(BOXES).where(BOXES.c.round_id == self.round.id).values(size=self.size, head=self.head)
            session.execute(moved)
        if self._opinions:
            self._write_opinions(session)

    def has_voted(self, person: Person) -> bool:
        """Whether a ballot of theirs counts."""
        voter = self.round.voter(person)
        return voter is not None and self._voters[voter].counts

    def require_open(self) -> None:
        """Raises WrongState, PhaseClosed."""
        require(self.round.state, RoundState.OPEN, "投票")
        if not self.allowed:
            raise phases.PhaseClosed("征求意见已经结束，不能再投票了，谢谢您的热心。")

    def _append(self, in_hand: _InHand, choices: Choices, way: BallotWay) -> None:
        key = self.round.fixed.key
        assert key is not None
        self.size += 1
        seq, receipt, packed = self.size, keys.new_receipt(), pack(choices)
        commitment = key.commit(receipt, packed)
        self.head = link(self.head, ballot_line(seq, receipt, in_hand.seq, commitment))
        self._ballots.append(
            {
                "round_id": self.round.id,
                "seq": seq,
                "replaces": in_hand.seq,
                "receipt": receipt,
                "choices": key.seal(packed, seq),
                "commitment": commitment,
                "hash": self.head,
                "way": way,
                "cast_at": self.now,
            }
        )
        in_hand.receipt, in_hand.choices, in_hand.seq, in_hand.way = receipt, choices, seq, way
        in_hand.counts = True
        in_hand.cast += 1

    def _leave_trace(self, origin: Origin) -> None:
        """Of the ballot that was put in last."""
        key = self.round.fixed.key
        if origin != UNKNOWN and key is not None:
            of_it = {"round_id": self.round.id, "seq": self.size}
            self._traces.append({**of_it, "address": key.address(origin.address), "seconds": origin.seconds})

    def _write_voters(self, session: Session) -> None:
        """New ones, and those whose ballot is another now. One voter twice is refused by the database."""
        new, moved = [], []
        for voter, one in self._voters.items():
            if one.known is None and one.seq is not None:
                new.append({"round_id": self.round.id, "voter": voter, **one.left})
            elif one.known is not None and one.seq != one.known.seq:
                moved.append({"of": one.known.voter_id, **one.left})
        if new:
            session.execute(ADD_VOTERS, new)
        if moved:
            session.execute(MOVE_VOTERS, moved)

    def _write_opinions(self, session: Session) -> None:
        voters = list({voter for voter, _ in self._opinions})
        wanted = select(VOTERS.c.voter, VOTERS.c.id).where(
            VOTERS.c.round_id == self.round.id, VOTERS.c.voter.in_(voters)
        )
        ids = {row.voter: row.id for row in session.execute(wanted)}
        candidate = dict(zip(self.round.slip.numbers, self.round.fixed.candidates, strict=True))
        given = {(ids[voter], candidate[number]): text for (voter, number), text in self._opinions.items()}
        session.execute(delete(Opinion).where(Opinion.voter_id.in_(ids.values())))
        rows = [
            {
                "round_id": self.round.id,
                "voter_id": voter_id,
                "candidate_id": candidate_id,
                "text": self.keyring.seal(text, OPINION_PLACE),
            }
            for (voter_id, candidate_id), text in given.items()
            if text
        ]
        if rows:
            session.execute(insert_into(session, Opinion), rows)


def _cast_by(session: Session, round_id: int, hands: Collection[bytes]) -> dict[bytes, bytes]:
    """By hand, for whom it has cast. Nothing to ask where ballots are the followers' own."""
    if not hands:
        return {}
    rows = session.execute(FIND_HANDS, {"round": round_id, "hands": list(hands)})
    return {row.hand: row.voter for row in rows}


def on_paper(entry_id: int) -> Person:
    """Whoever stands on the register there: no phone is needed."""
    return Person(id=0, openid="", subscribed=False, since=datetime.min.replace(tzinfo=UTC), entry_id=entry_id)


def _checked(opinions: Mapping[int, str]) -> dict[int, str]:
    """Raises Invalid."""
    kept = {number: clean(text) for number, text in opinions.items()}
    for number, text in kept.items():
        if len(text) > OPINION_LIMIT:
            raise Invalid(f"{number} 号的意见最多写 {OPINION_LIMIT} 个字，现在有 {len(text)} 个，请精简一些。")
    return kept

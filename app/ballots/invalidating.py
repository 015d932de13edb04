"""Making ballots invalid: one person proposes, another agrees. What was agreed after the close is counted anew."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.ballots import counting, marks, queries
from app.ballots.invalid import NoProposal
from app.ballots.noting import note as log
from app.ballots.queries import BALLOTS, INVALID, VOTERS
from app.ballots.rules import STATE_TITLES, WrongState
from app.ballots.running import settled
from app.campaigns import queries as campaigns
from app.clock import Clock
from app.crypto import Keyring
from app.errors import Conflict, Invalid
from app.operators.queries import Account
from app.operators.rules import Power, refuse_same_person
from models import Invalidation, Round
from models.enums import InvalidationState, InvalidReason, RoundState

UNDER_WAY = (RoundState.OPEN, RoundState.CLOSED)
RECEIPTS_LIMIT = 500
BETWEEN = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class Doubted:
    """Which ballots are meant: all of a mark that count now, or those of `receipts`."""

    mark: str = ""
    receipts: tuple[str, ...] = ()

    @classmethod
    def typed(cls, mark: str, receipts: str) -> "Doubted":
        """As somebody types receipts, one behind the other."""
        return cls(mark, tuple(filter(None, BETWEEN.split(receipts))))


def propose(
    session: Session,
    round_id: int,
    doubted: Doubted,
    reason: InvalidReason,
    note: str,
    *,
    by: Account,
    keyring: Keyring,
    clock: Clock,
) -> int:
    """Say that these ballots should not count; the proposal's number. They count until another person agrees.

    Raises Forbidden, NoRound, WrongState, NoMark, Invalid, Conflict.
    """
    marks.require_doubting(by)
    note = marks.checked_note(note)
    round = _under_way(session, round_id, "提出作废选票", keyring, clock)
    seqs = _meant(session, round, doubted, keyring, clock)
    numbers = select(func.max(Invalidation.proposal)).where(Invalidation.round_id == round_id)
    number = (session.scalar(numbers) or 0) + 1
    common = {
        "round_id": round_id,
        "proposal": number,
        "state": InvalidationState.PROPOSED,
        "mark": doubted.mark,
        "reason": reason,
        "note": note,
        "proposed_by": by.id,
        "proposed_at": clock.now(),
    }
    session.execute(insert(Invalidation), [{**common, "seq": seq} for seq in seqs])
    detail = {"proposal": number, "mark": doubted.mark, "reason": reason, "note": note}
    log(session, round, by.actor, "propose_invalid", clock, detail)
    return number


def agree(session: Session, round_id: int, number: int, *, by: Account, keyring: Keyring, clock: Clock) -> None:
    """From now on they do not count. Never by whoever proposed it.

    Raises Forbidden, NoRound, WrongState, NoProposal, Conflict.
    """
    by.require(Power.RUN_ROUNDS)
    round = _under_way(session, round_id, "作废选票", keyring, clock)
    refuse_same_person(str(by.id), str(_undecided(session, round_id, number).proposed_by))
    _decide(session, round_id, number, InvalidationState.AGREED, by, clock)
    detail: dict[str, Any] = {"proposal": number}
    if round.state is RoundState.CLOSED:
        before = round.tally
        _count_again(session, round, keyring, clock)
        detail |= {"before": before, "after": round.tally}
    log(session, round, by.actor, "agree_invalid", clock, detail)


def drop(session: Session, round_id: int, number: int, *, by: Account, keyring: Keyring, clock: Clock) -> None:
    """They count as before. Raises Forbidden, NoRound, WrongState, NoProposal, Conflict."""
    by.require(Power.RUN_ROUNDS)
    round = _under_way(session, round_id, "决定选票算不算", keyring, clock)
    _undecided(session, round_id, number)
    _decide(session, round_id, number, InvalidationState.DROPPED, by, clock)
    log(session, round, by.actor, "drop_invalid", clock, {"proposal": number})


def _under_way(session: Session, round_id: int, deed: str, keyring: Keyring, clock: Clock) -> Round:
    """The round, locked, and its box as well: nobody casts meanwhile. Raises NoRound, WrongState."""
    round = settled(session, round_id, keyring, clock)
    if round.state not in UNDER_WAY:
        raise WrongState(f"这一轮投票{STATE_TITLES[round.state]}，不能{deed}。")
    return round


def _meant(session: Session, round: Round, doubted: Doubted, keyring: Keyring, clock: Clock) -> Sequence[int]:
    if bool(doubted.mark) == bool(doubted.receipts):
        raise Invalid("请写明是哪一条异常，或者是哪几个凭证号，只写一样。")
    if doubted.mark:
        return marks.ballots_of(session, queries.view(session, round, keyring, clock.now()), doubted.mark)
    receipts = {receipt.upper() for receipt in doubted.receipts}
    if len(receipts) > RECEIPTS_LIMIT:
        raise Invalid(f"一次最多写 {RECEIPTS_LIMIT} 个凭证号。")
    return _by_receipts(session, round.id, receipts)


def _by_receipts(session: Session, round_id: int, receipts: set[str]) -> Sequence[int]:
    of_it = select(BALLOTS.c.receipt, BALLOTS.c.seq).where(BALLOTS.c.round_id == round_id)
    rows = session.execute(of_it.where(BALLOTS.c.receipt.in_(sorted(receipts))))
    found: Mapping[str, int] = {row.receipt: row.seq for row in rows}
    _refuse("票箱里没有这样的凭证号", receipts - found.keys())
    seqs = sorted(found.values())
    standing = select(VOTERS.c.seq).where(VOTERS.c.round_id == round_id, VOTERS.c.seq.in_(seqs))
    counting_now = set(session.scalars(standing))
    _refuse("这几张本人已经改过，本来就不算了", {one for one, seq in found.items() if seq not in counting_now})
    doubted = select(INVALID.c.seq).where(
        INVALID.c.round_id == round_id, INVALID.c.seq.in_(seqs), INVALID.c.state != InvalidationState.DROPPED
    )
    already = set(session.scalars(doubted))
    _refuse("这几张已经有人提出作废，或者已经作废", {one for one, seq in found.items() if seq in already})
    return seqs


def _refuse(what: str, receipts: set[str]) -> None:
    if receipts:
        raise Conflict(f"{what}：{'、'.join(receipt[:40] for receipt in sorted(receipts)[:5])}。")


def _undecided(session: Session, round_id: int, number: int) -> Invalidation:
    """One of a proposal's ballots. Raises NoProposal, Conflict."""
    of_it = select(Invalidation).where(Invalidation.round_id == round_id, Invalidation.proposal == number)
    first = session.scalars(of_it.limit(1)).first()
    if first is None:
        raise NoProposal("没有这一件，请刷新再看。")
    if first.state is not InvalidationState.PROPOSED:
        raise Conflict("这一件已经有同事定下来了，请刷新再看。")
    return first


def _decide(
    session: Session, round_id: int, number: int, state: InvalidationState, by: Account, clock: Clock
) -> None:
    of_it = update(Invalidation).where(Invalidation.round_id == round_id, Invalidation.proposal == number)
    decided = {"state": state, "decided_by": by.id, "decided_at": clock.now()}
    session.execute(of_it.values(decided).execution_options(synchronize_session=False))


def _count_again(session: Session, round: Round, keyring: Keyring, clock: Clock) -> None:
    view = queries.view(session, round, keyring, clock.now())
    counting.write_down(session, round, view, campaigns.by_id(session, round.campaign_id, clock).key)

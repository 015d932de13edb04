"""Reading what was proposed and agreed not to count; what was replaced meanwhile does not count anyway."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Table, func, select
from sqlalchemy.orm import Session, aliased

from app.ballots import suspicion
from app.ballots.queries import BALLOTS, INVALID
from app.ballots.reasons import REASON_TITLES
from app.ballots.suspicion import Kind
from app.errors import NotFound
from app.operators import queries as operators
from models import Ballot, Invalidation
from models.enums import InvalidationState, InvalidReason

LATER: Table = BALLOTS.alias("later")  # type: ignore[assignment]  # an alias reads like its table


@dataclass(frozen=True)
class Proposed:
    """Ballots that somebody proposed together. `counting` are those of them that were not replaced meanwhile."""

    number: int
    state: InvalidationState
    mark: str
    reason: InvalidReason
    note: str
    ballots: int
    counting: int
    receipt: str  # where it is one ballot
    proposed_by: int
    proposed_by_name: str
    proposed_at: datetime
    decided_by_name: str | None
    decided_at: datetime | None

    @property
    def mark_title(self) -> str:
        """What they stood out by; empty where somebody named a receipt."""
        return suspicion.TITLES[Kind(self.mark.partition(":")[0])] if self.mark else ""

    @property
    def reason_title(self) -> str:
        return REASON_TITLES[self.reason]


class NoProposal(NotFound):
    code = "no_invalidation"


def agreed(session: Session, round_id: int) -> Mapping[int, InvalidReason]:
    """What does not count though it was not replaced, in the order of the box: reasons by `seq`."""
    found = select(INVALID.c.seq, INVALID.c.reason).where(
        INVALID.c.round_id == round_id, INVALID.c.state == InvalidationState.AGREED, ~_replaced().exists()
    )
    return {row.seq: row.reason for row in session.execute(found.order_by(INVALID.c.seq))}


def by_reason(session: Session, round_id: int) -> Mapping[InvalidReason, int]:
    """How many do not count, as it is made public."""
    counted = Counter(agreed(session, round_id).values())
    return {reason: counted[reason] for reason in InvalidReason if counted[reason]}


def are_undecided(session: Session, round_id: int) -> bool:
    waiting = select(INVALID.c.id).where(
        INVALID.c.round_id == round_id, INVALID.c.state == InvalidationState.PROPOSED
    )
    return session.scalar(waiting.limit(1)) is not None


def proposals(session: Session, round_id: int) -> Sequence[Proposed]:
    """The newest first."""
    later = aliased(Ballot)
    replaced = select(later.seq).where(later.round_id == Invalidation.round_id, later.replaces == Invalidation.seq)
    together = (
        select(
            func.min(Invalidation.id).label("first"),
            func.count().label("ballots"),
            func.count().filter(~replaced.exists()).label("counting"),
        )
        .where(Invalidation.round_id == round_id)
        .group_by(Invalidation.proposal)
        .subquery()
    )
    found = session.execute(
        select(Invalidation, together.c.ballots, together.c.counting, Ballot.receipt)
        .join(together, together.c.first == Invalidation.id)
        .join(Ballot, (Ballot.round_id == Invalidation.round_id) & (Ballot.seq == Invalidation.seq))
        .order_by(Invalidation.proposal.desc())
    ).all()
    hands = {hand for row in found for hand in (row[0].proposed_by, row[0].decided_by) if hand}
    names = operators.names(session, hands)
    return [_proposed(row[0], row.ballots, row.counting, row.receipt, names) for row in found]


def _proposed(
    first: Invalidation, ballots: int, counting: int, receipt: str, names: Mapping[int, str]
) -> Proposed:
    return Proposed(
        number=first.proposal,
        state=first.state,
        mark=first.mark,
        reason=first.reason,
        note=first.note,
        ballots=ballots,
        counting=counting,
        receipt=receipt if ballots == 1 else "",
        proposed_by=first.proposed_by,
        proposed_by_name=names[first.proposed_by],
        proposed_at=first.proposed_at,
        decided_by_name=names[first.decided_by] if first.decided_by else None,
        decided_at=first.decided_at,
    )


def _replaced() -> Select[int]:
    return select(LATER.c.seq).where(LATER.c.round_id == INVALID.c.round_id, LATER.c.replaces == INVALID.c.seq)

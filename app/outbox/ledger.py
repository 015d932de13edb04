"""The ledger of deliveries while they are being sent: claimed with a lease, then what came of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.followers import windows
from app.followers.windows import Windows
from app.outbox import rules
from app.outbox.channels import Channels
from app.outbox.outcomes import Message, Outcome, Refused
from app.outbox.rules import Kind, QuietHours, Skip, Wait
from app.wechat.errors import NOT_FOLLOWING, WINDOW_CLOSED
from models import Delivery, Follower
from models.enums import DeliveryState

LOOKAHEAD = 4  # rows looked at for each one wanted, for some will have to wait for others


class Claim(NamedTuple):
    """`settled`: due rows that turned out to have to wait, or were skipped."""

    messages: list[Message]
    settled: int


@dataclass(frozen=True)
class Ledger:
    """Claims and records, each in a transaction of the caller's. Leases go by the unshifted clock."""

    channels: Channels
    windows: Windows
    quiet: QuietHours | None
    clock: Clock

    def claim(self, session: Session, limit: int, resting: Collection[str] = ()) -> Claim:
        """Up to `limit` due messages, now ours to send; none of channels that are `resting`.

        One message a person at a time, oldest first, so that what one is told keeps its order.
        """
        self._settle_lost_leases(session)
        rows = self._due(session, limit, resting)
        people = self._people(session, rows)
        claimed = [row for row in rows if self._admit(row, people.get(row.openid or ""))]
        session.flush()
        messages = [
            Message(row.id, row.key, row.channel, row.openid or "", row.body, row.about) for row in claimed
        ]
        return Claim(messages, settled=len(rows) - len(messages))

    def record(self, session: Session, message: Message, outcome: Outcome) -> None:
        """Write down what came of a claimed message; what a person has decided meanwhile stands."""
        # The person is locked before the row, as in erasing: in another order the two could wait in a ring.
        found = select(Follower).where(Follower.openid == message.openid).with_for_update()
        follower = session.scalars(found).one_or_none()
        row = session.get(Delivery, message.delivery_id, with_for_update=True)
        if row is None or row.state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
            return
        now = self.clock.now()
        then = rules.after(outcome, row.attempts, now)
        row.state, row.lease_until = then.state, None
        row.platform_id, row.errcode, row.error = then.platform_id, then.errcode, then.reason
        row.due_at = then.due_at or row.due_at
        row.finished_at = None if then.state is DeliveryState.PENDING else now
        self._learn(row, follower, outcome)
        session.flush()

    def _due(self, session: Session, limit: int, resting: Collection[str]) -> list[Delivery]:
        """Due rows, locked; of each person only the first, and none while another is under way to them."""
        names = [name for name in self.channels if name not in resting]
        ours = and_(Delivery.channel.in_(names), Delivery.kind.in_(Kind), Delivery.openid.is_not(None))
        due = and_(Delivery.state == DeliveryState.PENDING, Delivery.due_at <= self.clock.now())
        in_order = select(Delivery).where(ours, due).order_by(Delivery.due_at)  # as the index has it
        found = in_order.limit(limit * LOOKAHEAD).with_for_update(skip_locked=True)
        rows = session.scalars(found).all()
        first = self._first_of_each(session, rows)
        return [row for row in rows if row.id in first][:limit]

    def _first_of_each(self, session: Session, rows: Sequence[Delivery]) -> set[int]:
        """Seen also where another process has locked it: then the person has to wait for that one."""
        theirs = and_(Delivery.openid.in_({row.openid for row in rows}), Delivery.kind.in_(Kind))
        under_way = Delivery.state == DeliveryState.SENDING
        due = and_(Delivery.state == DeliveryState.PENDING, Delivery.due_at <= self.clock.now())
        found = select(Delivery.id, Delivery.openid, Delivery.channel).where(theirs, or_(under_way, due))
        in_order = found.order_by(under_way.desc(), Delivery.due_at, Delivery.id)
        first: dict[tuple[str | None, str], int] = {}
        for row in session.execute(in_order):
            first.setdefault((row.openid, row.channel), row.id)
        return set(first.values())

    def _admit(self, row: Delivery, follower: Follower | None) -> bool:
        """Take the lease, unless something is in the way."""
        now = self.clock.now()
        ends_at = rules.expires(row.created_at, row.expires_at)
        match rules.obstacle(Kind(row.kind), ends_at, self._reachable(row, follower, now), now, self.quiet):
            case Wait(until):
                row.due_at = until
            case Skip(reason):
                row.state, row.error, row.finished_at = DeliveryState.SKIPPED, reason, now
            case None:
                row.state, row.lease_until = DeliveryState.SENDING, self.clock.wall() + rules.LEASE
                row.attempts += 1
        return row.state is DeliveryState.SENDING

    def _reachable(self, row: Delivery, follower: Follower | None, now: datetime) -> bool:
        if not self.channels[row.channel].needs_window:
            return True
        return follower is not None and self.windows.reachable(follower, now)

    def _people(self, session: Session, rows: Sequence[Delivery]) -> dict[str, Follower]:
        found = select(Follower).where(Follower.openid.in_([row.openid for row in rows]))
        return {follower.openid: follower for follower in session.scalars(found)}

    def _settle_lost_leases(self, session: Session) -> None:
        wall = self.clock.wall()
        lost = and_(Delivery.state == DeliveryState.SENDING, Delivery.lease_until < wall)
        ours = and_(Delivery.channel.in_(self.channels), Delivery.kind.in_(Kind))
        for row in session.scalars(select(Delivery).where(lost, ours).with_for_update(skip_locked=True)):
            assert row.lease_until
            row.state = rules.after_lost_lease(row.lease_until, self.channels[row.channel].key_life, wall)
            row.lease_until = None
            if row.state is DeliveryState.UNKNOWN:
                row.error, row.finished_at = rules.INTERRUPTED, self.clock.now()
        session.flush()

    def _learn(self, row: Delivery, follower: Follower | None, outcome: Outcome) -> None:
        """What the platform's word says of the person: keep our books like theirs."""
        if follower is None or not self.channels[row.channel].needs_window:
            return
        if isinstance(outcome, Refused) and outcome.errcode in NOT_FOLLOWING:
            follower.subscribed = False
        elif isinstance(outcome, Refused) and outcome.errcode in WINDOW_CLOSED:
            windows.close(follower)
        elif row.state in (DeliveryState.SENT, DeliveryState.UNKNOWN):
            self.windows.spend(follower, self.clock.now())

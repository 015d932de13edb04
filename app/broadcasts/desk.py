"""What operators do with broadcasts by the installation's settings: the plan, the release, the test send."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.broadcasts import queries, releasing, rules
from app.broadcasts.audiences import BadAudience
from app.broadcasts.noting import note
from app.broadcasts.planning import Plan, plan
from app.broadcasts.recipients import Terms, wanted_by
from app.campaigns import queries as campaigns
from app.campaigns.rules import window
from app.clock import Clock
from app.crypto import Keyring
from app.errors import Invalid
from app.followers.windows import Windows
from app.operators.queries import Account
from app.operators.rules import Power
from app.outbox.channels import all_channels
from app.outbox.channels.mass import MassMessages
from app.outbox.outcomes import Accepted, Message
from app.outbox.rules import QuietHours
from app.settings import Settings
from app.wechat.client import WeChatClient
from models import Broadcast
from models.enums import BroadcastState

NOT_RELEASED = (BroadcastState.DRAFT, BroadcastState.SUBMITTED)


@dataclass(frozen=True)
class Desk:
    settings: Settings
    terms: Terms
    clock: Clock

    @classmethod
    def of(cls, settings: Settings, keyring: Keyring, clock: Clock) -> "Desk":
        return cls(settings, Terms(Windows.of(settings.wechat), keyring, clock), clock)

    def plan(self, session: Session, broadcast: Broadcast) -> Plan:
        """Raises BadAudience."""
        now = self.clock.now()
        begins = [now, broadcast.scheduled_at, self._opening(session, broadcast)]
        return plan(
            session,
            wanted_by(session, broadcast, self.terms),
            broadcast.content,
            begins_at=max(moment for moment in begins if moment),
            per_second=self.settings.push.per_second,
            quiet=QuietHours.of(self.settings),
            account=self.settings.wechat.account_kind,
        )

    def _opening(self, session: Session, broadcast: Broadcast) -> datetime | None:
        """When the phase it waits for opens by the calendar."""
        if broadcast.on_phase is None:
            return None
        phases = campaigns.by_id(session, broadcast.campaign_id, self.clock).definition.phases
        return window(phases, broadcast.on_phase).opens_at

    def estimate(self, session: Session, broadcast: Broadcast) -> int:
        """How many it would be written down for; 0 where that cannot be said yet."""
        try:
            return self.plan(session, broadcast).people
        except BadAudience:
            return 0

    def may_preview(self, session: Session, broadcast_id: int, openid: str, *, by: Account) -> Broadcast:
        """Noted before it goes out, without the person's openid. Raises Forbidden, NoBroadcast, WrongState."""
        by.require(Power.COMPOSE_BROADCASTS)
        broadcast = queries.row(session, broadcast_id)
        rules.require(broadcast.state, *NOT_RELEASED, deed="试发")
        person = self.terms.keyring.person(openid)
        note(session, broadcast, by.actor, "preview", self.clock, person=person)
        return broadcast

    def approve(self, session: Session, broadcast_id: int, *, by: Account) -> Broadcast:
        """Raises what `releasing.approve` does, and BadAudience."""
        broadcast = queries.row(session, broadcast_id, locked=True)
        rules.require(broadcast.state, BroadcastState.SUBMITTED, deed="放行")
        people = self.plan(session, broadcast).reachable
        wechat, push = self.settings.wechat, self.settings.push
        size = rules.batch_size(broadcast.channel, people, push.per_second, wechat.account_kind)
        return releasing.approve(session, broadcast_id, people, size, by=by, clock=self.clock)


async def preview(client: WeChatClient, keyring: Keyring, broadcast: Broadcast, openid: str) -> None:
    """Send it to one person alone. Raises Invalid with the platform's reason."""
    if broadcast.channel == MassMessages.name:
        outcome = await MassMessages(client).preview(openid, broadcast.content)
    else:
        message = Message(0, f"preview-{secrets.token_hex(8)}", broadcast.channel, openid, broadcast.content)
        outcome = await all_channels(client, keyring)[broadcast.channel].send(message)
    if not isinstance(outcome, Accepted):
        raise Invalid(f"试发没有成功：{outcome.reason}")

"""The account's menu follows the phase by itself, from the first time somebody has published it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app.campaigns import queries
from app.campaigns.queries import NoCampaign
from app.clock import Clock
from app.followers.menu import menu_for
from app.operators import log
from app.upserts import insert_into
from app.wechat import menus
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed
from app.writer import Call, Writer
from models import AccountMenu
from models.enums import PhaseKind

LEASE = timedelta(minutes=1)  # longer than the two calls it takes
AFTER_FAILING = timedelta(minutes=10)
CALENDAR = "calendar"  # who did it, in the action log


@dataclass(frozen=True)
class MenuKeeper:
    """Several processes may tend it: one of them changes it."""

    client: WeChatClient
    writer: Writer
    clock: Clock

    async def tend(self) -> bool:
        """Change the menu when the phase has changed; whether it did. What the platform refuses is tried again."""
        phase = await self.writer.ask(Call(self._take))
        if phase is None:
            return False
        try:
            changed = await menus.publish(self.client, menu_for(phase))
        except CallFailed as error:
            reason = error.message
            await self.writer.ask(Call(lambda session: self._put_off(session, reason)))
            return False
        await self.writer.ask(Call(lambda session: self.record(session, phase, changed, actor=CALENDAR)))
        return changed

    def record(self, session: Session, phase: PhaseKind, changed: bool, *, actor: str) -> None:
        """It is out, and follows the phase from now on. `changed`: the platform had another one before."""
        now = self.clock.wall()
        out = {"phase": phase, "published_at": now, "lease_until": None, "error": None}
        adding = insert_into(session, AccountMenu).values(app_id=self._app_id, **out)
        session.execute(adding.on_conflict_do_update(index_elements=["app_id"], set_=out))
        if changed:
            detail = {"phase": phase.value}
            log.record(session, actor=actor, verb="menu.publish", subject="menu", detail=detail, clock=self.clock)

    def _take(self, session: Session) -> PhaseKind | None:
        """The phase whose menu is ours to publish now."""
        try:
            phase = queries.current(session, self.clock).phase
        except NoCampaign:
            return None
        row = session.get(AccountMenu, self._app_id)
        if row is None or row.phase is phase:
            return None
        row = session.get(AccountMenu, self._app_id, with_for_update=True, populate_existing=True)
        now = self.clock.wall()
        if row is None or row.phase is phase or (row.lease_until and row.lease_until > now):
            return None
        row.lease_until = now + LEASE
        return phase

    def _put_off(self, session: Session, reason: str) -> None:
        row = session.get_one(AccountMenu, self._app_id)
        row.lease_until, row.error = self.clock.wall() + AFTER_FAILING, reason

    @property
    def _app_id(self) -> str:
        return self.client.settings.app_id

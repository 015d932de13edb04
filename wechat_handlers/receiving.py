"""Receiving a push: once and only once, in the person's own order, within the writer's shared transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from app.clock import Clock
from app.errors import ShishiError
from app.followers import windows
from app.followers.service import REST_PLACE, Contact
from app.outbox import service as outbox
from app.wechat.speech import cut, paragraphs
from app.writer import Work
from wechat_handlers import endings
from wechat_handlers.batch import Batch
from wechat_handlers.codec import Opened
from wechat_handlers.dispatch import dispatch
from wechat_handlers.message import WINDOW_ACTIONS
from wechat_handlers.message import Inbound as Message
from wechat_handlers.texts import account
from wechat_handlers.visit import House, Visit


class Outcome(StrEnum):
    """What became of a push, for the metrics. Which handler answered is not told: one of them casts votes."""

    REPLIED = "replied"
    SILENT = "silent"  # no reply is owed
    REFUSED = "refused"  # a reply that says why not
    TOO_FAST = "too_fast"
    REPEATED = "repeated"  # the platform asked again and got the same
    LATE = "late"
    FAILED = "failed"  # not stored


@dataclass(frozen=True)
class Answer:
    """`text` None: no reply is owed. `forged`: the same signature came before with another body.

    `forgotten`: the person was erased, so nothing may be owed to them.
    """

    text: str | None = None
    forged: bool = False
    forgotten: bool = False
    outcome: Outcome = Outcome.SILENT


@dataclass
class Receive(Work[Answer]):
    """One push, verified and opened, to be answered."""

    opened: Opened
    house: House
    clock: Clock
    key: bytes = field(init=False)
    batch: Batch = field(init=False, repr=False)
    outcome: Outcome = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.key = self.opened.inbound.key

    @classmethod
    def prepare(cls, session: Session, works: Sequence["Receive"]) -> None:
        first, keys = works[0], [work.key for work in works]
        batch = Batch.load(session, first.house.keyring, first.clock, [work.opened for work in works], keys)
        for work in works:
            work.batch = batch

    @classmethod
    def finish(cls, session: Session, works: Sequence["Receive"]) -> None:
        works[0].batch.save(session)

    def run(self, session: Session) -> Answer:
        if self.batch.is_forged(self.opened):
            return Answer(forged=True)
        replies, self.outcome = self.batch.replies, Outcome.REPEATED
        if self.key not in replies:
            self.outcome = Outcome.REPLIED
            replies[self.key] = self._answer_once(session)
        text = replies[self.key]
        forgotten = self.opened.inbound.openid not in self.batch.people
        return Answer(text, forgotten=forgotten, outcome=Outcome.SILENT if text is None else self.outcome)

    def _answer_once(self, session: Session) -> str | None:
        batch, follower = self.batch, self.batch.person(session, self.opened)
        if follower is None:
            endings.hearing_of_jobs(session, self.opened.inbound, batch.now)
            return None
        draft = batch.drafts.get(follower.id)
        visit = Visit(session, self.house, follower, self.opened.inbound, batch.now, batch.view, draft)
        reply = self._reply(visit)
        if visit.forgotten:
            batch.forget(follower)
        else:
            batch.remember(visit, self.key, reply)
        return reply

    def _reply(self, visit: Visit) -> str | None:
        follower, inbound, now = visit.follower, visit.inbound, visit.now
        if inbound.is_deed:
            follower.seen_at = now
            if not follower.subscribed:  # whoever can do this follows, whatever we heard of them before
                follower.subscribed, follower.subscribed_at = True, now
        _open_window(follower, inbound, now)
        if inbound.kind != "event" and _is_too_fast(follower, now, self.house.settings.chat.per_minute):
            self.outcome = Outcome.TOO_FAST
            return account.TOO_FAST
        try:
            text = dispatch(visit)
        except ShishiError as refusal:
            self.outcome, text = Outcome.REFUSED, refusal.message
        if text is None:
            return None
        head, rest = cut(paragraphs(*self._owed(visit), text))
        follower.rest = self.house.keyring.seal(rest, REST_PLACE) if rest else None
        return head

    def _owed(self, visit: Visit) -> list[str]:
        """What could not be sent to this person while no window was open: now there is one."""
        openid = visit.follower.openid
        if openid not in self.batch.owing:
            return []
        self.batch.owing.remove(openid)
        return outbox.pending_for(visit.session, openid, self.house.keyring, visit.now)


def _open_window(follower: Contact, inbound: Message, now: datetime) -> None:
    """A tapped link arrives as a text but counts as a click, where the platform says which link it was."""
    if inbound.kind != "event" and not inbound.get("bizmsgmenuid"):
        windows.open_by_message(follower, now)
    elif inbound.kind != "event" or inbound.event in WINDOW_ACTIONS:
        windows.open_by_action(follower, now)


def _is_too_fast(follower: Contact, now: datetime, per_minute: int) -> bool:
    """Count this message in the current minute; beyond the limit it is answered but not taken."""
    minute = int(now.timestamp()) // 60
    if follower.chat_minute != minute:
        follower.chat_minute, follower.chat_count = minute, 0
    follower.chat_count += 1
    return 0 < per_minute < follower.chat_count

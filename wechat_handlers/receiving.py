"""Receiving a push: once and only once, in the person's own order, within the writer's shared transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView, NoCampaign
from app.clock import Clock
from app.conversation import drafts
from app.errors import ShishiError
from app.followers import service as followers
from app.followers import windows
from app.writer import Work
from models import CallbackRequest, Draft, Follower, Inbound
from wechat_handlers.codec import Opened
from wechat_handlers.dispatch import dispatch
from wechat_handlers.texts import account
from wechat_handlers.texts.speech import cut
from wechat_handlers.visit import House, Visit

WINDOW_ACTIONS = frozenset({"subscribe", "scan", "click", "scancode_push", "scancode_waitmsg"})


@dataclass(frozen=True)
class Answer:
    """`text` None: no reply is owed. `forged`: the same signature came before with another body."""

    text: str | None = None
    forged: bool = False


@dataclass
class Batch:
    """What all pushes of one transaction share; each sees what those before it did."""

    now: datetime
    view: CampaignView | None
    people: dict[str, Follower]
    drafts: dict[int, Draft]
    replies: dict[bytes, str | None]
    requests: dict[bytes, bytes]
    new_replies: list[dict[str, Any]] = field(default_factory=list)
    new_requests: list[dict[str, Any]] = field(default_factory=list)

    def forget(self, follower: Follower) -> None:
        """They asked to be forgotten: nothing of this batch may lead back to them either."""
        self.people.pop(follower.openid)
        self.new_replies = [row for row in self.new_replies if row["follower_id"] != follower.id]


@dataclass
class Receive(Work[Answer]):
    """One push, verified and opened, to be answered."""

    opened: Opened
    house: House
    clock: Clock
    batch: Batch = field(init=False, repr=False)

    @classmethod
    def prepare(cls, session: Session, works: Sequence["Receive"]) -> None:
        """A few statements load whatever any of these pushes will need."""
        clock, now = works[0].clock, works[0].clock.now()
        people = followers.meet(session, sorted({work.opened.inbound.openid for work in works}), now)
        view = _current_campaign(session, clock)
        batch = Batch(
            now=now,
            view=view,
            people=people,
            drafts=drafts.being_written(session, [p.id for p in people.values()], view.id) if view else {},
            replies=_known_replies(session, [work.opened.inbound.key for work in works]),
            requests=_known_requests(session, [work.opened.fingerprint for work in works]),
        )
        for work in works:
            work.batch = batch

    def run(self, session: Session) -> Answer:
        opened, batch = self.opened, self.batch
        known = batch.requests.get(opened.fingerprint)
        if known is None:
            batch.requests[opened.fingerprint] = opened.body
            batch.new_requests.append(
                {"fingerprint": opened.fingerprint, "body": opened.body, "received_at": batch.now}
            )
        elif known != opened.body:
            return Answer(forged=True)
        key = opened.inbound.key
        if key not in batch.replies:
            batch.replies[key] = self._answer_once(session)
        return Answer(batch.replies[key])

    @classmethod
    def finish(cls, session: Session, works: Sequence["Receive"]) -> None:
        batch = works[0].batch
        if batch.new_requests:
            session.execute(insert(CallbackRequest), batch.new_requests)
        if batch.new_replies:
            session.execute(insert(Inbound), batch.new_replies)

    def _answer_once(self, session: Session) -> str | None:
        follower, batch = self._person(session), self.batch
        reply = self._reply(session, follower)
        if follower in session:
            row = {"key": self.opened.inbound.key, "follower_id": follower.id, "received_at": batch.now}
            batch.new_replies.append({**row, "reply": reply})
        else:
            batch.forget(follower)
        return reply

    def _person(self, session: Session) -> Follower:
        openid = self.opened.inbound.openid
        if openid not in self.batch.people:
            self.batch.people |= followers.meet(session, [openid], self.batch.now)
        return self.batch.people[openid]

    def _reply(self, session: Session, follower: Follower) -> str | None:
        inbound, now = self.opened.inbound, self.batch.now
        follower.seen_at = now
        if inbound.kind != "event":
            windows.open_by_message(follower, now)
        elif inbound.event in WINDOW_ACTIONS:
            windows.open_by_action(follower, now)
        if inbound.kind != "event" and _is_too_fast(follower, now, self.house.settings.chat.per_minute):
            return account.TOO_FAST
        visit = Visit(
            session, self.house, follower, inbound, now, self.batch.view, self.batch.drafts.get(follower.id)
        )
        return self._speak(visit)

    def _speak(self, visit: Visit) -> str | None:
        try:
            text = dispatch(visit)
        except ShishiError as refusal:
            text = refusal.message
        self._remember_draft(visit)
        if text is None:
            return None
        head, rest = cut(text)
        visit.follower.rest = rest or None
        return head

    def _remember_draft(self, visit: Visit) -> None:
        self.batch.drafts.pop(visit.follower.id, None)
        if visit.draft is not None:
            self.batch.drafts[visit.follower.id] = visit.draft


def _current_campaign(session: Session, clock: Clock) -> CampaignView | None:
    try:
        return campaigns.current(session, clock)
    except NoCampaign:
        return None


def _known_replies(session: Session, keys: Collection[bytes]) -> dict[bytes, str | None]:
    rows = session.execute(select(Inbound.key, Inbound.reply).where(Inbound.key.in_(keys)))
    return {row.key: row.reply for row in rows}


def _known_requests(session: Session, fingerprints: Collection[bytes]) -> dict[bytes, bytes]:
    found = select(CallbackRequest.fingerprint, CallbackRequest.body)
    rows = session.execute(found.where(CallbackRequest.fingerprint.in_(fingerprints)))
    return {row.fingerprint: row.body for row in rows}


def _is_too_fast(follower: Follower, now: datetime, per_minute: int) -> bool:
    """Count this message in the current minute; beyond the limit it is answered but not taken."""
    minute = int(now.timestamp()) // 60
    if follower.chat_minute != minute:
        follower.chat_minute, follower.chat_count = minute, 0
    follower.chat_count += 1
    return 0 < per_minute < follower.chat_count

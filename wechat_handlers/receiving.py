"""Receiving a push: once and only once, in the person's own order, within the writer's shared transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView, NoCampaign
from app.clock import Clock
from app.conversation import drafts
from app.conversation.drafts import OpenDraft
from app.errors import ShishiError
from app.followers import service as followers
from app.followers import windows
from app.followers.service import Contact
from app.outbox import service as outbox
from app.writer import Work
from models import CallbackRequest, Inbound
from wechat_handlers.codec import Opened
from wechat_handlers.dispatch import dispatch
from wechat_handlers.message import Inbound as Message
from wechat_handlers.texts import account
from wechat_handlers.texts.speech import cut, paragraphs
from wechat_handlers.visit import House, Visit

REPLIES: Table = Inbound.metadata.tables[Inbound.__tablename__]
REQUESTS: Table = CallbackRequest.metadata.tables[CallbackRequest.__tablename__]
FIND_REPLIES = select(REPLIES.c.key, REPLIES.c.reply).where(REPLIES.c.key.in_(bindparam("keys", expanding=True)))
FIND_REQUESTS = select(REQUESTS.c.fingerprint, REQUESTS.c.body).where(
    REQUESTS.c.fingerprint.in_(bindparam("fingerprints", expanding=True))
)
ADD_REPLY, ADD_REQUEST = insert(REPLIES), insert(REQUESTS)

WINDOW_ACTIONS = frozenset({"subscribe", "scan", "click", "scancode_push", "scancode_waitmsg"})
DEEDS = WINDOW_ACTIONS | {"unsubscribe"}


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
    people: dict[str, Contact]
    drafts: dict[int, OpenDraft]
    replies: dict[bytes, str | None]
    requests: dict[bytes, bytes]
    owing: set[str]
    new_replies: list[dict[str, Any]] = field(default_factory=list)
    new_requests: list[dict[str, Any]] = field(default_factory=list)
    touched: dict[int, OpenDraft] = field(default_factory=dict)

    def remember(self, visit: Visit, key: bytes, reply: str | None) -> None:
        """What a visit leaves behind, for later visits of the batch and for the database."""
        follower = visit.follower
        self.new_replies.append({"key": key, "follower_id": follower.id, "received_at": self.now, "reply": reply})
        self.drafts.pop(follower.id, None)
        if visit.draft is not None:
            self.drafts[follower.id] = visit.draft
        for draft in (*visit.put_down, *([visit.draft] if visit.draft else ())):
            self.touched[id(draft)] = draft

    def forget(self, follower: Contact) -> None:
        """They asked to be forgotten: nothing of this batch may lead back to them either."""
        self.people.pop(follower.openid)
        self.drafts.pop(follower.id, None)
        self.new_replies = [row for row in self.new_replies if row["follower_id"] != follower.id]
        self.touched = {key: draft for key, draft in self.touched.items() if draft.follower_id != follower.id}


@dataclass
class Receive(Work[Answer]):
    """One push, verified and opened, to be answered."""

    opened: Opened
    house: House
    clock: Clock
    key: bytes = field(init=False)
    batch: Batch = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.key = self.opened.inbound.key

    @classmethod
    def prepare(cls, session: Session, works: Sequence["Receive"]) -> None:
        """A few statements load whatever any of these pushes will need."""
        clock, now = works[0].clock, works[0].clock.now()
        people = followers.known(session, {work.opened.inbound.openid for work in works})
        requests = _known_requests(session, works)
        strangers = {work.opened.inbound.openid for work in _admitted(works, requests)} - people.keys()
        if strangers:
            people |= followers.meet(session, sorted(strangers), now)
            requests = _known_requests(session, works)  # another replica may have met them at the same moment
        view = _current_campaign(session, clock)
        batch = Batch(
            now=now,
            view=view,
            people=people,
            drafts=drafts.being_written(session, [p.id for p in people.values()], view.id) if view else {},
            replies=_known_replies(session, [work.key for work in works]),
            requests=requests,
            owing=outbox.owing(session, people),
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
        if self.key not in batch.replies:
            batch.replies[self.key] = self._answer_once(session)
        return Answer(batch.replies[self.key])

    @classmethod
    def finish(cls, session: Session, works: Sequence["Receive"]) -> None:
        batch = works[0].batch
        followers.save(session, batch.people.values())
        drafts.save(session, batch.touched.values())
        if batch.new_requests:
            session.execute(ADD_REQUEST, batch.new_requests)
        if batch.new_replies:
            session.execute(ADD_REPLY, batch.new_replies)

    def _answer_once(self, session: Session) -> str | None:
        follower, inbound, batch = self._person(session), self.opened.inbound, self.batch
        if follower is None:
            return None
        visit = Visit(session, self.house, follower, inbound, batch.now, batch.view, batch.drafts.get(follower.id))
        reply = self._reply(visit)
        if visit.forgotten:
            batch.forget(follower)
        else:
            batch.remember(visit, self.key, reply)
        return reply

    def _person(self, session: Session) -> Contact | None:
        """None for the platform's own news of somebody we do not know, or have erased."""
        inbound, people = self.opened.inbound, self.batch.people
        if inbound.openid not in people and _is_deed(inbound):  # forgotten a moment ago
            people |= followers.meet(session, [inbound.openid], self.batch.now)
        return people.get(inbound.openid)

    def _reply(self, visit: Visit) -> str | None:
        follower, inbound, now = visit.follower, visit.inbound, visit.now
        follower.seen_at = now
        _open_window(follower, inbound, now)
        if inbound.kind != "event" and _is_too_fast(follower, now, self.house.settings.chat.per_minute):
            return account.TOO_FAST
        try:
            text = dispatch(visit)
        except ShishiError as refusal:
            text = refusal.message
        if text is None:
            return None
        head, rest = cut(paragraphs(*self._owed(visit), text))
        follower.rest = rest or None
        return head

    def _owed(self, visit: Visit) -> list[str]:
        """What could not be sent to this person while no window was open: now there is one."""
        openid = visit.follower.openid
        if openid not in self.batch.owing:
            return []
        self.batch.owing.remove(openid)
        return outbox.pending_for(visit.session, openid, visit.now)


def _current_campaign(session: Session, clock: Clock) -> CampaignView | None:
    try:
        return campaigns.current(session, clock)
    except NoCampaign:
        return None


def _known_replies(session: Session, keys: list[bytes]) -> dict[bytes, str | None]:
    return {row.key: row.reply for row in session.execute(FIND_REPLIES, {"keys": keys})}


def _known_requests(session: Session, works: Sequence[Receive]) -> dict[bytes, bytes]:
    rows = session.execute(FIND_REQUESTS, {"fingerprints": [work.opened.fingerprint for work in works]})
    return {row.fingerprint: row.body for row in rows}


def _admitted(works: Sequence[Receive], requests: Mapping[bytes, bytes]) -> Iterator[Receive]:
    """Those that may make somebody known to us: neither forged nor the platform's own news."""
    bodies = dict(requests)
    for work in works:
        opened = work.opened
        if bodies.setdefault(opened.fingerprint, opened.body) == opened.body and _is_deed(opened.inbound):
            yield work


def _is_deed(inbound: Message) -> bool:
    """A person wrote or did something; all other events come by themselves, also after the person has gone."""
    return inbound.kind != "event" or inbound.event in DEEDS


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

"""What the pushes of one transaction share: loaded in a few statements, written back in a few."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from app.crypto import Keyring
from app.followers import service as followers
from app.followers.service import Contact
from app.outbox import service as outbox
from models import CallbackRequest, Inbound
from wechat_handlers.codec import Opened
from wechat_handlers.visit import Visit

REPLIES: Table = Inbound.metadata.tables[Inbound.__tablename__]
REQUESTS: Table = CallbackRequest.metadata.tables[CallbackRequest.__tablename__]
FIND_REPLIES = select(REPLIES.c.key, REPLIES.c.reply).where(REPLIES.c.key.in_(bindparam("keys", expanding=True)))
FIND_REQUESTS = select(REQUESTS.c.fingerprint, REQUESTS.c.body).where(
    REQUESTS.c.fingerprint.in_(bindparam("fingerprints", expanding=True))
)
REPLY_PLACE = "inbound.reply"
ADD_REPLY, ADD_REQUEST = insert(REPLIES), insert(REQUESTS)


@dataclass
class Batch:
    """Each push sees what those before it did: people, drafts, replies by message, bodies by signature."""

    now: datetime
    keyring: Keyring
    view: CampaignView | None
    people: dict[str, Contact]
    drafts: dict[int, OpenDraft]
    replies: dict[bytes, str | None]
    requests: dict[bytes, bytes]
    owing: set[str]
    new_replies: list[dict[str, Any]] = field(default_factory=list)
    new_requests: list[dict[str, Any]] = field(default_factory=list)
    touched: dict[int, OpenDraft] = field(default_factory=dict)

    @classmethod
    def load(
        cls, session: Session, keyring: Keyring, clock: Clock, pushes: Sequence[Opened], keys: Sequence[bytes]
    ) -> "Batch":
        """`keys` are those of the pushes' messages."""
        now = clock.now()
        people = followers.known(session, {push.inbound.openid for push in pushes})
        requests = _known_requests(session, pushes)
        strangers = {push.inbound.openid for push in _admitted(pushes, requests)} - people.keys()
        if strangers:
            people |= followers.meet(session, sorted(strangers), now)
            requests = _known_requests(session, pushes)  # another replica may have met them as well
        view = _current_campaign(session, clock)
        ids = [contact.id for contact in people.values()]
        return cls(
            now=now,
            keyring=keyring,
            view=view,
            people=people,
            drafts=drafts.being_written(session, ids, view.id) if view else {},
            replies=_known_replies(session, keyring, keys),
            requests=requests,
            owing=outbox.owing(session, people),
        )

    def is_forged(self, push: Opened) -> bool:
        """Whether the signature came before with another body; one that is new is remembered."""
        known = self.requests.get(push.fingerprint)
        if known is None:
            self.requests[push.fingerprint] = push.body
            self.new_requests.append({"fingerprint": push.fingerprint, "body": push.body, "received_at": self.now})
        return known is not None and known != push.body

    def person(self, session: Session, push: Opened) -> Contact | None:
        """None for the platform's own news of somebody we do not know, or have erased."""
        openid = push.inbound.openid
        if openid not in self.people and push.inbound.is_deed:  # forgotten a moment ago
            self.people |= followers.meet(session, [openid], self.now)
        return self.people.get(openid)

    def remember(self, visit: Visit, key: bytes, reply: str | None) -> None:
        """What a visit leaves behind, for later visits of the batch and for the database."""
        follower = visit.follower
        sealed = None if reply is None else self.keyring.seal(reply, REPLY_PLACE)
        self.new_replies.append({"key": key, "follower_id": follower.id, "received_at": self.now, "reply": sealed})
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

    def save(self, session: Session) -> None:
        followers.save(session, self.people.values())
        drafts.save(session, self.touched.values())
        if self.new_requests:
            session.execute(ADD_REQUEST, self.new_requests)
        if self.new_replies:
            session.execute(ADD_REPLY, self.new_replies)


def _current_campaign(session: Session, clock: Clock) -> CampaignView | None:
    try:
        return campaigns.current(session, clock)
    except NoCampaign:
        return None


def _known_replies(session: Session, keyring: Keyring, keys: Sequence[bytes]) -> dict[bytes, str | None]:
    rows = session.execute(FIND_REPLIES, {"keys": keys})
    return {row.key: None if row.reply is None else keyring.open(row.reply, REPLY_PLACE) for row in rows}


def _known_requests(session: Session, pushes: Iterable[Opened]) -> dict[bytes, bytes]:
    rows = session.execute(FIND_REQUESTS, {"fingerprints": [push.fingerprint for push in pushes]})
    return {row.fingerprint: row.body for row in rows}


def _admitted(pushes: Iterable[Opened], requests: Mapping[bytes, bytes]) -> Iterator[Opened]:
    """Those that may make somebody known to us: neither forged nor the platform's own news."""
    bodies = dict(requests)
    for push in pushes:
        if bodies.setdefault(push.fingerprint, push.body) == push.body and push.inbound.is_deed:
            yield push

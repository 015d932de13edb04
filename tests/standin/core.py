"""The platform's inside: its state, its people, and the delivery of pushes into chats."""

import asyncio
import re
import secrets
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import asdict
from typing import Any, NamedTuple

import httpx

from tests.standin import payloads
from tests.standin.clock import Clock, SystemClock
from tests.standin.faults import Faults
from tests.standin.journal import Journal
from tests.standin.listeners import Listeners
from tests.standin.menus import Button, Menu
from tests.standin.pushing import Attempt, Pusher, PushResult
from tests.standin.quotas import Quotas
from tests.standin.state import Account, Person
from tests.standin.stores import Media, Stores, Template
from tests.standin.tokens import Tokens

UNAVAILABLE = "该公众号暂时无法提供服务，请稍后再试"
UNSUPPORTED = "[收到不支持的消息类型，暂无法显示]"

SUBJECT = re.compile(r"^(?:<Event>|<MsgType>)<!\[CDATA\[(\w+)]]>", re.MULTILINE)
EVENTS_AT_ONCE = 16


class Push(NamedTuple):
    """`visible`: the person sees the answer, or that there is none."""

    openid: str
    xml: str
    visible: bool


class Core:
    """Everything the platform remembers; `people` by openid, in the order they came."""

    def __init__(
        self,
        account: Account,
        *,
        callback: httpx.AsyncClient,
        callback_url: str,
        clock: Clock | None = None,
        faults: Faults | None = None,
        public_url: str = "http://standin",
    ) -> None:
        self.account = account
        self.clock = clock or SystemClock()
        self.faults = faults or Faults()
        self.public_url = public_url
        self.callback = callback
        self.people: dict[str, Person] = {}
        self.menu = Menu()
        self.stores = Stores()
        self.listeners = Listeners()
        self.journal = Journal(self.clock, self.listeners)
        self.tokens = Tokens(self.clock)
        self.quotas = Quotas(self.clock)
        self.refusals: defaultdict[str, list[int]] = defaultdict(list)
        self._pusher = Pusher(account, callback, callback_url, self.clock, self.faults)
        self._held: Push | None = None
        self._background: set[asyncio.Task[Any]] = set()
        self._event_slots = asyncio.Semaphore(EVENTS_AT_ONCE)

    def add_person(self, name: str, *, openid: str = "", following: bool = False, **about: Any) -> Person:
        """Somebody new; `following` without a push, as somebody who followed long ago."""
        openid = openid or "o" + secrets.token_urlsafe(21)[:27]
        followed_at = self.clock.now() if following else 0
        person = Person(openid, name, about, following=following, followed_at=followed_at)
        self.people[openid] = person
        return person

    def add_template(self, template_id: str, title: str, *fields: str, for_subscription: bool = False) -> Template:
        """Put a template into the account's library, as somebody does in the console."""
        template = Template(template_id, title, fields, for_subscription)
        self.stores.templates[template_id] = template
        return template

    def add_media(self, kind: str, content: bytes, content_type: str) -> Media:
        media = Media(secrets.token_urlsafe(48), kind, content_type, content, self.clock.now())
        self.stores.media[media.media_id] = media
        return media

    def media_url(self, media: Media) -> str:
        return f"{self.public_url}/mmbiz/{media.media_id}"

    def refuse_next(self, path: str, *errcodes: int) -> None:
        """Answer the next calls of `path` with these codes, whatever they ask."""
        self.refusals[path] += errcodes

    async def set_menu(self, buttons: list[Button]) -> None:
        self.menu.buttons = buttons
        self.menu.menu_id = self.new_id() if buttons else 0
        await self.listeners.tell("menu", self.menu)

    def new_id(self) -> int:
        """A 64-bit number, larger than the one before."""
        return int(self.clock.now()) * 10**9 + self.journal.next_id()

    async def verify_callback(self) -> bool:
        """Save the callback address in the console: does it answer the GET rightly?"""
        return await self._pusher.verify()

    async def push(self, openid: str, xml: str, *, visible: bool = True) -> PushResult:
        """Deliver any plain XML and show the answer in the chat of `openid`, if that is one of our people.

        With the fault out_of_order the first of two is held back, and goes after the second."""
        push = Push(openid, xml, visible)
        if self.faults.out_of_order and self._held is None:
            self._held = push
            return PushResult(xml, "held")
        result = await self._deliver(push)
        await self.deliver_held()
        return result

    async def deliver_held(self) -> PushResult | None:
        """Send the push that was held back to come out of order, if there is one."""
        held, self._held = self._held, None
        return await self._deliver(held) if held else None

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do it after the present call has been answered."""
        task = asyncio.create_task(self._in_turn(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def settle(self) -> None:
        """Wait until nothing is under way: no event outstanding, no request unanswered."""
        await self.deliver_held()
        while self._background:
            await asyncio.gather(*self._background)
        await self._pusher.close()

    def snapshot(self) -> dict[str, Any]:
        """Everything that outlives a restart, for JSON; tokens do not."""
        return {
            "next_id": self.journal.next_id(),
            "people": [person.to_json() for person in self.people.values()],
            "menu": asdict(self.menu),
            "stores": self.stores.to_json(),
        }

    def restore(self, saved: dict[str, Any]) -> None:
        self.journal.count_from(saved["next_id"])
        people = [Person.from_json(person) for person in saved["people"]]
        self.people = {person.openid: person for person in people}
        self.menu = Menu(**saved["menu"])
        self.stores = Stores.from_json(saved["stores"])

    async def push_from(self, openid: str, elements: payloads.Elements, *, visible: bool = True) -> PushResult:
        """Put the envelope around a message or event of this sender and push it."""
        envelope = [
            ("ToUserName", self.account.original_id),
            ("FromUserName", openid),
            ("CreateTime", int(self.clock.now())),
        ]
        surprise = [("NewlyInvented", [("Sort", 1)])] if self.faults.unknown_elements else []
        xml = payloads.document([*envelope, *elements, *surprise])
        return await self.push(openid, xml, visible=visible)

    async def _in_turn(self, work: Coroutine[Any, Any, Any]) -> None:
        async with self._event_slots:
            await work

    async def _deliver(self, push: Push) -> PushResult:
        """The answer to the first delivery is shown; a duplicate's is only kept."""
        if not self.faults.duplicate:
            result = await self._deliver_once(push)
        else:
            result, twin = await asyncio.gather(self._deliver_once(push), self._deliver_once(push))
            result.twin = twin
        person = self.people.get(push.openid)
        if push.visible and person:
            await self._show(person, result)
        return result

    async def _deliver_once(self, push: Push) -> PushResult:
        async def watch(attempt: Attempt) -> None:
            await self._record(push, attempt)

        return await self._pusher.deliver(push.openid, push.xml, watch)

    async def _record(self, push: Push, attempt: Attempt) -> None:
        await self.journal.record(
            direction="push",
            what=_subject(push.xml),
            seconds=attempt.seconds,
            answer=attempt.answer.decode(errors="replace"),
            openid=push.openid,
            attempt=attempt.number,
            status=attempt.status,
            error=attempt.error,
            body=push.xml,
        )

    async def _show(self, person: Person, result: PushResult) -> None:
        if result.kind == "failed":
            await self.journal.chat(person, "notice", "notice", UNAVAILABLE)
        elif result.kind == "reply":
            kind = str(result.reply["MsgType"])
            await self.journal.chat(person, "account", kind, result.reply_text, reply=result.reply)


def _subject(xml: str) -> str:
    """What a push is about: the event's name, else the message's type."""
    found: list[str] = SUBJECT.findall(xml)
    return (found or ["?"])[-1]

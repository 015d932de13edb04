"""What people do in WeChat, and how the platform tells the service of it."""

import hashlib

from tests.standin import payloads
from tests.standin.core import UNSUPPORTED, Core
from tests.standin.pushing import PushResult
from tests.standin.state import Action, Person
from tests.standin.windows import open_window


class NotFollowing(Exception):
    """Only followers can write to the account or use its menu."""


class Platform(Core):
    """One verb for each thing a finger can do; each returns what became of the push."""

    async def follow(self, openid: str, scene: str | None = None) -> PushResult:
        """Follow, or scan a QR code with this scene; a follower who scans gives SCAN instead."""
        person = self.people[openid]
        if person.following and scene is not None:
            return await self._scan(person, scene)
        person.following = True
        person.followed_at = self.clock.now()
        person.scene = scene or ""
        self._act(person, "follow")
        if scene is not None:
            self._act(person, "scan")
        await self._note(person, "subscribe", key=scene or "")
        return await self.push_from(person.openid, payloads.follow(scene, self._ticket(scene or "")))

    async def unfollow(self, openid: str) -> PushResult:
        """Windows close and tags go; what was subscribed to stays."""
        person = self._follower(openid)
        person.following = False
        person.windows.clear()
        person.tags.clear()
        await self._note(person, "unsubscribe")
        return await self.push_from(person.openid, payloads.event("unsubscribe", ("EventKey", "")), visible=False)

    async def say(self, openid: str, text: str) -> PushResult:
        person = self._writer(openid)
        await self.journal.chat(person, "person", "text", text)
        content = f"{text}\x1d]]>" if self.faults.dirty_text else text
        return await self.push_from(person.openid, payloads.text(content, self.new_id()))

    async def tap(self, openid: str, content: str, menu_id: str = "") -> PushResult:
        """Tap a link of the kind weixin://bizmsgmenu: a text as if typed, but only a click's window."""
        person = self._follower(openid)
        self._act(person, "click")
        await self.journal.chat(person, "person", "text", content)
        told = {"absent": (), "zero": (("bizmsgmenuid", "0"),), "id": (("bizmsgmenuid", menu_id),)}
        elements = payloads.text(content, self.new_id())
        return await self.push_from(person.openid, [*elements, *told[self.faults.menu_id]])

    async def click(self, openid: str, key: str) -> PushResult:
        person = self._follower(openid)
        self._act(person, "click")
        await self._note(person, "CLICK", key=key)
        return await self.push_from(person.openid, payloads.event("CLICK", ("EventKey", key)))

    async def view(self, openid: str, url: str) -> PushResult:
        """Open a page from the menu; the page itself is opened by the phone."""
        person = self._follower(openid)
        await self._note(person, "VIEW", key=url)
        event = payloads.event("VIEW", ("EventKey", url), ("MenuId", self.menu.menu_id))
        return await self.push_from(person.openid, event, visible=False)

    async def send_picture(self, openid: str, content: bytes, content_type: str = "image/jpeg") -> PushResult:
        person = self._writer(openid)
        media = self.add_media("image", content, content_type)
        url = self.media_url(media)
        await self.journal.chat(person, "person", "image", url=url)
        return await self.push_from(person.openid, payloads.image(url, media.media_id, self.new_id()))

    async def send_voice(self, openid: str, recognition: str | None = None) -> PushResult:
        """A spoken message; what was recognised is told only while the account has that switched on."""
        person = self._writer(openid)
        media = self.add_media("voice", b"#!AMR\n", "audio/amr")
        await self.journal.chat(person, "person", "voice", recognition or "")
        heard = (recognition or "") if self.faults.recognition else None
        return await self.push_from(person.openid, payloads.voice(media.media_id, self.new_id(), heard))

    async def send_sticker(self, openid: str) -> PushResult:
        """Stickers reach the service as a text that says they cannot be shown."""
        person = self._writer(openid)
        await self.journal.chat(person, "person", "sticker")
        return await self.push_from(person.openid, payloads.text(UNSUPPORTED, self.new_id()))

    async def send_location(self, openid: str, latitude: float, longitude: float, label: str = "") -> PushResult:
        person = self._writer(openid)
        await self.journal.chat(person, "person", "location", label)
        return await self.push_from(person.openid, payloads.location(latitude, longitude, label, self.new_id()))

    async def send_link(self, openid: str, title: str, url: str, description: str = "") -> PushResult:
        person = self._writer(openid)
        await self.journal.chat(person, "person", "link", title, url=url)
        return await self.push_from(person.openid, payloads.link(title, description, url, self.new_id()))

    async def send_video(self, openid: str) -> PushResult:
        person = self._writer(openid)
        media, thumb = (self.add_media(kind, b"", "video/mp4") for kind in ("video", "thumb"))
        await self.journal.chat(person, "person", "video")
        elements = payloads.video(media.media_id, thumb.media_id, self.new_id())
        return await self.push_from(person.openid, elements)

    async def send_file(self, openid: str, title: str, content: bytes = b"") -> PushResult:
        """The account learns name, size and digest of a file, and cannot fetch it."""
        person = self._writer(openid)
        await self.journal.chat(person, "person", "file", title)
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return await self.push_from(person.openid, payloads.file(title, digest, len(content), self.new_id()))

    async def answer_subscription(self, openid: str, template_id: str, *, accept: bool) -> PushResult:
        """Answer the opt-in on a page; each acceptance is worth one message."""
        person = self.people[openid]
        if accept:
            person.credits[template_id] = person.credits.get(template_id, 0) + 1
        event = payloads.subscription_answered(template_id, "accept" if accept else "reject")
        return await self.push_from(person.openid, event, visible=False)

    async def end_subscription(self, openid: str, template_id: str) -> PushResult:
        """Switch the template off in the settings."""
        person = self.people[openid]
        person.credits.pop(template_id, None)
        return await self.push_from(person.openid, payloads.subscription_changed(template_id), visible=False)

    async def _scan(self, person: Person, scene: str) -> PushResult:
        self._act(person, "scan")
        await self._note(person, "SCAN", key=scene)
        event = payloads.event("SCAN", ("EventKey", scene), ("Ticket", self._ticket(scene)))
        return await self.push_from(person.openid, event)

    async def _note(self, person: Person, event: str, key: str = "") -> None:
        await self.journal.chat(person, "person", "event", event=event, key=key)

    def _follower(self, openid: str) -> Person:
        person = self.people[openid]
        if not person.following:
            raise NotFollowing(person.name)
        return person

    def _writer(self, openid: str) -> Person:
        person = self._follower(openid)
        self._act(person, "message")
        return person

    def _act(self, person: Person, action: Action) -> None:
        open_window(self.account, person, action, self.clock.now())
        person.last_exchange = self.clock.now()

    def _ticket(self, scene: str) -> str:
        known = (ticket for ticket, of in self.stores.qr_scenes.items() if of == scene)
        return next(known, f"gQ-{scene}")

"""The phones of the play: what a finger does on them, and what they show."""

import re
from collections.abc import Sequence
from typing import Any

import httpx

from tests.year.browser import Browser
from tests.year.cast import Person

NUMBER = re.compile(r"SS\d{4}-\d{4,}")
JOIN_AT_ONCE = 500


class Phones:
    def __init__(self, transport: httpx.AsyncBaseTransport, url: str) -> None:
        self._transport = transport
        self._url = url
        self._client = httpx.AsyncClient(transport=transport, base_url=url, timeout=60, trust_env=False)

    async def portraits(self) -> list[tuple[str, str, bool]]:
        """(id, name, whether they follow) of those whose phones everybody may hold."""
        people = (await self._client.get("/phone/people")).json()["people"]
        return [(one["id"], one["name"], one["following"]) for one in people]

    async def join(self, people: Sequence[Person]) -> None:
        """Give a phone to all who have none."""
        waiting = [one for one in people if not one.id]
        for start in range(0, len(waiting), JOIN_AT_ONCE):
            part = waiting[start : start + JOIN_AT_ONCE]
            named = [{"name": one.name, "address": one.address} for one in part]
            answer = await self._client.post("/phone/people", json={"people": named})
            for one, id in zip(part, answer.json()["ids"], strict=True):
                one.id = id

    async def codes(self) -> list[str]:
        """The scenes of the account's QR codes, oldest first."""
        return [one["scene"] for one in (await self._client.get("/phone/codes")).json()["items"]]

    async def template(self, title: str) -> str:
        """The id of the template with this title."""
        found = (await self._client.get("/phone/templates")).json()["items"]
        return next(str(one["id"]) for one in found if one["title"] == title)

    async def say(self, person: Person, text: str) -> str:
        return await self._do(person, "say", text=text)

    async def click(self, person: Person, key: str) -> str:
        return await self._do(person, "click", key=key)

    async def follow(self, person: Person, scene: str = "") -> str:
        return await self._do(person, "follow", **({"scene": scene} if scene else {}))

    async def unfollow(self, person: Person) -> None:
        await self._post(person, "unfollow", {})

    async def send_picture(self, person: Person) -> str:
        return await self._do(person, "picture")

    async def chat(self, person: Person) -> list[dict[str, Any]]:
        """All that the phone shows, the oldest first."""
        entries: list[dict[str, Any]] = (await self._client.get(self._path(person, "chat"))).json()["entries"]
        return entries

    async def unasked(self, person: Person) -> list[dict[str, Any]]:
        """What came to the phone by itself."""
        return [one for one in await self.chat(person) if one["from"] == "account" and not _is_reply(one)]

    async def opened(self, person: Person, url: str) -> Browser:
        """The web-view of this person with the page in it, signed in as they are."""
        browser = Browser(self._transport, self._url)
        await browser.open(self._path(person, "open"), url=url)
        return browser

    async def _do(self, person: Person, verb: str, **fields: str) -> str:
        """What the account answered; every deed here gets one answer."""
        entries = await self._post(person, verb, fields)
        replies = [one["text"] for one in entries if _is_reply(one)]
        assert len(replies) == 1, f"{person.name} {verb} {fields}: {entries}"
        return str(replies[0])

    async def _post(self, person: Person, verb: str, fields: dict[str, str]) -> list[dict[str, Any]]:
        answer = await self._client.post(self._path(person, verb), json=fields)
        assert answer.status_code == httpx.codes.OK, f"{verb} {fields}: {answer.text}"
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries

    def _path(self, person: Person, verb: str) -> str:
        return f"/phone/people/{person.id}/{verb}"


def _is_reply(entry: dict[str, Any]) -> bool:
    return "reply" in entry["data"]


def number_in(reply: str) -> str:
    """The proposal's number that the account tells."""
    found = NUMBER.search(reply)
    assert found is not None, f"no number in: {reply}"
    return found[0]

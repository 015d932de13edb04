"""One thing a person sent or did, as we work with it: an Inbound. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

UNSUPPORTED = "[收到不支持的消息类型，暂无法显示]"  # how the platform delivers stickers it cannot describe

OPENID = re.compile(r"[\w-]{1,64}", re.ASCII)
SECONDS = re.compile(r"\d{1,10}", re.ASCII)
MESSAGE_ID = re.compile(r"\d{0,20}", re.ASCII)  # 64 bits; events have none

# What opens the short window for customer messages; with leaving, all that a person does rather than says.
WINDOW_ACTIONS = frozenset({"subscribe", "scan", "click", "scancode_push", "scancode_waitmsg"})
DEEDS = WINDOW_ACTIONS | {"unsubscribe"}

# Elements that every push has, or that a retry may bring with another value.
COMMON = frozenset({"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Encrypt"})


@dataclass(frozen=True, slots=True)
class Inbound:
    """`kind` is the MsgType in lower case, `event` the Event likewise; `elements` is the whole push as a dict.

    `order` is how the person sent things: (CreateTime in seconds, MsgId or 0).
    """

    account: str
    openid: str
    created_at: int
    kind: str
    message_id: str
    event: str
    event_key: str
    elements: Mapping[str, Any]

    @classmethod
    def of(cls, elements: Mapping[str, Any]) -> "Inbound":
        """Raises KeyError, TypeError or ValueError when an element that every push has is missing or odd."""
        text = {key: value.strip() for key, value in elements.items() if isinstance(value, str)}
        return cls(
            account=_shaped(OPENID, text["ToUserName"]),
            openid=_shaped(OPENID, text["FromUserName"]),
            created_at=int(_shaped(SECONDS, text["CreateTime"])),
            kind=text["MsgType"].lower(),
            message_id=_shaped(MESSAGE_ID, text.get("MsgId") or text.get("MsgID") or ""),
            event=text.get("Event", "").lower(),
            event_key=text.get("EventKey", ""),
            elements=elements,
        )

    @property
    def order(self) -> tuple[int, int]:
        return self.created_at, int(self.message_id or 0)

    @property
    def is_deed(self) -> bool:
        """A person wrote or did this; all other events come by themselves, also after the person has gone."""
        return self.kind != "event" or self.event in DEEDS

    def get(self, name: str) -> str:
        value = self.elements.get(name)
        return value if isinstance(value, str) else ""

    @property
    def key(self) -> bytes:
        """What makes a retry the same: person and MsgId; for events person, second, event and its details.

        MsgId alone has been seen on messages of different people, and two events of one second are two.
        """
        if self.kind != "event":
            identity = f"{self.openid}\0{self.message_id or self._rest()}"
        else:
            details = self.message_id or self._rest()
            identity = "\0".join((self.openid, str(self.created_at), self.event, self.event_key, details))
        return blake2b(identity.encode(), digest_size=16).digest()

    def _rest(self) -> str:
        kept = sorted((key, str(value)) for key, value in self.elements.items() if key not in COMMON)
        return repr((self.created_at, kept))


def _shaped(shape: re.Pattern[str], value: str) -> str:
    if not shape.fullmatch(value):
        raise ValueError("an element is not of the platform's making")
    return value

"""What the platform knows: the account, its people, their chats, and what went over the wire."""

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["service", "subscription"]
Mode = Literal["safe", "plain", "compat"]
Sender = Literal["person", "account", "notice"]
Action = Literal["message", "click", "follow", "scan"]

HOUR = 3600.0


@dataclass(frozen=True)
class Allowance:
    """So many customer messages within so many seconds of what the person did."""

    count: int
    seconds: float


def current_allowances() -> dict[Action, Allowance]:
    """The official table of today; it was 20 in 48 h for everything some years ago."""
    short = Allowance(3, 60)
    return {"message": Allowance(5, 48 * HOUR), "click": short, "follow": short, "scan": short}


@dataclass
class Account:
    """One verified official account, as its console shows it."""

    appid: str
    secret: str
    token: str
    encoding_aes_key: str
    original_id: str = "gh_5b1d9c3e7f20"
    name: str = "工会实事"
    kind: Kind = "service"
    mode: Mode = "safe"
    previous_encoding_aes_key: str = ""
    oauth_domain: str = ""  # empty: any
    ip_allow_list: tuple[str, ...] = ()  # empty: any
    allowances: dict[Action, Allowance] = field(default_factory=current_allowances)
    mass_per_month: int = 4  # what one follower gets, and how often a service account sends to all
    user_page: int = 10_000  # openids on one page of a list
    mass_per_day: int = 1  # sends to all; for a subscription account any mass message
    most_bearers: int = 100_000  # of a tag that can be deleted


@dataclass
class Window:
    """A time in which the account may write to somebody unasked."""

    closes_at: float
    left: int


@dataclass(frozen=True)
class Link:
    """A tappable place in a text: opens a page, or sends `content` as if typed."""

    label: str
    href: str
    content: str = ""
    menu_id: str = ""


@dataclass
class ChatEntry:
    """One line of a chat; `kind` is text, image, voice, event, template, news, …"""

    id: int
    at: float
    sender: Sender
    kind: str
    text: str = ""
    links: list[Link] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        entry = asdict(self)
        entry["from"] = entry.pop("sender")
        return entry

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> "ChatEntry":
        rest = {key: value for key, value in entry.items() if key not in {"from", "links"}}
        return cls(sender=entry["from"], links=[Link(**link) for link in entry["links"]], **rest)


@dataclass
class WireEntry:
    """One push attempt or one API call: what was asked, what was answered, how long it took."""

    id: int
    at: float
    direction: Literal["push", "api"]
    what: str  # message type or event of a push, path of a call
    seconds: float
    answer: str
    openid: str = ""
    attempt: int = 0
    status: int | None = None
    errcode: int | None = None
    error: str = ""
    body: str = ""  # the push decrypted, the call's body as it came

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Person:
    """Somebody with WeChat; `about` is for whoever shows them."""

    openid: str
    name: str
    about: dict[str, Any] = field(default_factory=dict)
    following: bool = False
    followed_at: float = 0
    scene: str = ""  # the scene of the QR code that made them follow
    refuses: bool = False  # switched the account's messages off
    blacklisted: bool = False
    denies_sign_in: bool = False  # refuses when a page asks for the profile
    remark: str = ""
    tags: list[int] = field(default_factory=list)
    windows: dict[Action, Window] = field(default_factory=dict)
    mass_received: dict[str, int] = field(default_factory=dict)  # month -> messages
    credits: dict[str, int] = field(default_factory=dict)  # template -> accepted and unused
    last_exchange: float = 0
    typing: bool = False
    chat: deque[ChatEntry] = field(default_factory=lambda: deque(maxlen=500))

    def to_json(self) -> dict[str, Any]:
        rest = {key: value for key, value in vars(self).items() if key not in {"chat", "windows"}}
        windows = {action: asdict(window) for action, window in self.windows.items()}
        return {**rest, "windows": windows, "chat": [entry.to_json() for entry in self.chat]}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> "Person":
        rest = {key: value for key, value in saved.items() if key not in {"chat", "windows"}}
        person = cls(**rest)
        person.windows = {action: Window(**window) for action, window in saved["windows"].items()}
        person.chat.extend(ChatEntry.from_json(entry) for entry in saved["chat"])
        return person


@dataclass(frozen=True)
class Accepted:
    """A message the platform took: the truth that a sender's own books are compared with."""

    channel: Literal["customer", "template", "subscribe", "mass"]
    openid: str
    id: int
    key: str
    body: dict[str, Any]

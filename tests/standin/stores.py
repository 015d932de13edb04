"""What API calls leave behind on the platform: media, templates, QR codes, mass jobs, sign-ins."""

import base64
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

MEDIA_LIFE = 3 * 86_400
KEY_LIFE = 600

MassStatus = Literal["SENDING", "SEND_SUCCESS", "SEND_FAIL", "DELETE"]


@dataclass
class Media:
    """A file, or a draft; a temporary one is gone after three days."""

    media_id: str
    type: str
    content_type: str
    content: bytes
    created_at: float
    permanent: bool = False

    def alive(self, now: float) -> bool:
        return self.permanent or now < self.created_at + MEDIA_LIFE

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "content": base64.b64encode(self.content).decode()}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> "Media":
        return cls(**{**saved, "content": base64.b64decode(saved["content"])})


@dataclass
class Template:
    """A message template of the account's library; `fields` such as thing1, time2."""

    template_id: str
    title: str
    fields: tuple[str, ...]
    for_subscription: bool = False

    @property
    def content(self) -> str:
        return "\n".join(f"{{{{{name}.DATA}}}}" for name in self.fields)


@dataclass
class MassJob:
    """A mass message handed in; its counts are told by the finishing event alone."""

    msg_id: int
    key: str
    at: float
    total: int
    to_all: bool
    kind: str = "text"
    status: MassStatus = "SENDING"
    filtered: int = 0
    sent: int = 0


@dataclass
class SignIn:
    """A code of the authorize page: five minutes, used once."""

    openid: str
    scope: str
    at: float
    used: bool = False


@dataclass
class Stores:
    media: dict[str, Media] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    qr_scenes: dict[str, str] = field(default_factory=dict)  # ticket -> scene
    tags: dict[int, str] = field(default_factory=dict)
    mass: dict[int, MassJob] = field(default_factory=dict)
    codes: dict[str, SignIn] = field(default_factory=dict)
    page_tokens: dict[str, SignIn] = field(default_factory=dict)  # tokens of signed-in pages
    sent_keys: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    tickets: dict[str, float] = field(default_factory=dict)  # for the page script -> issued at

    def sent_before(self, openid: str, key: str, now: float) -> int | None:
        """The id of a template message sent to this person with this key within ten minutes."""
        at, msg_id = self.sent_keys.get((openid, key), (0.0, 0))
        return msg_id if key and now < at + KEY_LIFE else None

    def live_media(self, media_id: object, now: float) -> Media | None:
        media = self.media.get(media_id) if isinstance(media_id, str) else None
        return media if media and media.alive(now) else None

    def to_json(self) -> dict[str, Any]:
        """What outlives a restart; sign-ins under way do not."""
        return {
            "media": [item.to_json() for item in self.media.values()],
            "templates": [asdict(item) for item in self.templates.values()],
            "qr_scenes": self.qr_scenes,
            "tags": list(self.tags.items()),
            "mass": [asdict(item) for item in self.mass.values()],
        }

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> "Stores":
        templates = [Template(**{**item, "fields": tuple(item["fields"])}) for item in saved["templates"]]
        return cls(
            media={item["media_id"]: Media.from_json(item) for item in saved["media"]},
            templates={template.template_id: template for template in templates},
            qr_scenes=saved["qr_scenes"],
            tags={int(tag): name for tag, name in saved["tags"]},
            mass={item["msg_id"]: MassJob(**item) for item in saved["mass"]},
        )

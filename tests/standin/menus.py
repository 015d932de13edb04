"""The account's menu: the shape the platform insists on, and who sees which. Pure."""

from dataclasses import dataclass, field
from typing import Any

from tests.standin.errors import Refused

Button = dict[str, Any]

TOP_LIMIT, SUB_LIMIT = 3, 5
KEY_BYTES, URL_BYTES = 128, 1024
NEEDS = {
    "click": ("key",),
    "view": ("url",),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
    "media_id": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
    "miniprogram": ("url", "appid", "pagepath"),
}


@dataclass(frozen=True)
class Codes:
    """Top and sub buttons have the same faults under different numbers."""

    type: int
    name: int
    key: int
    url: int
    name_bytes: int


TOP = Codes(40017, 40018, 40019, 40020, 16)
SUB = Codes(40024, 40025, 40026, 40027, 60)


def check(buttons: object) -> list[Button]:
    """The buttons as they came; raises 40016 to 40027 at the first thing wrong."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= TOP_LIMIT:
        raise Refused(40016)
    for button in buttons:
        _check_top(button)
    return buttons


def _check_top(button: Button) -> None:
    subs = button.get("sub_button") or []
    if not subs:
        _check_button(button, TOP)
        return
    _check_name(button, TOP)
    if len(subs) > SUB_LIMIT:
        raise Refused(40023)
    for sub in subs:
        _check_button(sub, SUB)


def _check_button(button: Button, codes: Codes) -> None:
    _check_name(button, codes)
    needs = NEEDS.get(str(button.get("type")))
    if needs is None:
        raise Refused(codes.type)
    if "key" in needs and not 0 < _size(button, "key") <= KEY_BYTES:
        raise Refused(codes.key)
    if "url" in needs and not 0 < _size(button, "url") <= URL_BYTES:
        raise Refused(codes.url)
    if any(not _size(button, need) for need in needs):
        raise Refused(codes.type)


def _check_name(button: Button, codes: Codes) -> None:
    if not 0 < _size(button, "name") <= codes.name_bytes:
        raise Refused(codes.name)


def _size(button: Button, name: str) -> int:
    value = button.get(name)
    return len(value.encode()) if isinstance(value, str) else 0


@dataclass
class Menu:
    """The default menu, and those for a tag."""

    buttons: list[Button] = field(default_factory=list)
    menu_id: int = 0
    conditional: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """What everybody sees."""
        return {"button": self.buttons}

    def shown_to(self, tags: list[int]) -> list[Button]:
        """The newest menu that fits one of the tags, else the default."""
        for menu in reversed(self.conditional):
            if int(menu["matchrule"].get("tag_id", 0)) in tags:
                return list(menu["button"])
        return self.buttons

"""A broadcast as the fields of a page, and back. Times are those of the office."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from app.broadcasts.audiences import Audience
from app.broadcasts.rules import BroadcastText
from app.console.visiting import text_of
from app.errors import Invalid
from models.enums import BroadcastKind, PhaseKind

TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
WITH_FIELDS = ("template", "subscribe")
PHASES = tuple(kind for kind in PhaseKind if kind is not PhaseKind.UPCOMING)
NOT_VOTED = "not_voted-"  # before a round's id
TAG = "tag-"  # before a tag's


@dataclass(frozen=True)
class Typed:
    """The fields as they were typed, to be shown again. `data` has a line "field=words" for each field."""

    title: str = ""
    kind: str = BroadcastKind.NOTICE.value
    channel: str = ""
    who: str = "all"
    unit: str = ""
    openids: str = ""
    text: str = ""
    media_id: str = ""
    template_id: str = ""
    data: str = ""
    url: str = ""
    scheduled_at: str = ""
    on_phase: str = ""


def typed_in(form: FormData) -> Typed:
    return Typed(**{name: text_of(form, name) for name in Typed.__dataclass_fields__})


def typed_of(text: BroadcastText, zone: ZoneInfo, sees_openids: bool) -> Typed:
    """Who may not see openids gets none of a list: left empty it stays as it is."""
    audience, content = text.audience, text.content
    return Typed(
        title=text.title,
        kind=text.kind.value,
        channel=text.channel,
        who=_who(audience),
        unit=str(audience.value) if audience.kind == "unit" else "",
        openids="\n".join(audience.value) if audience.kind == "openids" and sees_openids else "",
        text=_said(content),
        media_id=str(content.get("media_id", "")),
        template_id=str(content.get("template_id", "")),
        data="\n".join(f"{field}={words}" for field, words in content.get("data", {}).items()),
        url=str(content.get("url", "")),
        on_phase=text.on_phase.value if text.on_phase else "",
        scheduled_at=f"{text.scheduled_at.astimezone(zone):%Y-%m-%dT%H:%M}" if text.scheduled_at else "",
    )


def text_in(typed: Typed, zone: ZoneInfo) -> BroadcastText:
    """Raises Invalid for what cannot be read; whether it can be sent is the room's to say."""
    if typed.kind not in set(BroadcastKind):
        raise Invalid("请选一选这是什么推送。")
    if not typed.channel:
        raise Invalid("请选一选怎么发。")
    return BroadcastText(
        title=typed.title.strip(),
        kind=BroadcastKind(typed.kind),
        channel=typed.channel,
        audience=_audience(typed),
        content=_content(typed),
        scheduled_at=_moment(typed.scheduled_at, zone),
        on_phase=_phase(typed.on_phase),
    )


def _who(audience: Audience) -> str:
    before = {"not_voted": NOT_VOTED, "tag": TAG}.get(audience.kind)
    return f"{before}{audience.value}" if before else audience.kind


def _audience(typed: Typed) -> Audience:
    if typed.who.startswith(NOT_VOTED):
        return Audience.from_json({"not_voted": typed.who.removeprefix(NOT_VOTED)})
    if typed.who.startswith(TAG):
        return Audience.from_json({"tag": typed.who.removeprefix(TAG)})
    if typed.who == "unit":
        if not typed.unit.strip():
            raise Invalid("请写上是哪个单位。")
        return Audience.from_json({"unit": typed.unit.strip()})
    if typed.who == "openids":
        return Audience.from_json({"openids": typed.openids.split()})
    if typed.who not in ("all", "proposers"):
        raise Invalid("请选一选发给谁。")
    return Audience.from_json({typed.who: True})


def _content(typed: Typed) -> dict[str, Any]:
    if typed.channel in WITH_FIELDS:
        content: dict[str, Any] = {"template_id": typed.template_id.strip(), "data": _fields(typed.data)}
        return content | ({"url": typed.url.strip()} if typed.url.strip() else {})
    if typed.channel == "mass" and typed.media_id.strip():
        return {"media_id": typed.media_id.strip()}
    return {"text": typed.text.strip().replace("\r\n", "\n")}


def _fields(lines: str) -> Mapping[str, str]:
    """Raises Invalid for a line that names no field."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        field, sign, words = line.replace("＝", "=", 1).partition("=")
        if not sign or not field.strip():
            raise Invalid(f"“{line[:20]}”这一行要写成“字段=文字”，例如 thing1=请您投票。")
        found[field.strip()] = words.strip()
    return found


def _moment(typed: str, zone: ZoneInfo) -> datetime | None:
    if not typed:
        return None
    try:
        if TIME.fullmatch(typed):
            return datetime.fromisoformat(typed).replace(tzinfo=zone)
    except ValueError:
        pass
    raise Invalid("定时的时间看不懂，请写成 2018-07-10T09:00 这样。")


def _phase(typed: str) -> PhaseKind | None:
    if typed and typed not in PHASES:
        raise Invalid("请选一选等哪个阶段开始。")
    return PhaseKind(typed) if typed else None


def _said(content: Mapping[str, Any]) -> str:
    article = content.get("article")
    if isinstance(article, Mapping):
        return "\n".join(str(article[name]) for name in ("title", "digest", "url") if article.get(name))
    return str(content.get("text", ""))

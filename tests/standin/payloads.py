"""The XML of pushes, element by element, in the byte layout of the real ones. Pure.

Strings stand in CDATA exactly as typed: the platform does not mend a control character or a nested `]]>`."""

from collections.abc import Sequence
from typing import Any, TypeAlias

Value: TypeAlias = "str | int | float | Elements"
Elements: TypeAlias = Sequence[tuple[str, Any]]


def document(elements: Elements) -> str:
    """Elements separated by newlines, the first directly after `<xml>`."""
    return "<xml>" + "".join(f"{_element(name, value)}\n" for name, value in elements) + "</xml>"


def envelope(**elements: str) -> str:
    """The outer XML of safe mode: no newlines."""
    return "<xml>" + "".join(_element(name, value) for name, value in elements.items()) + "</xml>"


def _element(name: str, value: Value) -> str:
    if isinstance(value, str):
        return f"<{name}><![CDATA[{value}]]></{name}>"
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    return f"<{name}>" + "".join(_element(inner, part) for inner, part in value) + f"</{name}>"


def text(content: str, msg_id: int) -> Elements:
    return [("MsgType", "text"), ("Content", content), ("MsgId", msg_id)]


def image(url: str, media_id: str, msg_id: int) -> Elements:
    return [("MsgType", "image"), ("PicUrl", url), ("MediaId", media_id), ("MsgId", msg_id)]


def voice(media_id: str, msg_id: int, recognition: str | None) -> Elements:
    spoken = [] if recognition is None else [("Recognition", recognition)]
    media = [("MediaId", media_id), ("Format", "amr"), ("MsgId", msg_id), ("MediaId16K", f"{media_id}16K")]
    return [("MsgType", "voice"), *media, *spoken]


def video(media_id: str, thumb_id: str, msg_id: int) -> Elements:
    return [("MsgType", "video"), ("MediaId", media_id), ("ThumbMediaId", thumb_id), ("MsgId", msg_id)]


def location(latitude: float, longitude: float, label: str, msg_id: int) -> Elements:
    place = [("Location_X", latitude), ("Location_Y", longitude), ("Scale", 15), ("Label", label)]
    return [("MsgType", "location"), *place, ("MsgId", msg_id)]


def link(title: str, description: str, url: str, msg_id: int) -> Elements:
    page = [("Title", title), ("Description", description), ("Url", url)]
    return [("MsgType", "link"), *page, ("MsgId", msg_id)]


def file(title: str, md5: str, size: int, msg_id: int) -> Elements:
    """Undocumented, and real."""
    parts = [("Title", title), ("Description", ""), ("FileKey", f"key-{md5}"), ("FileMd5", md5)]
    return [("MsgType", "file"), *parts, ("FileTotalLen", size), ("MsgId", msg_id)]


def event(name: str, *more: tuple[str, Any]) -> Elements:
    return [("MsgType", "event"), ("Event", name), *more]


def follow(scene: str | None, ticket: str) -> Elements:
    """An ordinary follow carries EventKey too, empty."""
    if scene is None:
        return event("subscribe", ("EventKey", ""))
    return event("subscribe", ("EventKey", f"qrscene_{scene}"), ("Ticket", ticket))


def template_finished(msg_id: int, status: str) -> Elements:
    return event("TEMPLATESENDJOBFINISH", ("MsgID", msg_id), ("Status", status))


def mass_finished(msg_id: int, status: str, total: int, filtered: int, sent: int, failed: int) -> Elements:
    counts = [("TotalCount", total), ("FilterCount", filtered), ("SentCount", sent), ("ErrorCount", failed)]
    copyright_check = [("Count", 0), ("ResultList", ()), ("CheckState", 2)]
    articles = [("Count", 0), ("ResultList", ())]
    tail = [("CopyrightCheckResult", copyright_check), ("ArticleUrlResult", articles)]
    return event("MASSSENDJOBFINISH", ("MsgID", msg_id), ("Status", status), *counts, *tail)


def subscription_answered(template_id: str, status: str) -> Elements:
    """The person met the opt-in on a page and said accept or reject."""
    entry = [("TemplateId", template_id), ("SubscribeStatusString", status), ("PopupScene", 2)]
    return event("subscribe_msg_popup_event", ("SubscribeMsgPopupEvent", [("List", entry)]))


def subscription_changed(template_id: str) -> Elements:
    """Only a rejection in the settings is pushed."""
    entry = [("TemplateId", template_id), ("SubscribeStatusString", "reject")]
    return event("subscribe_msg_change_event", ("SubscribeMsgChangeEvent", [("List", entry)]))


def subscription_sent(template_id: str, msg_id: int, code: int, status: str) -> Elements:
    entry = [("TemplateId", template_id), ("MsgID", msg_id), ("ErrorCode", code), ("ErrorStatus", status)]
    return event("subscribe_msg_sent_event", ("SubscribeMsgSentEvent", [("List", entry)]))

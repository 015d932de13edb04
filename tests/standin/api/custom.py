"""Customer messages: free text to one person, inside a window that person opened."""

from collections.abc import Callable
from typing import Any

from tests.standin.api.call import OK, Call, Endpoint
from tests.standin.errors import Refused
from tests.standin.links import menu_link
from tests.standin.replies import TEXT_LIMIT
from tests.standin.state import Accepted, Person
from tests.standin.windows import spend

TYPING_WITHIN = 30


async def send(call: Call) -> dict[str, Any]:
    body = call.json()
    person = reachable(call, body.get("touser"))
    kind = str(body.get("msgtype", ""))
    if kind not in BRANCHES or not isinstance(body.get(kind), dict):
        raise Refused(40008)
    text = BRANCHES[kind](call, body[kind])
    spend(person, call.now)
    person.typing = False
    journal = call.platform.journal
    accepted = Accepted("customer", person.openid, journal.next_id(), "", body)
    journal.accepted.append(accepted)
    await journal.chat(person, "account", "text" if kind == "msgmenu" else kind, text, message=body[kind])
    return OK


async def typing(call: Call) -> dict[str, Any]:
    body = call.json()
    person = call.person(body.get("touser"))
    command = body.get("command")
    if command not in {"Typing", "CancelTyping"}:
        raise Refused(45072)
    if call.now - person.last_exchange > TYPING_WITHIN:
        raise Refused(45080)
    if command == "Typing" and person.typing:
        raise Refused(45081)
    person.typing = command == "Typing"
    return OK


def reachable(call: Call, openid: object) -> Person:
    """Somebody the account may write to at all; a window is another question."""
    person = call.person(openid)
    if person.blacklisted:
        raise Refused(43019)
    if not person.following:
        raise Refused(45015 if person.followed_at else 43004)
    if person.refuses:
        raise Refused(48002)
    return person


def _text(call: Call, part: dict[str, Any]) -> str:
    content = part.get("content")
    if not isinstance(content, str) or not content:
        raise Refused(44004)
    return short(content)


def _menu(call: Call, part: dict[str, Any]) -> str:
    entries = [menu_link(str(entry["content"]), str(entry["id"])) for entry in part.get("list", ())]
    lines = [part.get("head_content", ""), *entries, part.get("tail_content", "")]
    return short("\n".join(line for line in lines if line))


def _media(call: Call, part: dict[str, Any]) -> str:
    if call.platform.stores.live_media(part.get("media_id"), call.now) is None:
        raise Refused(40007)
    return ""


def _news(call: Call, part: dict[str, Any]) -> str:
    articles = part.get("articles") or []
    if len(articles) != 1:
        raise Refused(45008)
    return str(articles[0].get("title", ""))


def _titled(call: Call, part: dict[str, Any]) -> str:
    return str(part.get("title", ""))


def short(text: str) -> str:
    if len(text.encode()) > TEXT_LIMIT:
        raise Refused(45002)
    return text


BRANCHES: dict[str, Callable[[Call, dict[str, Any]], str]] = {
    "text": _text,
    "msgmenu": _menu,
    "image": _media,
    "voice": _media,
    "video": _media,
    "news": _news,
    "music": _titled,
    "mpnewsarticle": _titled,
    "miniprogrampage": _titled,
}

ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/message/custom/send", send),
    Endpoint("POST", "/cgi-bin/message/custom/typing", typing),
)

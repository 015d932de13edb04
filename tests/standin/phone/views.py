"""How chat lines and wire lines look in the phone's JSON. Pure."""

from typing import Any

from tests.standin.phone.richtext import pieces
from tests.standin.replies import judge
from tests.standin.state import Account

View = dict[str, Any]


def chat_line(entry: View, world: str) -> View:
    """A ChatEntry's JSON and its text cut into `pieces`; a picture kept in `world` (an origin) becomes a path."""
    text = entry["text"]
    cut = pieces(text) if entry["from"] == "account" else []
    line = {**entry, "pieces": [piece.to_json() for piece in cut] or ([{"text": text}] if text else [])}
    if picture := _picture(entry, world):
        line["picture"] = picture
    if card := _card(entry):
        line["card"] = card
    return line


def wire_line(entry: View, account: Account) -> View:
    """A WireEntry's JSON; a push also gets its `outcome`, the `reply` decrypted, and the `problem`."""
    if entry["direction"] != "push":
        return entry
    if entry["error"] or entry["status"] != 200:
        return {**entry, "outcome": "failed", "problem": entry["error"] or f"HTTP {entry['status']}"}
    verdict = judge(entry["answer"].encode(), account, entry["openid"], account.encoding_aes_key)
    return {**entry, "outcome": verdict.outcome, "reply": verdict.reply, "problem": verdict.problem}


def _said(entry: View) -> View:
    """What the account sent: a passive reply, or the body of a customer or mass message."""
    data = entry["data"]
    return data.get("reply") or data.get("message") or {}


def _picture(entry: View, world: str) -> str:
    if entry["kind"] != "image":
        return ""
    said = _said(entry)
    media_id = said.get("Image", said).get("MediaId") or said.get("media_id")
    return f"/mmbiz/{media_id}" if media_id else str(entry["data"].get("url", "")).removeprefix(world)


def _card(entry: View) -> View | None:
    """A notice with its values, or the first article in whichever of the platform's spellings it came."""
    data = entry["data"]
    if "values" in data:
        return {"title": entry["text"], "rows": list(data["values"].values()), "url": data["url"]}
    said = _said(entry)
    articles = said.get("Articles") or said.get("articles") or []
    if not articles:
        return None
    article = {name.lower(): value for name, value in articles[0].items()}
    title, text, url = (article.get(name, "") for name in ("title", "description", "url"))
    return {"title": title, "text": text, "url": url}

"""How sentences are put: links to tap, quoted words, dates, and cutting what is too long. Pure."""

import re
from collections.abc import Iterable
from html import escape

LIMIT = 2000  # bytes of UTF-8 in one text reply: the platform refuses at 2,048 in practice
SENTENCE_ENDS = "。！？；\n"
PIECE = re.compile(r"<a\b.*?</a>|.", re.DOTALL)  # what is never cut: a whole link, or a character


def tap(content: str, label: str | None = None) -> str:
    """A link that, when tapped, sends `content` as if it had been typed; typing it does the same."""
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid=0">{label or content}</a>'


MORE = f"\n（还有下文，回复 {tap('继续')} 接着看）"


def link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}">{label}</a>'


def quoted(said: str, most: int = 0) -> str:
    """A person's words inside our sentence: never taken for a link, cut to `most` characters if given."""
    plain = said.replace("<", "＜")
    return f"{plain[:most]}…" if most and len(plain) > most else plain


def lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def cut(text: str, limit: int = LIMIT) -> tuple[str, str]:
    """(what fits into one reply, the rest): cut between sentences, never inside a link or a character."""
    if len(text.encode()) <= limit:
        return text, ""
    end = _fitting(text, limit - len(MORE.encode()))
    return text[:end].rstrip("\n") + MORE, text[end:].lstrip("\n")


def _fitting(text: str, room: int) -> int:
    """How many characters fit into `room` bytes: up to the end of a sentence, if that is not too early."""
    size = end = sentence = 0
    for piece in PIECE.finditer(text):
        size += len(piece[0].encode())
        if size > room:
            break
        end = piece.end()
        if piece[0] in SENTENCE_ENDS:
            sentence = end
    if end == 0:  # one link, longer than a reply
        return len(text.encode()[:room].decode(errors="ignore"))
    return sentence if sentence > end // 2 else end

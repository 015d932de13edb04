"""A transcript's lines: reading what people do, writing down what they were told. Pure.

# what the story is about
> what the worker sends
| a second line of the same message
* something else the worker does, or that happens; tests/journeys/deeds.py has the list
< what the account answers, word for word
- why nothing stands here: no answer
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.standin.phone.richtext import Piece, pieces

SPEAK = "say"
NO_ANSWER = "- no answer"
RECEIPT = re.compile(r"\b(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}\b")
DEED = re.compile(r"\* (\w+) ?(.*)")


class NotAScript(ValueError):
    """A line that nobody can act on; the message names it."""


@dataclass(frozen=True)
class Deed:
    """One thing that is done. `source` are its lines as they stand in the script."""

    verb: str
    argument: str
    source: tuple[str, ...]


Line = str | Deed


def read(script: str) -> list[Line]:
    """Comments and deeds; the answers recorded before are left out. Raises NotAScript."""
    lines: list[Line] = []
    for line in script.splitlines():
        last = lines[-1] if lines else ""
        if line.startswith("# ") or line == "#":
            lines.append(line)
        elif line.startswith("> "):
            lines.append(Deed(SPEAK, line[2:], (line,)))
        elif line.startswith("| ") and isinstance(last, Deed) and last.verb == SPEAK:
            lines[-1] = Deed(SPEAK, f"{last.argument}\n{line[2:]}", (*last.source, line))
        elif found := DEED.fullmatch(line):
            lines.append(Deed(found[1], found[2], (line,)))
        elif line and not line.startswith(("<", "-")):
            raise NotAScript(line)
    return lines


def answered(text: str) -> list[str]:
    """An answer as it is written down; the empty text is no answer."""
    return [f"< {line}".rstrip() for line in shown(text).splitlines()] if text else [NO_ANSWER]


def shown(text: str) -> str:
    """What one sees on the phone: a link to tap as [label], a link to a page as [label](address).

    The receipt of a ballot is another each time, so it stands for itself.
    """
    return RECEIPT.sub("XXXX-XXXX-XXXX-XXXX", "".join(_shown(piece) for piece in pieces(text)))


def _shown(piece: Piece) -> str:
    if piece.href:
        return f"[{piece.text}]({piece.href})"
    return f"[{piece.text}]" if piece.says else piece.text


def written(exchanges: Iterable[tuple[Line, list[str]]]) -> str:
    """The whole transcript: a blank line after what was answered, and between a comment and what came before."""
    lines: list[str] = []
    was_comment = True
    for line, answer in exchanges:
        is_comment = isinstance(line, str)
        if is_comment and not was_comment and lines[-1]:
            lines.append("")
        lines += [line] if isinstance(line, str) else line.source
        lines += [*answer, ""] if answer else []
        was_comment = is_comment
    return "\n".join(lines).rstrip() + "\n"

"""Where each value of a TOML file stands, for the standard reader tells no lines. Pure."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

TOKEN = re.compile(
    r"""
    (?P<string>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\])*" | '[^']*')
    | (?P<comment>\#[^\n]*) | (?P<newline>\n) | (?P<space>[^\S\n]+)
    | (?P<mark>[][{},=.]) | (?P<bare>[^][{},=.\s\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
CONTROLS = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of each table, key and array element. `text` must be valid TOML."""
    return _Walk(text).document()


def line_at(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing around it that stands in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Walk:
    """Goes over the tokens once; what is well formed was settled by the standard reader before."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._lines: dict[Path, int] = {}
        self._lengths: dict[Path, int] = {}
        self._advance()

    def document(self) -> dict[Path, int]:
        table: Path = ()
        while self._piece:
            if self._piece == "\n":
                self._advance()
            elif self._piece == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _advance(self) -> None:
        self._piece, self._line = next(self._tokens, ("", 0))

    def _record(self, path: Path, line: int) -> None:
        """A table that is only named on the way to another one stands where it is first named."""
        for length in range(1, len(path)):
            self._lines.setdefault(path[:length], line)
        self._lines[path] = line

    def _header(self) -> Path:
        """`[a.b]` or `[[a.b]]`; each name on the way means the last element where it is an array of tables."""
        line = self._line
        self._advance()
        is_element = self._piece == "["
        if is_element:
            self._advance()
        names = self._names()
        while self._piece == "]":
            self._advance()
        path = (*self._resolve(names[:-1]), names[-1])
        if is_element:
            self._lengths[path] = self._lengths.get(path, 0) + 1
        path = self._last(path)
        self._record(path, line)
        return path

    def _resolve(self, names: Path) -> Path:
        path: Path = ()
        for name in names:
            path = self._last((*path, name))
        return path

    def _last(self, path: Path) -> Path:
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _names(self) -> Path:
        """A dotted key, up to what follows it."""
        names = [_unquoted(self._piece)]
        self._advance()
        while self._piece == ".":
            self._advance()
            names.append(_unquoted(self._piece))
            self._advance()
        return tuple(names)

    def _pair(self, table: Path) -> None:
        line = self._line
        path = table + self._names()
        self._advance()  # the sign of equality
        self._value(path, line)

    def _value(self, path: Path, line: int) -> None:
        self._record(path, line)
        if self._piece == "[":
            self._array(path)
        elif self._piece == "{":
            self._inline_table(path)
        else:
            while self._piece not in ("", "\n", ",", "]", "}"):
                self._advance()

    def _array(self, path: Path) -> None:
        self._advance()
        number = 0
        while self._piece != "]":
            if self._piece in ("\n", ","):
                self._advance()
            else:
                self._value((*path, number), self._line)
                number += 1
        self._advance()

    def _inline_table(self, path: Path) -> None:
        self._advance()
        while self._piece != "}":
            if self._piece in ("\n", ","):
                self._advance()
            else:
                self._pair(path)
        self._advance()


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for found in TOKEN.finditer(text):
        if found.lastgroup not in ("comment", "space"):
            yield found.group(), line
        line += found.group().count("\n")


def _unquoted(name: str) -> str:
    if name.startswith("'"):
        return name[1:-1]
    return ESCAPED.sub(_unescaped, name[1:-1]) if name.startswith('"') else name


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else CONTROLS.get(found[3], found[3])

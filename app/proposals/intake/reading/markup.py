"""XML from strangers as a small tree: no document type, no entities, only so deep and so many elements."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from app.proposals.intake.reading.refusals import Unreadable

DEEPEST = 200
MOST_ELEMENTS = 400_000


@dataclass(slots=True)
class Element:
    """Names are local ones: both families of namespaces of office files use the same."""

    name: str
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def child(self, *way: str) -> "Element | None":
        """The first child of that name, and so on down the way."""
        at: Element | None = self
        for name in way:
            at = next((each for each in at.children if each.name == name), None) if at else None
        return at

    def value(self, *way: str) -> str | None:
        """The `val` of an element down the way."""
        found = self.child(*way)
        return found.attributes.get("val") if found else None

    def all(self, name: str) -> Iterator["Element"]:
        return (each for each in self.children if each.name == name)


def parse(data: bytes) -> Element:
    """Raises Unreadable."""
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):  # not well-formed, or an encoding nobody knows
        raise Unreadable("damaged") from None
    return builder.root


class _Builder:
    def __init__(self) -> None:
        self.root = Element("", {})
        self._open = [self.root]
        self._count = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def _refuse(self, *_declaration: object) -> None:
        raise Unreadable("unsafe")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) > DEEPEST:
            raise Unreadable("too_large")
        element = Element(_local(name), {_local(key): value for key, value in attributes.items()})
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _data(self, text: str) -> None:
        self._open[-1].text += text


def _local(name: str) -> str:
    return name.rpartition(" ")[2]

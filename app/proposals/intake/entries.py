"""From rows of cells to what was written under which label, in reading order. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.proposals.intake import labels
from app.proposals.intake.labels import FOOTER, IGNORED, Found, Label
from app.proposals.intake.page import Cell, Row
from app.proposals.intake.paper import FIELDS, LONG, Kind

FEWEST_COLUMNS = 2
MAIN = LONG | {"title"}
ORDER = ("source", *FIELDS)


@dataclass
class Entry:
    """A field and what stands there. A heading is named "heading", the beginning of a list's row "record"."""

    name: str
    place: str
    kind: Kind | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def is_empty(self) -> bool:
        return not self.text.strip(" \t\n\u3000_＿:：")


@dataclass(frozen=True)
class Segment:
    """A stretch of a cell; without `found` it goes on with what was open before."""

    found: Found | None
    text: str


def entries(rows: Sequence[Row]) -> list[Entry]:
    reader = _Reader(labels.in_use([cell.text for row in rows for cell in row.cells]))
    for row in rows:
        reader.take(row)
    return reader.entries


class _Reader:
    """Goes through the rows with one field open at a time: what has no label of its own belongs to it."""

    def __init__(self, known: Sequence[Label]) -> None:
        self.entries: list[Entry] = []
        self._known = known
        self._open: Entry | None = None
        self._opened_in: tuple[int, ...] = ()
        self._columns: dict[int, tuple[str, Kind | None]] = {}
        self._list: tuple[int, ...] = ()
        self._above: dict[int, Cell] = {}

    def take(self, row: Row) -> None:
        if self._open and row.table[: len(self._opened_in)] != self._opened_in:
            self._open = None
        if self._columns and row.table == self._list and not self._is_header(row):
            self._record(row)
            return
        self._columns = {}
        if self._is_header(row):
            self._begin_list(row)
            return
        for cell in row.cells:
            if not cell.continued:
                self._cell(cell, row.table)
        self._end_row(row)

    def _cell(self, cell: Cell, table: tuple[int, ...]) -> None:
        for segment in self._segments(cell.text, in_table=bool(table)):
            if segment.found is not None:
                label = segment.found.label
                kind = labels.kind_of(segment.found.said) or labels.kind_of_organisation(segment.found.said)
                self._open = Entry(label.field, cell.place, kind, [segment.text])
                self._opened_in = table
                if label.field != IGNORED:
                    self.entries.append(self._open)
            elif _is_heading(segment.text, self._open.name if self._open else None, bool(table)):
                self.entries.append(Entry("heading", cell.place, labels.kind_of(segment.text)))
                self._open = None
            elif self._open is not None and segment.text.strip():
                self._open.lines.append(segment.text)

    def _end_row(self, row: Row) -> None:
        """A short field is full with its row; an empty one waits for the next row only if it had nowhere else."""
        if self._open is None or self._open.name in LONG:
            return
        had_room = any(cell.continued or not labels.alone(cell.text, self._known) for cell in row.cells)
        blank = all(not cell.text.strip() for cell in row.cells)
        if not self._open.is_empty or (had_room and not (blank and not row.table)):
            self._open = None

    def _segments(self, text: str, *, in_table: bool) -> Iterator[Segment]:
        current = self._open.name if self._open else None
        plain: list[str] = []
        for index, line in enumerate(text.split("\n")):
            found = labels.at_start(line, self._known)
            if found and self._is_content(found, line, current, starts=index == 0 or not in_table):
                found = None
            if found is None and not _is_heading(line, current, in_table):
                plain.append(line)
                continue
            if plain:
                yield Segment(None, "\n".join(plain))
                plain = []
            yield from self._line(line, found) if found else [Segment(None, line)]
            current = found.label.field if found else None
        if plain:
            yield Segment(None, "\n".join(plain))

    def _line(self, line: str, first: Found) -> list[Segment]:
        """One line may hold several short fields side by side."""
        found = [first]
        if first.label.field not in LONG and first.label.field != "title":
            footers = [label for label in self._known if label.field in FOOTER]
            found += labels.within(line, footers, first.end)
        ends = [each.begin for each in found[1:]] + [len(line)]
        return [Segment(each, line[each.end : end]) for each, end in zip(found, ends, strict=True)]

    def _is_content(self, found: Found, line: str, current: str | None, *, starts: bool) -> bool:
        """Whether the words are only part of a long text: in the midst of a cell, not in print."""
        if starts or current not in LONG:
            return False
        if found.label.field == "phone":
            return len(self._line(line, found)) == 1
        return not found.label.printed

    def _is_header(self, row: Row) -> bool:
        """Whether this row heads a list: the project's name among labels, and another label beside it."""
        filled = [(cell, labels.alone(cell.text, self._known)) for cell in row.cells if cell.text.strip()]
        columns = {label.field: cell.column for cell, label in filled if label}
        named = columns.keys() - {IGNORED}
        if not row.table or "title" not in named or len(named) < FEWEST_COLUMNS:
            return False
        beside = next((cell for cell in row.cells if cell.column > columns["title"]), None)
        return beside is None or labels.alone(beside.text, self._known) is not None

    def _begin_list(self, row: Row) -> None:
        self._open, self._list, self._above = None, row.table, {}
        for cell in row.cells:
            label = labels.alone(cell.text, self._known)
            known = {name for name, _ in self._columns.values()}
            if label and label.field not in known | {IGNORED}:
                self._columns[cell.column] = (label.field, labels.kind_of_organisation(cell.text))

    def _record(self, row: Row) -> None:
        """One row of a list is one project; a cell merged with the one above has its value."""
        cells = {cell.column: self._above.get(cell.column, cell) if cell.continued else cell for cell in row.cells}
        self._above.update(cells)
        main = [cells[at] for at, (name, _) in self._columns.items() if at in cells and name in MAIN]
        if not any(cell.text.strip() for cell in main):
            return
        self.entries.append(Entry("record", row.cells[0].place))
        for at, (name, kind) in sorted(self._columns.items(), key=lambda column: ORDER.index(column[1][0])):
            if (cell := cells.get(at)) is not None:
                self.entries.append(Entry(name, cell.place, kind, [cell.text]))


def _is_heading(line: str, current: str | None, in_table: bool) -> bool:
    """A long text in a table may speak of an annex without one beginning."""
    return not (in_table and current in LONG) and labels.is_heading(line)

"""Word files of today (.docx, .docm and what others write alike): what is read once all changes are accepted."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.proposals.intake.page import Cell, Row, paragraph
from app.proposals.intake.reading import markup
from app.proposals.intake.reading.markup import Element
from app.proposals.intake.reading.package import Package
from app.proposals.intake.reading.refusals import Unreadable

# What is not part of the text as it stands: deleted or moved away, instructions of fields, readings.
UNSEEN = frozenset(
    {"del", "moveFrom", "delText", "instrText", "delInstrText", "rPr", "pPr", "rt", "tblPr", "sdtPr"}
)
SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
BOXES = "txbxContent"
OFF = frozenset({"0", "false", "off"})
MOST_ROWS = 20_000


def rows(package: Package) -> list[Row]:
    """Headers, body, footers; the same line on several pages once. Raises Unreadable."""
    main = _main_part(package)
    folder = posixpath.dirname(main)
    body = markup.parse(package.read(main)).child("document", "body")
    if body is None:
        raise Unreadable("damaged")
    return [
        *_margin(package, f"{folder}/header", "页眉"),
        *_Body().rows(body),
        *_margin(package, f"{folder}/footer", "页脚"),
    ]


def _main_part(package: Package) -> str:
    """Where the package says that its document is."""
    if "_rels/.rels" not in package:
        raise Unreadable("wrong_type")
    relations = markup.parse(package.read("_rels/.rels")).child("Relationships")
    for relation in relations.children if relations else ():
        if relation.attributes.get("Type", "").endswith("/officeDocument"):
            return posixpath.normpath(relation.attributes.get("Target", "").lstrip("/"))
    raise Unreadable("wrong_type")


def _margin(package: Package, beginning: str, place: str) -> list[Row]:
    found: dict[str, Row] = {}
    for name in package.names(beginning):
        if name.endswith(".xml"):
            for root in markup.parse(package.read(name)).children:
                for row in _Body(place).rows(root):
                    found.setdefault("\t".join(cell.text for cell in row.cells), row)
    return list(found.values())


@dataclass
class _Body:
    """Counts paragraphs and tables, so that each text has its place. `where`: header and footer count nothing."""

    where: str = ""
    paragraphs: int = 0
    tables: int = 0
    found: list[Row] = field(default_factory=list)

    def rows(self, root: Element) -> list[Row]:
        for block in _blocks(root):
            if block.name == "tbl":
                self.tables += 1
                self._table(block, (self.tables,), f"第{self.tables}个表格")
            else:
                self._paragraph(block)
        return self.found

    def _paragraph(self, block: Element) -> None:
        self.paragraphs += 1
        place = self.where or f"第{self.paragraphs}段"
        self._keep(paragraph(_text(block), place))
        for box in _boxes(block):
            for inner in _blocks(box):
                if inner.name == "tbl":
                    self.tables += 1
                    self._table(inner, (self.tables,), f"{place}的文本框")
                else:
                    self._keep(paragraph(_text(inner), f"{place}的文本框"))

    def _table(self, table: Element, path: tuple[int, ...], place: str) -> None:
        for number, row in enumerate(_rows(table), 1):
            column, cells, nested = _skipped(row), list[Cell](), 0
            for at, cell in enumerate(_cells(row), 1):
                here = f"{self.where}{place}第{number}行第{at}格"
                for part in _parts(cell):
                    if isinstance(part, Element):
                        self._keep(Row(tuple(cells), path))
                        nested += 1
                        self._table(part, (*path, number, nested), f"{here}里的表格")
                        cells = []
                    elif part or not nested:
                        cells.append(Cell(part, here, column, _continues(cell)))
                column += _span(cell)
            self._keep(Row(tuple(cells), path))

    def _keep(self, row: Row) -> None:
        if row.cells:
            self.found.append(row)
        if len(self.found) > MOST_ROWS:
            raise Unreadable("too_large")


def _blocks(root: Element) -> Iterator[Element]:
    """Paragraphs and tables, also those wrapped in content controls, insertions and the like."""
    for each in root.children:
        if each.name in ("p", "tbl"):
            yield each
        elif each.name == "AlternateContent":
            yield from _blocks(_alternative(each))
        elif each.name not in UNSEEN and not _is_placeholder(each):
            yield from _blocks(each)


def _rows(table: Element) -> Iterator[Element]:
    return (row for row in _wrapped(table, "tr") if row.child("trPr", "del") is None)


def _cells(row: Element) -> Iterator[Element]:
    """A cell merged leftwards in the old way is part of the one before."""
    for cell in _wrapped(row, "tc"):
        merged = cell.child("tcPr", "hMerge")
        gone = cell.child("tcPr", "cellDel") is not None
        if not gone and (merged is None or merged.attributes.get("val") == "restart"):
            yield cell


def _wrapped(root: Element, name: str) -> Iterator[Element]:
    for each in root.children:
        if each.name == name:
            yield each
        elif each.name not in UNSEEN and not _is_placeholder(each):
            yield from _wrapped(each, name)


def _parts(cell: Element) -> Iterator[str | Element]:
    """The text of a cell, interrupted by the tables in it."""
    lines: list[str] = []
    for block in _blocks(cell):
        if block.name == "tbl":
            yield "\n".join(lines)
            lines = []
            yield block
        else:
            lines.append(_text(block))
            lines += [_text(inner) for box in _boxes(block) for inner in _blocks(box) if inner.name == "p"]
    yield "\n".join(lines)


def _continues(cell: Element) -> bool:
    merged = cell.child("tcPr", "vMerge")
    return merged is not None and merged.attributes.get("val", "continue") == "continue"


def _span(cell: Element) -> int:
    return _count(cell.value("tcPr", "gridSpan"), 1)


def _skipped(row: Element) -> int:
    return _count(row.value("trPr", "gridBefore"), 0)


def _count(said: str | None, otherwise: int) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 4 else otherwise


def _text(block: Element) -> str:
    return "".join(_pieces(block))


def _pieces(root: Element) -> Iterator[str]:
    for each in root.children:
        if each.name == "t":
            yield each.text
        elif each.name in SIGNS:
            yield SIGNS[each.name]
        elif each.name == "AlternateContent":
            yield from _pieces(_alternative(each))
        elif not (each.name in UNSEEN or each.name == BOXES or _is_placeholder(each) or _is_hidden(each)):
            yield from _pieces(each)


def _boxes(root: Element) -> Iterator[Element]:
    """Text boxes that float beside a paragraph."""
    for each in root.children:
        if each.name == BOXES:
            yield each
        elif each.name == "AlternateContent":
            yield from _boxes(_alternative(each))
        elif each.name not in UNSEEN:
            yield from _boxes(each)


def _alternative(each: Element) -> Element:
    """The same content is there twice, for new programs and for old ones."""
    return each.child("Choice") or each.child("Fallback") or Element("", {})


def _is_placeholder(each: Element) -> bool:
    """A content control in which there is but the invitation to write."""
    shown = each.child("sdtPr", "showingPlcHdr") if each.name == "sdt" else None
    return shown is not None and shown.attributes.get("val") not in OFF


def _is_hidden(run: Element) -> bool:
    hidden = run.child("rPr", "vanish") if run.name == "r" else None
    return hidden is not None and hidden.attributes.get("val") not in OFF

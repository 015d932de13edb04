"""A file of whatever kind as rows: what it is, its first bytes and its parts tell, not its name."""

from pathlib import PurePath

import olefile

from app.proposals.intake.page import Row
from app.proposals.intake.reading import legacy, lists, word
from app.proposals.intake.reading.package import Package
from app.proposals.intake.reading.refusals import Unreadable

LARGEST = 10 * 2**20
ZIP, OLE = b"PK", olefile.MAGIC
OLD_WORD_IN_DISGUISE = (b"{\\rtf", b"<?xml", b"<html", b"<!DOCTYPE", b"MIME-Version", b"\xdb\xa5", b"\x31\xbe")
TEXTS = (".csv", ".txt", ".tsv")
BOOK_STREAMS = ("Workbook", "Book")


def rows(name: str, data: bytes) -> list[Row]:
    """Raises Unreadable."""
    if not data:
        raise Unreadable("empty_file")
    if len(data) > LARGEST:
        raise Unreadable("too_large")
    if data.startswith(ZIP):
        return _zipped(data)
    if data.startswith(OLE):
        return _old(data)
    ending = PurePath(name).suffix.casefold()
    if ending in (".doc", ".wps") and data.lstrip().startswith(OLD_WORD_IN_DISGUISE):
        raise Unreadable("unsupported_legacy_doc")
    if ending in (".docx", ".docm", ".xlsx", ".ods", ".doc", ".wps", ".xls"):
        raise Unreadable("damaged")
    if ending not in TEXTS:
        raise Unreadable("wrong_type")
    return lists.csv_rows(data)


def _zipped(data: bytes) -> list[Row]:
    package = Package(data)
    if "xl/workbook.xml" in package or "xl/workbook.bin" in package or "content.xml" in package:
        check_parts(package)
        return lists.workbook_rows(data)
    return word.rows(package)


def check_parts(package: Package) -> None:
    """Whoever reads the workbook opens the parts itself: each must be sound, none may declare types."""
    for name in package.names(""):
        content = package.read(name)
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content:
            raise Unreadable("unsafe")


def _old(data: bytes) -> list[Row]:
    try:
        with olefile.OleFileIO(data) as container:
            is_book = any(container.exists(stream) for stream in BOOK_STREAMS)
    except (OSError, IndexError, ValueError):
        raise Unreadable("damaged") from None
    return lists.workbook_rows(data) if is_book else legacy.rows(data)

"""Zip files from strangers: parts are read into memory, never unpacked, never more than is allowed."""

import zipfile
import zlib
from io import BytesIO

from app.proposals.intake.reading.refusals import Unreadable

MOST_PARTS = 2_000
LARGEST_PART = 24 * 2**20
LARGEST_WHOLE = 80 * 2**20
ENCRYPTED = 0x1  # bit of a part's flags


class Package:
    """Raises Unreadable for anything that is no sound zip file of reasonable size."""

    def __init__(self, data: bytes, largest_part: int = LARGEST_PART) -> None:
        self._largest_part = largest_part
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise Unreadable("damaged") from None
        parts = self._zip.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_WHOLE:
            raise Unreadable("too_large")
        if any(part.flag_bits & ENCRYPTED for part in parts):
            raise Unreadable("encrypted")
        self._parts = {part.filename: part for part in parts}

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def names(self, beginning: str) -> list[str]:
        return sorted(name for name in self._parts if name.startswith(beginning))

    def read(self, name: str) -> bytes:
        """Raises Unreadable, also when the part is not there, or grows beyond what it announces."""
        part = self._parts.get(name)
        if part is None:
            raise Unreadable("damaged")
        if part.file_size > self._largest_part:
            raise Unreadable("too_large")
        try:
            with self._zip.open(part) as stream:
                data = stream.read(self._largest_part + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
            raise Unreadable("damaged") from None
        if len(data) > self._largest_part:
            raise Unreadable("too_large")
        return data

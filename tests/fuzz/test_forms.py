"""Files from unions: whatever is in one, what comes back is forms, problems or a refusal that has a sentence."""

import io
import zipfile
from datetime import date
from pathlib import Path
from random import Random

import pytest

from app.proposals.intake.paper import as_json, from_json
from app.proposals.intake.reading import files
from app.proposals.intake.reading.refusals import Unreadable
from app.proposals.intake.recogniser import recognise
from tests.fuzz.spoiling import spoilt

pytestmark = pytest.mark.long

FORMS = sorted((Path(__file__).parents[1] / "data/forms").glob("*.doc*"))
TRIES = 1000  # of each form, for each way
AROUND = date(2017, 12, 10)
WORDS = (
    b"<w:p>",
    b"</w:p>",
    b"<w:tbl><w:tr><w:tc>",
    b"</w:tc>",
    b'<w:gridSpan w:val="99999"/>',
    b'<w:vMerge w:val="restart"/>',
    b"<!DOCTYPE w [<!ENTITY a 'b'>]>",
    b"&a;",
    b"<w:t>" + "项目名称：".encode() + b"</w:t>",
    b"<w:del>",
    b"PK\x03\x04",
)


def reads(name: str, data: bytes) -> None:
    try:
        forms, problems = recognise(files.rows(name, data), AROUND)
    except (Unreadable, MemoryError, RecursionError):  # as the reading process takes them
        return
    assert from_json(as_json(forms, problems)) == (forms, problems)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name[:3])
def test_a_spoilt_file(path: Path) -> None:
    chance, sound = Random(path.name), path.read_bytes()
    for number in range(TRIES):
        data = spoilt(chance, sound)
        try:
            reads(path.name, data)
        except Exception as error:
            raise AssertionError(f"{path.name}, change {number}") from error


@pytest.mark.parametrize("path", [one for one in FORMS if one.suffix == ".docx"], ids=lambda path: path.name[:3])
def test_a_sound_container_with_spoilt_text(path: Path) -> None:
    chance = Random(path.name)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for number in range(TRIES):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as package:
            for name, part in parts.items():
                package.writestr(name, spoilt(chance, part, WORDS) if name.endswith("document.xml") else part)
        try:
            reads(path.name, packed.getvalue())
        except Exception as error:
            raise AssertionError(f"{path.name}, change {number}") from error

"""The twelve samples, compared as their own description says; and how long a hundred take."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.proposals.intake import reception
from app.proposals.intake.paper import FIELDS, FileRead
from app.proposals.intake.reception import Upload

FORMS = Path(__file__).parents[3] / "data/forms"
EXPECTED: dict[str, Any] = json.loads((FORMS / "expected.json").read_text(encoding="utf-8"))["files"]
BLANK = re.compile("[\\s\u200b\u3000\xa0]")
ABOUT = date(2017, 11, 30)


@pytest.fixture(scope="module")
def read() -> dict[str, FileRead]:
    uploads = [Upload(name, (FORMS / name).read_bytes()) for name in EXPECTED]
    return dict(zip(EXPECTED, reception.read(uploads, ABOUT), strict=True))


def compared(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    return re.sub(r"\D", "", value) if name == "phone" else BLANK.sub("", value)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_stands_in_a_sample_is_read(read: dict[str, FileRead], name: str) -> None:
    expected, file = EXPECTED[name], read[name]
    assert file.status == expected["status"]
    assert [form.kind for form in file.forms] == [form["form_kind"] for form in expected["forms"]]
    for form, said in zip(file.forms, expected["forms"], strict=True):
        assert {field: compared(field, form.values[field]) for field in FIELDS} == {
            field: compared(field, said[field]) for field in FIELDS
        }


@pytest.mark.parametrize("name", [name for name, said in EXPECTED.items() if "error" in said])
def test_what_is_wrong_with_a_sample_is_told(read: dict[str, FileRead], name: str) -> None:
    [problem] = read[name].problems
    assert problem.code == EXPECTED[name]["error"]
    assert "实事项目名称" in problem.message


def test_a_hundred_files_are_read_at_once() -> None:
    names = [name for name in EXPECTED for _ in range(9)][:100]
    files = reception.read([Upload(name, (FORMS / name).read_bytes()) for name in names], ABOUT)
    assert [file.status for file in files] == [EXPECTED[name]["status"] for name in names]

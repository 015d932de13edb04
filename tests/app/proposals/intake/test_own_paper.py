"""The forms that we hand out are read again: filled ones as they were written, blank ones as blank."""

from datetime import date
from pathlib import Path

from app.campaigns.loader import load_toml
from app.proposals import word
from app.proposals.intake.reading import files
from app.proposals.intake.recogniser import recognise
from app.proposals.papers import BLANK, Filling
from models.enums import IntakeChannel
from tests.app.proposals.intake.paper import VALUES
from tests.fixtures.service import CAMPAIGN_FILE

DEFINITION = load_toml(CAMPAIGN_FILE.read_text(encoding="utf-8"))
ABOUT = date(2017, 11, 30)
FILLED = Filling(
    proposer="殷行街道总工会",
    title="午间健身课",
    summary="请教练来园区，每周两次。",
    expected_outcome="一年五十次。",
    evaluation="第2项很好。",
    filler="张三",
    phone="13800001111",
    filled_on=date(2017, 12, 5),
    number="SS2018-0001",
)


def test_filled_ones_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "forms.docx"
    word.write(DEFINITION, [(IntakeChannel.ORGANISATION, FILLED), (IntakeChannel.DEPARTMENT, FILLED)], path)
    forms, problems = recognise(files.rows(path.name, path.read_bytes()), ABOUT)
    assert problems == []
    assert [form.kind for form in forms] == ["union", "department"]
    assert [dict(form.values) for form in forms] == [VALUES, VALUES]


def test_blank_ones_are_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "blank.docx"
    for channel in (IntakeChannel.ORGANISATION, IntakeChannel.DEPARTMENT):
        word.write(DEFINITION, [(channel, BLANK)], path)
        forms, problems = recognise(files.rows(path.name, path.read_bytes()), ABOUT)
        assert (forms, [problem.code for problem in problems]) == ([], ["blank_form"])

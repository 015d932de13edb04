"""Pictures in the documents show the pages as they are. Where one does not: look, `make pictures`, look again."""

import re
from pathlib import Path

import pytest

from tests.house.test_documents import DOCUMENTS
from tests.pictures import freshness
from tests.pictures.freshness import PICTURES, digest, noted
from tests.pictures.scenes import Scene
from tests.pictures.shot import Shot, desk
from tests.pictures.shots import SHOTS

LARGEST, LARGEST_OF_ALL = 80_000, 1_500_000
SHOWN = re.compile(r"pictures/([\w-]+)\.webp")


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
class TestAPicture:
    def test_it_is_no_older_than_its_page(self, shot: Shot) -> None:
        assert noted().get(shot.name) == digest(shot), (
            f"make pictures ONLY={shot.name}, or SAME=1: see tests/pictures"
        )

    def test_it_is_there_and_small(self, shot: Shot) -> None:
        assert 1_000 < (PICTURES / f"{shot.name}.webp").stat().st_size <= LARGEST


def test_all_together_are_small() -> None:
    assert sum(file.stat().st_size for file in PICTURES.iterdir()) <= LARGEST_OF_ALL


def test_each_has_a_row_and_is_shown() -> None:
    there = {file.stem for file in PICTURES.glob("*.webp")}
    assert there == {shot.name for shot in SHOTS}
    shown = {name for document in DOCUMENTS for name in SHOWN.findall(document.read_text(encoding="utf-8"))}
    assert there == shown


@pytest.mark.parametrize(
    ("file", "text", "older"),
    [
        ("templates/board.html", "{% extends 'console.html' %} {% include 'row.html' %} 提案", True),
        ("templates/row.html", "<td>支持</td>", True),
        ("static/board.css", "td { color: red; }", True),
        ("static/board.css", "td {\n  color: black;\n}", False),
        ("templates/console.html", "<nav>一项新的</nav>", False),
    ],
)
def test_a_picture_is_older_than_what_its_page_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str, older: bool
) -> None:
    console = tmp_path / "app" / "console"
    for name, written in {
        "templates/console.html": "<nav></nav>",
        "templates/board.html": "{% extends 'console.html' %} {{ static('board.css') }} {% include 'row.html' %}",
        "templates/row.html": "<td></td>",
        "static/board.css": "td { color: black; }",
    }.items():
        (console / name).parent.mkdir(parents=True, exist_ok=True)
        (console / name).write_text(written)
    monkeypatch.setattr(freshness, "ROOT", tmp_path)
    shot = desk("board", Scene.SIFTING, "徐佳", "board", "board")
    before = digest(shot)
    (console / file).write_text(text)
    assert (digest(shot) != before) is older

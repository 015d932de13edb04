"""`shishi forms import`: what the office has in a folder becomes proposals."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.cli import run
from app.database import Database
from app.operators import log
from models import Action, FormImport, FormOriginal, Proposal
from tests.house.test_settings import REQUIRED

CAMPAIGN = str(Path(__file__).parents[3] / "deploy/campaigns/2018.toml")
FORMS = Path(__file__).parents[2] / "data/forms"
EXPECTED: dict[str, Any] = json.loads((FORMS / "expected.json").read_text(encoding="utf-8"))["files"]
ALL = [str(FORMS / name) for name in EXPECTED]

Shishi = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shishi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shishi:
    """Runs a command against a database of its own with the campaign of 2018: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/shishi.db"
    for name, value in {**REQUIRED, "SHISHI_DATABASE_URL": url}.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    assert call("migrate")[0] == 0
    assert call("campaign", "load", CAMPAIGN)[0] == 0
    assert call("campaign", "phase", "2018", "screening", "--reason", "开会定的")[0] == 0
    return call


@pytest.fixture
def database(shishi: Shishi, tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/shishi.db")
    yield opened
    opened.close()


def count(database: Database, table: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_dry_run_tells_all_and_changes_nothing(shishi: Shishi, database: Database) -> None:
    code, out, err = shishi("forms", "import", *ALL, "--campaign", "2018", "--dry-run", "--json")
    said = json.loads(out)
    assert (code, err, said["import"]) == (0, "", None)
    assert [(one["name"], one["status"]) for one in said["files"]] == [
        (name, one["status"]) for name, one in EXPECTED.items()
    ]
    assert all(form["number"] is None for one in said["files"] for form in one["forms"])
    assert (count(database, Proposal), count(database, FormImport)) == (0, 0)


def test_the_json_has_the_words_of_the_contract(shishi: Shishi) -> None:
    said = json.loads(shishi("forms", "import", *ALL, "--campaign", "2018", "--json")[1])
    assert said.keys() == {"import", "files"}
    assert said["files"][0].keys() == {"name", "status", "forms", "errors"}
    known = {"organisation", "title", "summary", "expected_outcome", "evaluation", "filler", "phone", "date"}
    assert said["files"][0]["forms"][0].keys() == known | {"form_kind", "number"}
    assert said["files"][10]["errors"][0].keys() == {"code", "message", "place"}
    numbers = [form["number"] for one in said["files"] for form in one["forms"] if form["number"]]
    assert numbers == [f"SS2018-{running:04d}" for running in range(1, 12)]


def test_what_is_not_imported_is_told_in_one_line_with_its_place(shishi: Shishi, database: Database) -> None:
    code, out, err = shishi("forms", "import", *ALL, "--campaign", "2018")
    assert (code, err) == (1, "有 2 份文件没有导入，原因见上。\n")
    assert "第1个表格第1行第1格：没有填“实事项目名称”" in out
    assert "A12-12月例会通知.docx：没有导入" in out
    assert "导入了 11 份提案。" in out
    assert count(database, Proposal) == 11


def test_again_is_recognised_as_such(shishi: Shishi, database: Database) -> None:
    assert shishi("forms", "import", ALL[0], "--campaign", "2018")[0] == 0
    code, out, _ = shishi("forms", "import", ALL[0], ALL[1], ALL[1], "--campaign", "2018")
    assert code == 1
    assert "编号是 SS2018-0001" in out
    assert "和这次的“A02-环卫行业-实事项目征集表（一）.docx”里的是同一份" in out
    assert count(database, Proposal) == 2


def test_nothing_personal_is_kept_unsealed(shishi: Shishi, database: Database, tmp_path: Path) -> None:
    """But the name, which the office works with, in its one column; the file's own name may hold it too."""
    named = tmp_path / "殷舒禾报来的.docx"
    named.write_bytes((FORMS / "A01-附件1（殷行街道）.docx").read_bytes())
    assert shishi("forms", "import", str(named), "--campaign", "2018")[0] == 0
    assert named.exists()
    with database.reading() as session:
        assert log.verify(session) is None
        kept = [*session.scalars(select(Action)), *session.scalars(select(FormImport))]
        told = " ".join(str(vars(row)) for row in kept)
        assert session.scalars(select(Proposal)).one().proposer_name == "殷舒禾"
    assert "殷舒禾" not in told
    assert "13800001021" not in (tmp_path / "shishi.db").read_bytes().decode("latin-1")
    assert count(database, FormOriginal) == 0


def test_originals_are_kept_where_the_setting_says_so_until_somebody_is_forgotten(
    shishi: Shishi, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHISHI_FORMS__KEEP_ORIGINALS", "true")
    assert shishi("forms", "import", ALL[0], "--campaign", "2018")[0] == 0
    assert count(database, FormOriginal) == 1
    assert shishi("person", "erase", "SS2018-0001", "--reason", "填表人调离")[0] == 0
    assert count(database, FormOriginal) == 0
    with database.reading() as session:
        assert session.scalars(select(FormImport)).one().files[0]["name"] is None
        assert session.scalars(select(Proposal)).one().title == "社区工作者护嗓护颈“双护”服务"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["没有.docx", "--campaign", "2018"], 2, "没有 '没有.docx' 这个文件"),
        ([".", "--campaign", "2018"], 2, "是文件夹"),
        ([ALL[0], "--campaign", "1999"], 1, "没有“1999”这个活动"),
        ([ALL[0]], 2, "--campaign"),
        (["--campaign", "2018"], 2, "FILE"),
    ],
)
def test_a_refusal_is_one_line(shishi: Shishi, arguments: list[str], code: int, said: str) -> None:
    got, out, err = shishi("forms", "import", *arguments)
    assert (got, out, err.count("\n")) == (code, "", 1)
    assert said in err


def test_out_of_its_time_nothing_is_imported(shishi: Shishi, database: Database) -> None:
    shishi("campaign", "phase", "2018", "published", "--reason", "公布了")
    code, out, err = shishi("forms", "import", ALL[0], "--campaign", "2018")
    assert (code, out) == (1, "")
    assert re.fullmatch(r"现在是“对外公布”阶段，不能导入表格。\n", err)
    assert count(database, Proposal) == 0

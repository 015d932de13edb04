"""`shishi register`: a list becomes a register; what is wrong is told row by row."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.database import Database
from models import Action, Register, RegisterEntry
from tests.app.commands.test_forms import Shishi, database, shishi

__all__ = ["database", "shishi"]

LIST = "会员卡号,姓名,单位\nA001,张三,区医院工会\nA002,李四,\n"
ABOUT = ("--campaign", "2018", "--title", "在册会员")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "名册.csv"
    path.write_text(LIST, encoding="gb18030")
    return path


def registers(database: Database) -> list[Register]:
    with database.reading() as session:
        return list(session.scalars(select(Register)))


def test_a_dry_run_changes_nothing(shishi: Shishi, database: Database, file: Path) -> None:
    code, out, _ = shishi("register", "import", str(file), *ABOUT, "--dry-run")
    assert (code, out) == (0, "检查完毕，可以导入 2 人。\n")
    assert registers(database) == []


def test_imported_added_to_and_listed(shishi: Shishi, database: Database, file: Path) -> None:
    code, out, _ = shishi("register", "import", str(file), *ABOUT)
    [made] = registers(database)
    assert code == 0
    assert "导入了 2 人" in out
    assert made.digest in out
    member = ("--card", "A003", "--name", "王五")
    assert shishi("register", "add", "1", *member, "--reason", "名册漏了")[0] == 0
    assert re.search("已经在名册里", shishi("register", "add", "1", *member, "--reason", "名册漏了")[2])
    assert "补登 1 人" in shishi("register", "list", "--campaign", "2018")[1]
    assert "没有绑定手机" in shishi("register", "release", "1", *member, "--reason", "换了手机")[2]
    with database.reading() as session:
        assert len(session.scalars(select(RegisterEntry)).all()) == 3
        logged = str([(one.subject, one.detail) for one in session.scalars(select(Action))])
    assert "register:1" in logged
    assert not any(word in logged for word in ("A001", "A003", "张三", "王五"))


def test_wrong_rows_are_told_and_nothing_is_imported(shishi: Shishi, database: Database, file: Path) -> None:
    file.write_text(f"{LIST}a001,王五,\n,赵六,\n", encoding="utf-8")
    code, _, err = shishi("register", "import", str(file), *ABOUT)
    assert code == 1
    assert "第 4 行：卡号和第 2 行的一样。" in err
    assert "第 5 行：没有写卡号。" in err
    assert registers(database) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--campaign", "nowhere", "--title", "名册"), "没有"),
        (("--campaign", "2018", "--title", " "), "起个名字"),
    ],
)
def test_a_refusal_is_one_line(shishi: Shishi, file: Path, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = shishi("register", "import", str(file), *arguments)
    assert code == 1
    assert said in err
    assert "Traceback" not in err

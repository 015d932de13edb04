"""`shishi operator` and `shishi log`: what they do, and that a refusal is one clear line."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import run
from app.database import Database
from app.operators import queries
from tests.house.test_settings import REQUIRED

Shishi = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shishi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shishi:
    """Runs a command on a database of its own that has two operators."""
    monkeypatch.chdir(tmp_path)
    for name, value in {**REQUIRED, "SHISHI_DATABASE_URL": f"sqlite:///{tmp_path}/shishi.db"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SHISHI_OPERATOR_PASSWORD", "correct horse battery")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    call("migrate")
    call("operator", "add", "赵主席", "--role", "owner")
    call("operator", "add", "李工", "--role", "intake")
    return call


@pytest.fixture
def database(shishi: Shishi, tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/shishi.db")
    yield database
    database.close()


def test_roles_and_unit(shishi: Shishi, database: Database) -> None:
    said = shishi("operator", "roles", "李工", "--role", "reviewer", "--role", "auditor", "--unit", "机关工会")
    assert said == (0, "“李工”现在的角色：reviewer、auditor。\n", "")
    with database.reading() as session:
        operator = queries.operator(session, 2)
        assert operator.roles == ["auditor", "reviewer"]
        assert operator.unit == "机关工会"


def test_disabling_and_enabling(shishi: Shishi, database: Database) -> None:
    assert shishi("operator", "disable", "李工") == (0, "“李工”已经停用。\n", "")
    with database.reading() as session:
        assert queries.by_id(session, 2) is None
    assert shishi("operator", "disable", "李工") == (1, "", "“李工”已经停用了。\n")
    assert shishi("operator", "enable", "李工") == (0, "“李工”重新启用了。\n", "")


def test_the_last_owner_stays(shishi: Shishi, database: Database) -> None:
    for arguments in (("disable", "赵主席"), ("roles", "赵主席", "--role", "intake")):
        code, said, refused = shishi("operator", *arguments)
        assert (code, said) == (1, "")
        assert "至少要留一位能登录的负责人" in refused


@pytest.mark.parametrize("command", ["disable", "enable", "unlock", "revoke", "password", "token"])
def test_nobody_of_that_name(shishi: Shishi, command: str) -> None:
    assert shishi("operator", command, "没人") == (1, "", "没有叫“没人”的操作员。\n")


def test_tokens_are_taken(shishi: Shishi, database: Database) -> None:
    token = shishi("operator", "token", "李工")[1].strip()
    assert shishi("operator", "revoke", "李工") == (0, "收回了 1 个接口令牌。\n", "")
    with database.reading() as session:
        assert queries.by_token(session, token) is None
    assert shishi("operator", "revoke", "李工") == (0, "“李工”没有接口令牌。\n", "")


def test_a_password_is_set_anew(shishi: Shishi) -> None:
    assert shishi("operator", "password", "李工") == (0, "“李工”的密码已经重设。\n", "")


def test_the_log_is_exported_and_verified_without_a_database(
    shishi: Shishi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said, _ = shishi("log", "export", "--to", "log.jsonl")
    assert code == 0
    head = said.strip().rpartition("：")[2]
    monkeypatch.delenv("SHISHI_SECRET_KEY")
    code, said, wrong = shishi("log", "verify", "log.jsonl", "--head", head)
    assert (code, wrong) == (0, "")
    assert "核验通过：4 条" in said
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "short.jsonl").write_text("".join(lines[:-1]), encoding="utf-8")
    code, _, wrong = shishi("log", "verify", "short.jsonl", "--head", head)
    assert code == 1
    assert "末尾可能少了几条" in wrong
    entry = json.loads(lines[1])
    entry["actor"] = "cli:somebody"
    lines[1] = json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"
    (tmp_path / "log.jsonl").write_text("".join(lines), encoding="utf-8")
    code, _, wrong = shishi("log", "verify", "log.jsonl")
    assert code == 1
    assert "第 2 条" in wrong
    assert wrong.count("\n") == 1


def test_the_log_of_the_database_is_verified(shishi: Shishi) -> None:
    assert "核验通过：3 条" in shishi("log", "verify")[1]


@pytest.mark.parametrize(
    "arguments", [("verify", "missing.jsonl"), ("verify", "."), ("export", "--to", "no/such/folder")]
)
def test_a_file_that_cannot_be_used_is_one_line(shishi: Shishi, arguments: tuple[str, ...]) -> None:
    code, said, wrong = shishi("log", *arguments)
    assert (code, said, wrong.count("\n")) == (1, "", 1)

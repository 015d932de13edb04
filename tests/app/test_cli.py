"""The `shishi` command: what it does, what it refuses, and that a refusal is one clear line."""

import io
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import select, text

from app.cli import run
from app.commands.campaign import PhaseWord
from app.commands.opening import system_actor
from app.commands.operator import RoleWord
from app.database import Database
from app.operators import log, queries
from models import Action, Campaign
from models.enums import PhaseKind, Role
from tests.house.test_settings import REQUIRED

FILE = str(Path(__file__).parents[2] / "deploy/campaigns/2018.toml")
PASSWORD = "correct horse battery"

Shishi = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shishi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shishi:
    """Runs a command against a database of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    for name, value in {**REQUIRED, "SHISHI_DATABASE_URL": f"sqlite:///{tmp_path}/shishi.db"}.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def migrated(shishi: Shishi, tmp_path: Path) -> Iterator[Database]:
    assert shishi("migrate") == (0, "数据库已建好。\n", "")
    database = Database(f"sqlite:///{tmp_path}/shishi.db")
    yield database
    database.close()


def actions(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        assert log.verify(session) is None
        return [(one.actor, one.verb, one.subject) for one in session.scalars(select(Action).order_by(Action.id))]


def test_migrating_again_changes_nothing(shishi: Shishi, migrated: Database) -> None:
    assert shishi("migrate") == (0, "数据库已经是最新的，不用升级。\n", "")
    assert actions(migrated) == [(system_actor(), "database.migrate", "database")]


def test_a_campaign_is_loaded_again_and_again(shishi: Shishi, migrated: Database) -> None:
    title = "2018年度杨浦工会服务职工实事项目征集活动（2018）"
    assert shishi("campaign", "load", FILE) == (0, f"已载入：{title}\n", "")
    assert shishi("campaign", "load", FILE) == (0, f"没有变化：{title}\n", "")
    assert actions(migrated)[1:] == [(system_actor(), "campaign.load", "campaign:2018")]


def test_a_phase_is_set_by_hand_and_given_back(shishi: Shishi, migrated: Database) -> None:
    shishi("campaign", "load", FILE)
    assert shishi("campaign", "phase", "2018", "collecting", "--reason", "演示") == (
        0,
        "活动 2018 现在是“征集推荐”阶段。\n",
        "",
    )
    with migrated.reading() as session:
        campaign = session.scalars(select(Campaign)).one()
        assert (campaign.phase_by_hand, campaign.phase_reason) == (PhaseKind.COLLECTING, "演示")
    assert shishi("campaign", "phase", "2018", "auto", "--reason", "演示结束")[0] == 0
    with migrated.reading() as session:
        assert session.scalars(select(Campaign)).one().phase_by_hand is None
    assert [verb for _actor, verb, _subject in actions(migrated)[2:]] == ["campaign.phase"] * 2


def test_an_operator_gets_an_account_and_a_token(
    shishi: Shishi, migrated: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHISHI_OPERATOR_PASSWORD", PASSWORD)
    code, said, wrong = shishi("operator", "add", "李工", "--role", "intake", "--role", "reviewer")
    assert (code, said, wrong) == (0, "已为“李工”开好账号，角色：intake、reviewer。\n", "")
    code, token, wrong = shishi("operator", "token", "李工")
    assert (code, wrong) == (0, "")
    with migrated.reading() as session:
        by_token = queries.by_token(session, token.strip())
        assert by_token == queries.by_id(session, 1)
        assert by_token is not None
        assert by_token.roles == {Role.INTAKE, Role.REVIEWER}
    assert [verb for _actor, verb, _subject in actions(migrated)[1:]] == ["operator.add", "operator.token"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["campaign", "phase", "2030", "auto", "--reason", "x"], "没有“2030”这个活动。"),
        (["campaign", "phase", "2018", "auto", "--reason", " "], "请写明原因，最多 500 个字。"),
        (["operator", "token", "王工"], "没有叫“王工”的操作员。"),
        (["operator", "add", "", "--role", "owner"], "操作员的名字要有 1 到 80 个字，不能有控制字符。"),
        (["serve", "--workers", "2"], "SQLite 只能用一个进程；要用几个进程，请换成 PostgreSQL。"),
    ],
)
def test_a_refusal_is_one_line(
    shishi: Shishi,
    migrated: Database,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.setenv("SHISHI_OPERATOR_PASSWORD", PASSWORD)
    assert shishi(*arguments) == (1, "", sentence + "\n")
    assert len(actions(migrated)) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nope"], "没有 'nope' 这个命令"),
        (["campaign"], "后面还要写做什么"),
        (["campaign", "phase", "2018"], "缺少 'PHASE'"),
        (["campaign", "phase", "2018", "opinion"], "缺少 '--reason'"),
        (["campaign", "phase", "2018", "upcoming", "--reason", "x"], "'PHASE' 只能是 'collecting'"),
        (["campaign", "load", "nofile.toml"], "没有 'nofile.toml' 这个文件"),
        (["campaign", "load", "."], "'.' 是文件夹，不是文件"),
        (["operator", "add", "李工"], "缺少 '--role'"),
        (["operator", "add", "李工", "--role", "king"], "'--role' 只能是 'intake'"),
        (["operator", "add", "李工", "--role"], "'--role' 后面要写内容"),
        (["serve", "--port", "x"], "'--port' 要写成数字"),
        (["serve", "--port", "99999"], "'--port' 最大是 65535"),
        (["serve", "--workers", "0"], "'--workers' 最小是 1"),
        (["serve", "--fast"], "没有 --fast 这个选项"),
        (["migrate", "now"], "多写了 now"),
    ],
)
def test_wrong_usage_is_told_in_chinese(shishi: Shishi, arguments: list[str], sentence: str) -> None:
    code, said, wrong = shishi(*arguments)
    assert (code, said) == (2, "")
    assert wrong.startswith(f"命令写得不对：{sentence}")
    assert wrong.count("\n") == 1


@pytest.mark.parametrize("content", [b"phases = 3", "title = '实事'".encode("gb18030"), b"\xff\xfe", b""])
def test_a_bad_file_is_explained(shishi: Shishi, migrated: Database, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(content)
    code, said, wrong = shishi("campaign", "load", str(file))
    assert (code, said) == (1, "")
    assert "第 1 行：" in wrong or "不是 UTF-8 编码" in wrong
    assert len(actions(migrated)) == 1


def test_a_file_saved_by_notepad_is_read(shishi: Shishi, migrated: Database, tmp_path: Path) -> None:
    file = tmp_path / "2018.toml"
    file.write_bytes(b"\xef\xbb\xbf" + Path(FILE).read_bytes().replace(b"\n", b"\r\n"))
    assert shishi("campaign", "load", str(file))[0] == 0


def test_a_password_must_be_given_and_good(
    shishi: Shishi, migrated: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHISHI_OPERATOR_PASSWORD", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    code, _said, wrong = shishi("operator", "add", "李工", "--role", "owner")
    assert (code, wrong.startswith("没有密码")) == (1, True)
    monkeypatch.setenv("SHISHI_OPERATOR_PASSWORD", "short")
    assert shishi("operator", "add", "李工", "--role", "owner")[2] == "密码要有 10 到 200 个字符。\n"


def test_a_database_that_is_not_ready_says_what_to_run(shishi: Shishi) -> None:
    assert shishi("campaign", "load", FILE) == (1, "", "数据库还没有准备好，请先运行 shishi migrate。\n")


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://x/y", "sqlite:////proc/none/x.db", "postgresql://127.0.0.1:1/x"]
)
def test_a_database_that_cannot_be_reached_is_one_line(
    shishi: Shishi, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SHISHI_DATABASE_URL", url)
    code, said, wrong = shishi("migrate")
    assert (code, said) == (1, "")
    assert wrong.startswith(("数据库出了错：", "SHISHI_DATABASE_URL 不能用："))
    assert wrong.count("\n") == 1


@pytest.mark.parametrize("url", ["mysql://root:topsecret@127.0.0.1:1/x", "oracle://x"])
def test_another_kind_of_database_is_named(shishi: Shishi, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SHISHI_DATABASE_URL", url)
    kind = url.partition(":")[0]
    said = f"SHISHI_DATABASE_URL 不能用：{kind} 不支持，要以 sqlite:/// 或 postgresql:// 开头。\n"
    assert shishi("migrate") == (1, "", said)


def test_a_database_of_a_newer_version_is_left_alone(shishi: Shishi, migrated: Database) -> None:
    with migrated.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    code, said, wrong = shishi("migrate")
    assert (code, said) == (1, "")
    assert wrong.startswith("这个程序不认识数据库现在的结构（9999_later）")
    assert wrong.count("\n") == 1
    assert shishi("campaign", "load", FILE)[0] == 0  # and it can be gone back to


def test_missing_settings_are_named(shishi: Shishi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHISHI_SECRET_KEY")
    code, _said, wrong = shishi("migrate")
    assert (code, "SHISHI_SECRET_KEY：没有设置" in wrong) == (1, True)


def test_a_port_in_use_is_told(shishi: Shishi, migrated: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in (("serve", "--port", port), ("worker", "--metrics-port", port)):
            code, _said, wrong = shishi(*command)
            assert (code, wrong.startswith(f"不能在 127.0.0.1:{port} 上监听")) == (1, True)


def test_the_same_on_postgresql(shishi: Shishi, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISHI_DATABASE_URL", postgres_url)
    assert shishi("migrate") == (0, "数据库已经是最新的，不用升级。\n", "")
    assert shishi("campaign", "load", FILE)[0] == 0
    assert shishi("campaign", "phase", "2018", "opinion", "--reason", "演示")[0] == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wrong = shishi("serve", "--workers", "2", "--port", str(taken.getsockname()[1]))[2]
    assert wrong.startswith("不能在 127.0.0.1")  # several workers are welcome here


def test_the_words_of_the_command_line_are_those_of_the_tables() -> None:
    assert {word.value for word in RoleWord} == {role.value for role in Role}
    assert {*get_args(PhaseWord)} == {kind.value for kind in PhaseKind} - {"upcoming"} | {"auto"}


def test_help_needs_no_settings_and_no_database_layer() -> None:
    script = "import sys; from app.cli import run; code = run([]); sys.exit(code or 'sqlalchemy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=20,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("migrate", "serve", "worker", "campaign", "operator"):
        assert command in done.stdout

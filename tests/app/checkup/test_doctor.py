"""`shishi doctor`: the whole installation is gone through, in Chinese, and never with a secret."""

import socket
from pathlib import Path

import pytest
from sqlalchemy import update

from app.cli import run
from app.commands.doctor import examine
from app.database import Database
from app.settings import Settings
from models import Operator
from tests.app.checkup.conftest import FILE, NOTE, REAL, WRONG, ByHost, by_subject, network, with_account
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import SECRET
from tests.house.test_settings import REQUIRED
from tests.standin.platform import Platform


async def test_a_healthy_installation_has_nothing_wrong(
    loaded: Database, settings: Settings, platform: Platform, clock: SteppingClock
) -> None:
    findings = by_subject(await examine(settings, clock, network(platform, settings)))
    assert set(findings) == {
        *("设置", "密钥强度", "公众号", "消息加密", "旧密钥", "反向代理", "时区", "推送速度"),
        *("数据库", "写入", "落盘", "活动", "日程", "操作员", "密钥", "操作日志"),
        *("后台工作", "待发消息", "不明消息", "推送", "磁盘", "文件夹", "备份"),
        *("微信平台", "外网", "配额", "菜单", "模板"),
        *("网址", "回调地址", "运行数字", "网页登录", "时间", "时钟"),
    }
    assert not [finding for finding in findings.values() if finding.verdict is WRONG]
    assert "征集推荐" in findings["活动"].said


async def test_what_may_wait_in_a_rehearsal_may_not_with_a_real_account(
    loaded: Database, settings: Settings, clock: SteppingClock
) -> None:
    with loaded.writing() as session:
        session.execute(update(Operator).values(disabled_at=clock.now()))
    rehearsal = by_subject(await examine(settings, clock, ByHost()))
    real = by_subject(await examine(with_account(settings, api_url=REAL), clock, ByHost()))
    assert (rehearsal["操作员"].verdict, real["操作员"].verdict) == (NOTE, WRONG)
    assert rehearsal["操作员"].mend == real["操作员"].mend
    assert (rehearsal["微信平台"].verdict, real["微信平台"].verdict) == (WRONG, WRONG)


async def test_nobody_answers_and_each_says_what_to_do(
    loaded: Database, settings: Settings, clock: SteppingClock
) -> None:
    findings = by_subject(await examine(settings, clock, ByHost()))
    assert (findings["微信平台"].verdict, findings["回调地址"].verdict) == (WRONG, WRONG)
    assert "SHISHI_WECHAT__API_URL" in findings["微信平台"].mend
    assert "shishi serve" in findings["回调地址"].mend
    assert findings["时钟"].verdict is NOTE


@pytest.fixture
def nobody_there() -> str:
    """An address of this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_the_command_counts_what_is_wrong(
    loaded: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    nobody_there: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {
        **REQUIRED,
        "SHISHI_DATABASE_URL": settings.database_url,
        "SHISHI_SECRET_KEY": SECRET,
        "SHISHI_PUBLIC_URL": nobody_there,
        "SHISHI_WECHAT__API_URL": nobody_there,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert run(["doctor"]) == 1
    output = capsys.readouterr()
    # The platform, the callback, and the background work, which was seen long ago.
    assert "有 3 处要改。" in output.out.splitlines()[-1]
    assert output.err == ""
    assert not [value for name, value in given.items() if "SECRET" in name and value in output.out]


@pytest.mark.parametrize(
    ("url", "said"),
    [("nonsense", "SHISHI_DATABASE_URL"), ("postgresql://u:topsecret@127.0.0.1:1/db", "连不上")],
)
def test_a_bad_database_address_is_one_finding(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    nobody_there: str,
    url: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"SHISHI_DATABASE_URL": url, "SHISHI_PUBLIC_URL": nobody_there, "SHISHI_WECHAT__API_URL": nobody_there}
    for name, value in {**REQUIRED, **given}.items():
        monkeypatch.setenv(name, value)
    assert run(["doctor"]) == 1
    output = capsys.readouterr()
    assert said in output.out
    assert "topsecret" not in output.out + output.err
    assert "Traceback" not in output.out + output.err


def test_without_settings_it_names_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in REQUIRED:
        monkeypatch.delenv(name, raising=False)
    assert run(["doctor"]) == 1
    assert "SHISHI_SECRET_KEY：没有设置" in capsys.readouterr().err


def test_a_campaign_file_is_looked_over(
    loaded: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    nobody_there: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {**REQUIRED, "SHISHI_PUBLIC_URL": nobody_there, "SHISHI_WECHAT__API_URL": nobody_there}
    for name, value in {**given, "SHISHI_DATABASE_URL": settings.database_url}.items():
        monkeypatch.setenv(name, value)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("title = ", encoding="utf-8")
    run(["doctor", "--campaign", str(FILE)])
    assert f"✓ 活动文件：{FILE} 写得对" in capsys.readouterr().out
    assert run(["doctor", "--campaign", str(wrong)]) == 1
    assert f"✗ 活动文件：{wrong} 有写错的地方" in capsys.readouterr().out
    wrong.write_bytes(b"\xff\xfe")
    run(["doctor", "--campaign", str(wrong)])
    assert "UTF-8" in capsys.readouterr().out

"""`shishi doctor`: each thing that can be wrong is found, said in Chinese, and never with a secret."""

import socket
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import migrations
from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.checkup import machine, platform, stored
from app.checkup.findings import Finding, Verdict
from app.cli import run
from app.commands.doctor import examine
from app.crypto import Keyring
from app.database import Database
from app.operators import log
from app.proposals.service import PHONE_SEALED_FOR
from app.settings import Settings
from models import Action, Proposal
from models.enums import IntakeChannel, ProposalStatus
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.installation import SECRET, make_settings
from tests.house.test_settings import REQUIRED
from tests.standin.app import create_app as create_platform
from tests.standin.platform import Platform
from wechat_handlers.codec import Codec
from wechat_handlers.query import Refused

FILE = Path(__file__).parents[2] / "deploy/campaigns/2018.toml"
FINE, NOTE, WRONG = Verdict
SECRETS = (SECRET, "app-secret", "callbacktoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")


class ByHost(httpx.AsyncBaseTransport):
    """The network of a test: who answers at which host; nobody at any other."""

    def __init__(self, **hosts: ASGIApp) -> None:
        self._hosts = {host.replace("_", "."): httpx.ASGITransport(app=app) for host, app in hosts.items()}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host not in self._hosts:
            raise httpx.ConnectError("nobody there", request=request)
        return await self._hosts[request.url.host].handle_async_request(request)


class Callback:
    """The callback address: our codec behind a bare application, which is what the service has there."""

    def __init__(self, settings: Settings) -> None:
        self._codec = Codec(settings.wechat)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = PlainTextResponse(self._codec.verify_address(scope["query_string"]))
        except Refused as refusal:
            answer = PlainTextResponse("", refusal.status)
        await answer(scope, receive, send)


class TellingTime:
    """The platform as it is served: with a Date, `late` after ours."""

    def __init__(self, app: ASGIApp, late: timedelta) -> None:
        self._app = app
        self._date = format_datetime(START + late).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", self._date)]
            await send(message)

        await self._app(scope, receive, dated)


@pytest.fixture
def settings(database: Database) -> Settings:
    url = database.url.render_as_string(hide_password=False)
    return make_settings(url, public_url="http://shishi.test")


@pytest.fixture
def loaded(database: Database, clock: SteppingClock, keyring: Keyring) -> Database:
    with database.writing() as session:
        campaigns.load(session, load_toml(FILE.read_text(encoding="utf-8")), actor="cli:tester", clock=clock)
        session.add(
            Proposal(
                campaign_id=1,
                number="SS2018-0001",
                channel=IntakeChannel.WECHAT,
                status=ProposalStatus.SUBMITTED,
                title="午间健身课",
                summary="请教练来园区",
                expected_outcome="一年五十次",
                phone=keyring.seal("13812345678", PHONE_SEALED_FOR),
                submitted_at=START,
            )
        )
    return database


def network(
    platform: Platform, settings: Settings, late: timedelta = timedelta(0), callback: ASGIApp | None = None
) -> ByHost:
    ours = callback or Callback(settings)
    return ByHost(platform_test=TellingTime(create_platform(platform), late), shishi_test=ours)


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    assert not [secret for secret in SECRETS if secret in "\n".join(map(str, findings))]
    return {finding.subject: finding for finding in findings}


async def test_a_healthy_installation_has_nothing_wrong(
    loaded: Database, settings: Settings, platform: Platform, clock: SteppingClock
) -> None:
    findings = by_subject(await examine(settings, clock, network(platform, settings)))
    assert set(findings) == {
        *("设置", "数据库", "写入", "活动", "密钥", "操作日志", "磁盘"),
        *("微信平台", "网址", "回调地址", "时间", "时钟"),
    }
    assert not [finding for finding in findings.values() if finding.verdict is WRONG]
    assert "征集推荐" in findings["活动"].said


async def test_nobody_answers_and_each_says_what_to_do(
    loaded: Database, settings: Settings, clock: SteppingClock
) -> None:
    findings = by_subject(await examine(settings, clock, ByHost()))
    assert (findings["微信平台"].verdict, findings["回调地址"].verdict) == (WRONG, WRONG)
    assert "SHISHI_WECHAT__API_URL" in findings["微信平台"].mend
    assert "shishi serve" in findings["回调地址"].mend
    assert findings["时钟"].verdict is NOTE


async def test_a_wrong_secret_is_named(settings: Settings, platform: Platform) -> None:
    platform.account.secret = "changed"
    finding = await platform_check(settings, network(platform, settings))
    assert finding.verdict is WRONG
    assert "SHISHI_WECHAT__APP_SECRET" in finding.mend


async def platform_check(settings: Settings, transport: ByHost) -> Finding:
    return await platform.check_token(settings.wechat, transport)


@pytest.mark.parametrize(
    ("callback", "said"),
    [
        (PlainTextResponse("welcome"), "HTTP 200"),
        (RedirectResponse("https://elsewhere.test/wechat"), "HTTP 307"),
        (PlainTextResponse("", 502), "HTTP 502"),
        (PlainTextResponse("", 403), "不认这个签名"),
    ],
)
async def test_a_callback_that_answers_otherwise_is_found(
    settings: Settings, clock: SteppingClock, callback: ASGIApp, said: str
) -> None:
    finding = await platform.check_callback(settings, clock, ByHost(shishi_test=callback))
    assert finding.verdict is WRONG
    assert said in finding.said


@pytest.mark.parametrize(
    ("address", "real", "verdict"),
    [
        ("https://shishi.example", True, FINE),
        ("https://shishi.example:443", True, FINE),
        ("http://shishi.example", True, FINE),
        ("http://shishi.example:8000", True, WRONG),
        ("https://shishi.example:80", True, WRONG),
        ("http://127.0.0.1", True, WRONG),
        ("ftp://shishi.example", True, WRONG),
        ("shishi.example", False, WRONG),
        ("http://127.0.0.1:8000", False, NOTE),
    ],
)
def test_the_address_must_be_one_the_platform_calls(address: str, real: bool, verdict: Verdict) -> None:
    settings = make_settings(public_url=address)
    if real:
        account = settings.wechat.model_copy(update={"api_url": "https://api.weixin.qq.com"})
        settings = settings.model_copy(update={"wechat": account})
    assert platform.check_address(settings).verdict is verdict


@pytest.mark.parametrize(("seconds", "verdict"), [(0, FINE), (30, FINE), (31, NOTE), (-299, NOTE), (300, WRONG)])
def test_clocks_that_differ_are_found(seconds: int, verdict: Verdict) -> None:
    assert machine.check_clock(START, START + timedelta(seconds=seconds)).verdict is verdict


def test_a_shifted_clock_is_told() -> None:
    assert machine.check_offset(make_settings(now_offset_seconds=3600)).verdict is NOTE


@pytest.mark.parametrize(("free", "verdict"), [(100 * 1024**2, WRONG), (500 * 1024**2, NOTE), (2 * 1024**3, FINE)])
def test_a_full_disk_is_found(
    database: Database, monkeypatch: pytest.MonkeyPatch, free: int, verdict: Verdict
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free))
    assert machine.check_disk(database).verdict is verdict


def empty(database: Database) -> None:
    migrations.downgrade(database.write, "base")


def execute(statement: str) -> Callable[[Database], None]:
    def change(database: Database) -> None:
        with database.writing() as session:
            session.execute(text(statement))

    return change


@pytest.mark.parametrize(
    ("change", "subject", "mend"),
    [
        (empty, "数据库", "shishi migrate"),
        (execute("UPDATE alembic_version SET version_num = '0001'"), "数据库", "备份"),
        (execute("DELETE FROM proposals"), "密钥", ""),
        (execute("UPDATE proposals SET phone = 'not sealed at all, and long enough'"), "密钥", "PREVIOUS_SECRET"),
    ],
)
def test_what_is_wrong_in_the_database_is_found(
    loaded: Database, keyring: Keyring, clock: SteppingClock, change: Any, subject: str, mend: str
) -> None:
    change(loaded)
    finding = by_subject(list(stored.check(loaded, keyring, clock)))[subject]
    assert finding.verdict is (WRONG if mend else NOTE)
    assert mend in finding.mend


def test_a_database_ahead_is_told_and_all_else_is_looked_at(
    loaded: Database, keyring: Keyring, clock: SteppingClock
) -> None:
    execute("UPDATE alembic_version SET version_num = 'later'")(loaded)
    findings = by_subject(list(stored.check(loaded, keyring, clock)))
    assert findings["数据库"].verdict is NOTE
    assert findings["操作日志"].verdict is FINE


def test_a_changed_secret_is_found_and_the_previous_one_cures_it(loaded: Database) -> None:
    another = "another secret of the tests, as long as the first"
    with loaded.reading() as session:
        assert stored.check_keys(session, Keyring(another)).verdict is WRONG
        assert stored.check_keys(session, Keyring(another, SECRET)).verdict is FINE


def test_without_a_campaign_it_says_so(database: Database, keyring: Keyring, clock: SteppingClock) -> None:
    finding = by_subject(list(stored.check(database, keyring, clock)))["活动"]
    assert (finding.verdict, "shishi campaign load" in finding.mend) == (WRONG, True)


def test_the_action_log_is_gone_through(loaded: Database, clock: SteppingClock) -> None:
    with loaded.writing() as session:
        log.record(session, actor="cli:tester", verb="test.do", subject="thing:2", clock=clock)
        last = session.scalars(select(Action.hash).where(Action.id == 2)).one()
        whole = stored.check_log(session)
        assert (whole.verdict, whole.said) == (FINE, f"完整，共 2 条，末条指纹 {last[:12]}")
        session.execute(update(Action).where(Action.id == 2).values(actor="somebody"))
        broken = stored.check_log(session)
        assert (broken.verdict, "第 2 条" in broken.said) == (WRONG, True)


def test_an_action_log_without_entries_is_whole(database: Database) -> None:
    with database.reading() as session:
        assert stored.check_log(session).said == "还没有记录"


def test_a_database_that_may_only_be_read_is_found(loaded: Database) -> None:
    loaded.write.dispose()
    loaded.write = loaded.read if loaded.is_sqlite else _read_only(loaded)
    assert stored.check_writing(loaded).verdict is WRONG


def _read_only(database: Database) -> Any:
    return database.write.execution_options(postgresql_readonly=True)


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
    assert output.out.endswith("有 2 处要改。\n")
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

"""The commands that reach the platform, against the stand-in behind a real socket."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import func, select

from app.cli import run
from app.database import Database
from app.outbox import service as outbox
from models import Action, Delivery, Follower
from tests.fixtures.clocks import START
from tests.fixtures.installation import make_settings
from tests.fixtures.platforms import account_of
from tests.standin.app import create_app
from tests.standin.platform import Platform

CAMPAIGN = str(Path(__file__).parents[3] / "deploy/campaigns/2018.toml")
ACCOUNT = make_settings().wechat

Shishi = Callable[..., tuple[int, str, str]]


@pytest.fixture
def platform() -> Platform:
    return Platform(account_of(ACCOUNT), callback=httpx.AsyncClient(), callback_url="http://127.0.0.1:9/wechat")


@pytest.fixture
def address(platform: Platform) -> Iterator[str]:
    """Where the stand-in listens."""
    server = uvicorn.Server(uvicorn.Config(create_app(platform), port=0, log_config=None, log_level="critical"))
    listening = threading.Event()
    thread = threading.Thread(target=serve, args=(server, listening))
    thread.start()
    assert listening.wait(10)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def serve(server: uvicorn.Server, listening: threading.Event) -> None:
    begin = server.startup

    async def startup(sockets: list[object] | None = None) -> None:
        await begin()
        listening.set()

    server.startup = startup  # type: ignore[method-assign, assignment]
    server.run()


@pytest.fixture
def shishi(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
) -> Shishi:
    monkeypatch.chdir(tmp_path)
    secrets = ACCOUNT.model_dump(include={"app_id"}) | {
        name: getattr(ACCOUNT, name).get_secret_value() for name in ("app_secret", "token", "encoding_aes_key")
    }
    for name, value in {**secrets, "api_url": address}.items():
        monkeypatch.setenv(f"SHISHI_WECHAT__{name.upper()}", value)
    monkeypatch.setenv("SHISHI_SECRET_KEY", "k" * 32)
    monkeypatch.setenv("SHISHI_DATABASE_URL", f"sqlite:///{tmp_path}/shishi.db")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    assert call("migrate")[0] == 0
    return call


@pytest.fixture
def stored(tmp_path: Path, shishi: Shishi) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/shishi.db")
    yield database
    database.close()


def verbs(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Action.verb).order_by(Action.id)))


def test_the_menu_follows_the_phase(shishi: Shishi, platform: Platform, stored: Database) -> None:
    shishi("campaign", "load", CAMPAIGN)
    shishi("campaign", "phase", "2018", "opinion", "--reason", "演示")
    assert shishi("menu", "publish") == (0, "菜单已更新，手机上几分钟内换新（征求意见阶段）。\n", "")
    assert platform.menu.buttons[0]["name"] == "投票"
    assert shishi("menu", "publish") == (0, "菜单已经是这个样子，不用更新（征求意见阶段）。\n", "")
    assert verbs(stored).count("menu.publish") == 1


def test_all_followers_are_read(shishi: Shishi, platform: Platform, stored: Database) -> None:
    for number in range(3):
        platform.add_person(f"职工{number}", following=True)
    code, out, err = shishi("followers", "sync")
    assert (code, out) == (0, "读完了：平台上有 3 位关注者；0 位已取消关注，个人资料已删除。\n")
    assert err == "已读取 3 位…\n已核对 3 位…\n"
    with stored.reading() as session:
        assert session.scalar(select(func.count()).select_from(Follower)) == 3
    assert verbs(stored)[-1] == "followers.sync"


def test_who_has_left_is_erased(shishi: Shishi, platform: Platform, stored: Database) -> None:
    left = platform.add_person("职工", following=True)
    shishi("followers", "sync")
    owed: dict[str, Any] = {"channel": "customer", "kind": "decision", "openid": left.openid, "due_at": START}
    with stored.writing() as session:
        outbox.enqueue(session, key="one", body={"text": "入选"}, **owed)
        session.add(Follower(openid="o-of-another-account", subscribed=True, created_at=START))
    platform.people[left.openid].following = False
    out = shishi("followers", "sync")[1]
    assert "1 位已取消关注，个人资料已删除。\n另有 1 位不属于这个公众号" in out
    with stored.reading() as session:
        assert session.scalars(select(Follower.openid)).all() == ["o-of-another-account"]
        assert session.scalars(select(Delivery)).all() == []


def test_a_refusal_is_one_line_that_says_what_to_mend(shishi: Shishi, platform: Platform) -> None:
    platform.account.ip_allow_list = ("10.9.9.9",)
    code, out, err = shishi("followers", "sync")
    assert (code, out) == (1, "")
    assert err == ("本机的出口地址不在公众号的 IP 白名单里：请在公众平台“基本配置”中加入它。（127.0.0.1）\n")


def test_a_menu_needs_a_campaign(shishi: Shishi) -> None:
    code, _, err = shishi("menu", "publish")
    assert code == 1
    assert err.count("\n") == 1

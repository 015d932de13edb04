"""The page on which one says that WeChat may notify: signed for the platform's element, and for nobody."""

import re

import pytest

from app.database import Database
from app.settings import AccountKind, Settings
from tests.app.h5.conftest import World
from tests.fixtures.installation import make_settings
from tests.standin.api import jssdk

PATH = "/h5/notices"
SCRIPT = "https://script.test/jweixin.js"


@pytest.fixture
def offered() -> str:
    return "S-vote, S-result"


@pytest.fixture
def kind() -> AccountKind:
    return AccountKind.SERVICE


@pytest.fixture
def settings(database: Database, offered: str, kind: AccountKind) -> Settings:
    settings = make_settings(database.url.render_as_string(hide_password=False))
    changed = {"notice_templates": offered, "script_url": SCRIPT, "account_kind": kind}
    return settings.model_copy(update={"wechat": settings.wechat.model_copy(update=changed)})


async def test_the_element_asks_for_what_is_offered_on_a_page_that_is_signed(world: World) -> None:
    page = await world.phone_of(world.worker()).open(f"{PATH}?from=singlemessage")
    assert page.answer.status_code == 200
    assert 'template="S-vote,S-result"' in page.answer.text
    given = dict(re.findall(r'data-(\w+)="([^"]*)"', page.answer.text))
    said = [given[name.lower()] for name in jssdk.SIGNED]
    outside = f"{world.installation.settings.public_url}{PATH}?from=singlemessage"
    assert jssdk.is_signed(world.platform, outside, *said)
    assert "set-cookie" not in page.answer.headers, "nobody signs in for this"


async def test_only_this_page_may_run_the_platforms_script(world: World) -> None:
    view = world.phone_of(world.worker())
    rule = (await view.open(PATH)).answer.headers.get_list("content-security-policy")
    assert len(rule) == 1
    assert "script-src 'self' https://script.test;" in rule[0]
    assert "frame-ancestors 'none'" in rule[0]
    other = (await view.open("/h5/mine")).answer.headers["content-security-policy"]
    assert "script.test" not in other
    assert "unsafe" not in other


async def test_a_platform_that_is_busy_gets_a_sentence(world: World) -> None:
    world.platform.faults.busy = 20
    page = await world.phone_of(world.worker()).open(PATH)
    assert page.answer.status_code == 200
    assert "请过几分钟再打开一次" in page.text
    assert SCRIPT not in page.answer.text


@pytest.mark.parametrize(("offered", "kind"), [("", AccountKind.SERVICE), ("S-vote", AccountKind.SUBSCRIPTION)])
async def test_where_there_are_none_it_says_so(world: World) -> None:
    worker = world.worker()
    page = await world.phone_of(worker).open(PATH)
    assert "现在没有可以订的通知" in page.text
    assert "不用另外订通知" in await world.says(worker, "收通知")


@pytest.mark.parametrize("words", ["通知", "订阅通知", "我要收通知"])
async def test_the_chat_leads_there(world: World, words: str) -> None:
    reply = await world.says(world.worker(), words)
    assert f'href="{world.installation.settings.public_url}{PATH}"' in reply

"""What the console asks the platform for: codes for the posters of units, printed and counted by; templates."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.broadcasts.recipients import of_unit
from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.database import Database
from app.installation import Installation
from app.outbox.channels.mass import MassMessages
from app.outbox.outcomes import Accepted, Job
from models import Action, Broadcast, Delivery, Follower, Operator, Poster
from models.enums import BroadcastKind, BroadcastState, DeliveryState, Role
from tests.app.console.conftest import OpenConsole
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.installation import make_settings
from tests.fixtures.service import CAMPAIGN_FILE
from tests.standin.platform import Platform
from tests.standin.stores import Template

POSTERS = "/console/posters"
ONE = "/console/broadcasts/1"
CREATE = "/cgi-bin/qrcode/create"


@pytest.fixture
async def installation(
    database: Database, clock: SteppingClock, platform_transport: httpx.ASGITransport
) -> AsyncIterator[Installation]:
    """One that reaches the platform."""
    settings = make_settings(database.url.render_as_string(hide_password=False))
    installation = Installation.build(settings, clock=clock, transport=platform_transport)
    installation.start()
    with database.writing() as session:
        definition = load_toml(CAMPAIGN_FILE.read_text(encoding="utf-8"))
        campaigns.load(session, definition, actor="cli:tester", clock=clock)
    yield installation
    await installation.close()


def kept(installation: Installation) -> dict[str, Poster]:
    with installation.database.reading() as session:
        return {poster.unit: poster for poster in session.scalars(select(Poster))}


async def test_made_once_and_printed(
    installation: Installation, open_console: OpenConsole, platform: Platform
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    told = (await desk.post(POSTERS, units="殷行街道总工会\n区教育工会\n殷行街道总工会\n")).text
    assert "做好了 2 张" in told
    posters = kept(installation)
    assert set(posters) == {"殷行街道总工会", "区教育工会"}
    assert {poster.scene for poster in posters.values()} == set(platform.stores.qr_scenes.values())
    assert "都已经有了" in (await desk.post(POSTERS, units="区教育工会")).text
    assert platform.quotas.used(CREATE) == 2
    sheet = (await desk.open(f"{POSTERS}/print")).text
    assert sheet.count("<svg") == 2
    assert "杨浦职工之家" in sheet
    one = (await desk.open(f"{POSTERS}/print?poster={posters['区教育工会'].id}")).text
    assert (one.count("<svg"), "殷行街道" in one) == (1, False)
    with installation.database.reading() as session:
        verbs = session.scalars(select(Action.detail).where(Action.verb == "poster.make")).all()
    assert {detail["unit"] for detail in verbs} == set(posters)


async def test_who_scans_belongs_to_the_unit(installation: Installation, open_console: OpenConsole) -> None:
    desk = open_console(Role.CAMPAIGNER)
    await desk.post(POSTERS, units="区教育工会\n殷行街道总工会")
    scene = kept(installation)["区教育工会"].scene
    with installation.database.writing() as session:
        session.add_all(
            Follower(openid=f"o{number}", scene=scene if number else None, created_at=START) for number in range(3)
        )
    told = (await desk.open(POSTERS)).text
    assert '区教育工会 <span class="text-secondary">· 来了 2 人' in told
    with installation.database.reading() as session:
        found = session.scalars(select(Follower.openid).where(of_unit(1, "区教育工会"))).all()
    assert sorted(found) == ["o1", "o2"]


async def test_what_was_made_stays_where_the_rest_failed(
    installation: Installation, open_console: OpenConsole, platform: Platform
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    platform.refusals[CREATE] += [45009]
    told = await desk.post(POSTERS, units="甲单位\n乙单位\n丙单位")
    assert "今天的调用次数已用完" in told.text
    assert "甲单位\n乙单位\n丙单位</textarea>" in told.text.replace("\r", "")
    assert len(kept(installation)) == 2
    assert "做好了 1 张" in (await desk.post(POSTERS, units="甲单位\n乙单位\n丙单位")).text


@pytest.mark.parametrize(
    ("units", "sentence"), [("", "请写上单位"), ("\n".join(f"第{n}单位" for n in range(51)), "一次最多 50 个")]
)
async def test_what_cannot_be_made_is_told(
    installation: Installation, open_console: OpenConsole, units: str, sentence: str
) -> None:
    assert sentence in (await open_console(Role.CAMPAIGNER).post(POSTERS, units=units)).text
    assert kept(installation) == {}


async def test_nothing_to_print(open_console: OpenConsole, installation: Installation) -> None:
    assert (await open_console(Role.CAMPAIGNER).open(f"{POSTERS}/print?poster=7")).status_code == 404


async def test_the_templates_to_choose_from(open_console: OpenConsole, platform: Platform) -> None:
    platform.stores.templates["T1"] = Template("T1", "进度提醒", ("thing1", "time2"))
    platform.stores.templates["S1"] = Template("S1", "投票提醒", ("thing1",), for_subscription=True)
    found = (await open_console(Role.CAMPAIGNER).open("/console/broadcasts/templates")).json()
    assert found == {
        "template": [{"template_id": "T1", "title": "进度提醒", "fields": ["thing1", "time2"]}],
        "subscribe": [{"template_id": "S1", "title": "投票提醒", "fields": ["thing1"]}],
    }


@pytest.fixture
async def article(installation: Installation, platform: Platform) -> str:
    """A mass job that went out, of which the platform has told nothing; its id."""
    person, other = (platform.add_person(name, following=True) for name in ("李桂兰", "王师傅"))
    news = platform.add_media("news", '[{"title": "十大实事"}]'.encode(), "application/json")
    platform.faults.job_events = False
    job = Job("b1-0", {"media_id": news.media_id}, (person.openid, other.openid))
    outcome = await MassMessages(installation.wechat).submit(job)
    await platform.settle()
    assert isinstance(outcome, Accepted)
    with installation.database.writing() as session:
        hand = session.scalars(select(Operator.id)).first() or 0
        text = {"title": "<十大实事>", "kind": BroadcastKind.RESULT, "channel": "mass", "audience": {"all": True}}
        made = {"composed_by": hand, "composed_at": START, "state": BroadcastState.DONE}
        broadcast = Broadcast(campaign_id=1, content={"media_id": news.media_id}, **text, **made)
        session.add(broadcast)
        session.flush()
        taken: dict[str, Any] = {"platform_id": outcome.platform_id, "state": DeliveryState.SENT, "body": {}}
        row = {"key": "b1-1", "channel": "mass", "kind": "broadcast", "batch": 0, "openid": person.openid}
        session.add(Delivery(broadcast_id=broadcast.id, due_at=START, created_at=START, **row, **taken))
    return outcome.platform_id or ""


async def test_how_a_mass_message_stands_and_its_deletion(
    installation: Installation, open_console: OpenConsole, platform: Platform, article: str
) -> None:
    composer, approver = open_console(Role.CAMPAIGNER), open_console(Role.APPROVER)
    told = (await composer.open(ONE)).text
    assert f"{article}</small></th><td>还没有消息</td>" in told
    assert "jobs/delete" not in told
    asked = (await composer.post(f"{ONE}/jobs/ask")).text
    assert "问过平台了，1 个群发任务里：1 个发完了。" in asked
    assert "<td>发完了</td>" in asked
    assert "照着打一遍这条推送的标题：&lt;十大实事&gt;" in (await approver.open(ONE)).text
    refused = await approver.post(f"{ONE}/jobs/delete", confirm="十大实事")
    assert (refused.status_code, "一字不差" in refused.text) == (422, True)
    assert platform.stores.mass[int(article)].status == "SEND_SUCCESS"
    deleted = (await approver.post(f"{ONE}/jobs/delete", confirm="<十大实事>")).text
    assert "删掉了 1 个群发任务的图文" in deleted
    assert "<td>已经删除</td>" in deleted
    assert platform.stores.mass[int(article)].status == "DELETE"
    again = await composer.post(f"{ONE}/jobs/ask")
    assert (again.status_code, "都有了结果" in again.text) == (409, True)
    log = (await open_console(Role.OWNER).open("/console/log")).text
    assert "向平台查群发结果" in log
    assert "删除群发的图文" in log


async def test_a_mass_message_that_failed_and_a_platform_that_refuses(
    installation: Installation, open_console: OpenConsole, platform: Platform, article: str
) -> None:
    composer = open_console(Role.CAMPAIGNER)
    platform.refusals["/cgi-bin/message/mass/get"] += [48001]
    refused = await composer.post(f"{ONE}/jobs/ask")
    assert (refused.status_code, "接口权限" in refused.text) == (502, True)
    platform.stores.mass[int(article)].status = "SEND_FAIL"
    told = (await composer.post(f"{ONE}/jobs/ask")).text
    assert "有 1 个群发任务平台没有发成" in told
    assert "jobs/delete" not in (await open_console(Role.APPROVER).open(ONE)).text


async def test_templates_that_cannot_be_read(open_console: OpenConsole, platform: Platform) -> None:
    platform.refusals["/cgi-bin/template/get_all_private_template"] += [48001]
    assert (
        "接口权限" in (await open_console(Role.CAMPAIGNER).open("/console/broadcasts/templates")).json()["problem"]
    )

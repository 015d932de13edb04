"""What the console asks the platform for: codes for the posters of units, printed and counted by; templates."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select

from app.broadcasts.recipients import of_unit
from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.database import Database
from app.installation import Installation
from models import Action, Follower, Poster
from models.enums import Role
from tests.app.console.conftest import OpenConsole
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.installation import make_settings
from tests.fixtures.service import CAMPAIGN_FILE
from tests.standin.platform import Platform
from tests.standin.stores import Template

POSTERS = "/console/posters"
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


async def test_templates_that_cannot_be_read(open_console: OpenConsole, platform: Platform) -> None:
    platform.refusals["/cgi-bin/template/get_all_private_template"] += [48001]
    assert (
        "接口权限" in (await open_console(Role.CAMPAIGNER).open("/console/broadcasts/templates")).json()["problem"]
    )

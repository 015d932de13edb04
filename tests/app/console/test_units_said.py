"""Units' opinions at the desk: links shown once, what came in side by side, what came on paper typed in."""

import html
import re
from io import BytesIO

import pytest
from docx import Document

from app.ballots import queries
from app.installation import Installation
from models.enums import Role
from tests.app.ballots.station import TITLES
from tests.app.console.conftest import OpenConsole
from tests.app.console.polling import ROUNDS, at_station, furnish

UNITS = f"{ROUNDS}/1/units"
STREET, HOSPITAL = "殷行街道总工会", "区医院工会"
EVIL = "<b>十六</b>&工会"


@pytest.fixture
def opened(installation: Installation, open_console: OpenConsole) -> None:
    furnish(installation)
    at_station(installation, lambda station: station.opened())


@pytest.mark.usefixtures("opened")
async def test_links_are_shown_once(installation: Installation, open_console: OpenConsole) -> None:
    desk = open_console(Role.CAMPAIGNER)
    pasted = f"{STREET}\r\n{EVIL}\r\n{STREET}"
    made = await desk.post(f"{UNITS}/links", units=pasted)
    links = re.findall(r"/h5/unit/1/[\w-]{43}", made.text)
    assert (made.status_code, len(links), len(set(links))) == (200, 2, 2)
    assert "只显示这一次" in made.text
    again = (await desk.open(UNITS)).text
    assert not [link for link in links if link in again]
    assert html.escape(EVIL) in again
    assert EVIL not in again + made.text
    refused = await desk.post(f"{UNITS}/links", units=f"{STREET}\n{EVIL}")
    assert (refused.status_code, "都已经有链接了" in refused.text) == (409, True)
    more = (await desk.post(f"{UNITS}/links", units=f"{STREET}\n{HOSPITAL}")).text
    assert f"原来就有链接的没有另做：{STREET}" in more
    assert len(re.findall(r"/h5/unit/1/[\w-]{43}", more)) == 1


@pytest.mark.usefixtures("opened")
async def test_a_link_is_withdrawn(open_console: OpenConsole) -> None:
    desk = open_console(Role.CAMPAIGNER)
    await desk.post(f"{UNITS}/links", units=STREET)
    assert "作废了" in (await desk.post(f"{UNITS}/links/1/withdraw")).text
    assert "能用的链接" not in (await desk.open(UNITS)).text
    assert (await desk.post(f"{UNITS}/links/1/withdraw")).status_code == 404


@pytest.mark.usefixtures("opened")
async def test_what_came_on_paper_is_typed_in_and_read_by_all(open_console: OpenConsole) -> None:
    desk = open_console(Role.CAMPAIGNER)
    long = await desk.post(f"{UNITS}/entering", unit=HOSPITAL, c1="for", o1="长" * 501, o2="多些热水")
    assert (long.status_code, "最多写 500 个字" in long.text, "多些热水</textarea>" in long.text) == (
        422,
        True,
        True,
    )
    assert (
        "录好了" in (await desk.post(f"{UNITS}/entering", unit=HOSPITAL, c1="for", o2="多些热水 13800001234")).text
    )
    form = (await desk.open(f"{UNITS}/entering", unit=HOSPITAL)).text
    assert 'name="c1" value="for" checked' in form
    assert "多些热水 13800001234</textarea>" in form
    read = (await open_console(Role.AUDITOR).open(UNITS)).text
    for words in (HOSPITAL, "campaigner 录入", "2 号 户外职工接力站", "多些热水", "不算在票数里"):
        assert words in read
    assert "做链接" not in read
    assert "13800001234" not in read


@pytest.mark.usefixtures("opened")
async def test_a_unit_without_a_computer_gets_a_form_with_the_candidates(open_console: OpenConsole) -> None:
    answer = await open_console(Role.AUDITOR).open(f"{UNITS}/blank.docx")
    assert answer.headers["content-disposition"].startswith("attachment")
    document = Document(BytesIO(answer.content))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert len(rows) == 1 + len(TITLES)
    assert rows[1][:3] == ["1", "职工书屋\n职工书屋怎么办，分三步走", "□ 赞成\n□ 不赞成\n□ 没有意见"]
    told = "".join(paragraph.text for paragraph in document.paragraphs)
    assert "不是选票，不算在票数里" in told
    assert "12月8日" in told


@pytest.mark.usefixtures("opened")
async def test_after_the_close_it_is_only_read(installation: Installation, open_console: OpenConsole) -> None:
    desk = open_console(Role.OWNER)
    await desk.post(f"{UNITS}/entering", unit=HOSPITAL, c1="against")
    at_station(installation, lambda station: station.closed(queries.row(station.session, 1)))
    read = (await desk.open(UNITS)).text
    assert "不赞成" in read
    assert "做链接" not in read
    late = await desk.post(f"{UNITS}/entering", unit=STREET, o1="来晚了的话")
    assert (late.status_code, "来晚了的话" in late.text) == (409, True)
    assert (await desk.post(f"{UNITS}/links", units=STREET)).status_code == 409

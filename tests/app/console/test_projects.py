"""The year's projects in the console: chosen, edited, announced by two; whoever may not is told why."""

import html
import io
import re
import tomllib
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from docx import Document

from app.installation import Installation
from app.projects import queries
from models import Action, Announcement, Delivery, Project
from models.enums import AnnouncementState, Role
from tests.app.console.conftest import Desk, OpenConsole
from tests.app.console.evil import EVIL
from tests.app.console.polling import at_station, furnish
from tests.app.console.test_markup import harm_in
from tests.app.projects.chamber import TEXT, Chamber
from tests.fixtures.clocks import SteppingClock

PROJECTS = "/console/projects"
ANNOUNCEMENT = f"{PROJECTS}/announcement"


@pytest.fixture
def voted(installation: Installation, open_console: OpenConsole) -> list[int]:
    """The ids of eight candidates, of which the first got the most votes."""
    ids = furnish(installation)
    at_station(installation, lambda station: Chamber(station).vote().id)
    return ids


def in_chamber(installation: Installation, *numbers: int, until: str = "chosen") -> None:
    def work(chamber: Chamber) -> None:
        chamber.choose(*numbers)
        if until != "chosen":
            chamber.write()
        if until == "submitted":
            chamber.submit()

    at_station(installation, lambda station: work(Chamber(station)))


def kept(installation: Installation) -> list[Project]:
    with installation.database.reading() as session:
        return list(queries.of_campaign(session, 1))


def announced(installation: Installation) -> Announcement:
    with installation.database.reading() as session:
        found = queries.announcement(session, 1)
        assert found is not None
        return found


def plain(answer: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", answer.text))


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found[1])


async def edited(desk: Desk, project: int, indicators: Sequence[tuple[str, str]], **fields: Any) -> httpx.Response:
    if "seen" not in fields:
        fields["seen"] = field((await desk.open(f"{PROJECTS}/{project}")).text, "seen")
    told: dict[str, Any] = {
        "title": "职工书屋",
        "summary": "换书",
        "department": "宣教部",
        "indicator": [title for title, _ in indicators],
        "target": [target for _, target in indicators],
        "do": "save",
    }
    return await desk.post(f"{PROJECTS}/{project}", **{**told, **fields})


async def test_before_the_result_is_published_it_says_what_comes_first(
    installation: Installation, open_console: OpenConsole
) -> None:
    ids = furnish(installation)
    desk = open_console(Role.CAMPAIGNER)
    for page in (PROJECTS, ANNOUNCEMENT):
        assert "投票结果公布以后" in (await desk.open(page)).text
    refused = await desk.post(PROJECTS, candidate=ids[0])
    assert refused.status_code == 409
    assert "投票结果公布以后，才能确定实事项目。" in refused.text
    assert (await desk.post(ANNOUNCEMENT, title="公告", text="正文", seen="")).status_code == 409


async def test_the_first_of_the_vote_are_taken_and_ordered(
    installation: Installation, open_console: OpenConsole, voted: list[int]
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    assert field((await desk.open(PROJECTS)).text, "count") == "10"
    told = (await desk.post(f"{PROJECTS}/propose", count="3")).text
    assert "列好了" in told
    assert "还没有写责任部门" in told
    ids = [one.id for one in kept(installation)]
    await desk.post(f"{PROJECTS}/order", id=ids, move=f"down {ids[0]}")
    assert [one.title for one in kept(installation)] == ["户外职工接力站", "职工书屋", "爱心妈咪小屋"]
    await desk.post(PROJECTS, candidate=voted[6])
    assert kept(installation)[3].title == "心理热线"
    for count in ("", "十", "-1", "0", "9" * 9):
        assert (await desk.post(f"{PROJECTS}/propose", count=count)).status_code == 422
    assert (await desk.post(PROJECTS, candidate="9" * 10)).status_code == 422


async def test_a_project_is_edited_and_dropped(
    installation: Installation, open_console: OpenConsole, voted: list[int]
) -> None:
    in_chamber(installation, 1, 2)
    one, other = kept(installation)
    desk = open_console(Role.CAMPAIGNER)
    done = await edited(desk, one.id, [("换书", "3000 册"), ("", "")])
    assert "“职工书屋”保存好了" in done.text
    assert kept(installation)[0].indicators == [{"title": "换书", "target": "3000 册"}]
    more = await edited(desk, one.id, [("换书", "3000 册")], do="row", summary="没存的话")
    assert more.text.count('name="indicator"') == 3
    assert "没存的话" in more.text
    bad = await edited(desk, one.id, [("换书", "")], summary="")
    assert bad.status_code == 422
    assert "请填写项目内容；请填写第 1 条指标的目标值。" in bad.text
    await desk.post(f"{PROJECTS}/{other.id}/drop")
    assert [one.title for one in kept(installation)] == ["职工书屋"]


async def test_who_was_slower_compares_and_saves_again(
    installation: Installation, open_console: OpenConsole, voted: list[int]
) -> None:
    in_chamber(installation, 1)
    [one] = kept(installation)
    desk = open_console(Role.CAMPAIGNER)
    seen = field((await desk.open(f"{PROJECTS}/{one.id}")).text, "seen")
    assert isinstance(installation.clock, SteppingClock)
    installation.clock.advance(seconds=60)
    await edited(open_console(Role.OWNER), one.id, [], title="书屋进工地")
    refused = await edited(desk, one.id, [], title="书屋进园区", seen=seen)
    assert refused.status_code == 409
    assert "同事存的是：书屋进工地" in plain(refused)
    again = await edited(desk, one.id, [], title="书屋进园区", seen=field(refused.text, "seen"))
    assert "“书屋进园区”保存好了" in again.text


async def test_the_announcement_is_drafted_saved_and_handed_over(
    installation: Installation, open_console: OpenConsole, voted: list[int]
) -> None:
    in_chamber(installation, 2, 1)
    desk = open_console(Role.CAMPAIGNER)
    blank = await desk.open(ANNOUNCEMENT)
    assert "还没有保存" in blank.text
    assert "1. 户外职工接力站；\n2. 职工书屋。" in plain(blank)
    assert "公告还没有保存过" in blank.text
    saved = await desk.post(
        ANNOUNCEMENT, title=TEXT.title, text=TEXT.text.replace("\n", "\r\n"), seen="", do="save"
    )
    assert "公告保存好了" in saved.text
    assert (announced(installation).title, announced(installation).text) == (TEXT.title, TEXT.text)
    late = await open_console(Role.OWNER).post(ANNOUNCEMENT, title="别的", text="别的话", seen="", do="save")
    assert late.status_code == 409
    assert "同事存的是" in late.text
    assert "别的话" in late.text
    redrafted = await desk.post(ANNOUNCEMENT, title="x", text="y", seen=field(saved.text, "seen"), do="draft")
    assert "1. 户外职工接力站" in redrafted.text
    assert announced(installation).text == TEXT.text
    handed = await desk.post(f"{ANNOUNCEMENT}/submit")
    assert "提交了" in handed.text
    assert announced(installation).state is AnnouncementState.SUBMITTED
    refused = await edited(desk, kept(installation)[0].id, [], seen="")
    assert refused.status_code == 409


async def test_a_second_person_reads_all_and_releases(
    installation: Installation, open_console: OpenConsole, voted: list[int]
) -> None:
    in_chamber(installation, 1, 2, until="submitted")
    desk = open_console(Role.APPROVER)
    page = await desk.open(ANNOUNCEMENT)
    told = plain(page)
    assert "8 位提案人会在微信里收到下面的消息" in told
    assert "写进了第 2 项《户外职工接力站》" in told
    assert "这次没有列进来" in told
    assert 'class="tap">看看这些实事项目<' in page.text
    assert "核对过了，公布" in told
    stale = await desk.post(f"{ANNOUNCEMENT}/release", submitted="2017-12-01T00:00:00+00:00")
    assert stale.status_code == 409
    assert "请再核对一遍" in stale.text
    done = await desk.post(f"{ANNOUNCEMENT}/release", submitted=field(page.text, "submitted"))
    assert "公布了！" in done.text
    assert "换成“对外公布”" in plain(done)
    assert "8 位提案人会收到" in done.text
    assert "/h5/results/2018" in done.text
    with installation.database.reading() as session:
        texts = [body["text"] for (body,) in session.query(Delivery.body)]
    assert len(texts) == 8
    assert all(f"{installation.settings.public_url}/h5/results/2018" in text for text in texts)
    again = await desk.post(f"{ANNOUNCEMENT}/release")
    assert again.status_code == 409
    assert (await open_console(Role.OWNER).post(f"{ANNOUNCEMENT}/take-back")).status_code == 409


@pytest.mark.parametrize(
    ("role", "told"),
    [
        (Role.CAMPAIGNER, "由负责审批的同事来公布。"),
        (Role.AUDITOR, "由负责审批的同事来公布。"),
        (Role.OWNER, "这里面有您经办的内容"),
    ],
)
async def test_who_cannot_release_is_told_why(
    installation: Installation, open_console: OpenConsole, voted: list[int], role: Role, told: str
) -> None:
    in_chamber(installation, 1)
    at_station(installation, lambda station: Chamber(station).write("owner").title)
    at_station(installation, lambda station: Chamber(station).submit().title)
    desk = open_console(role)
    page = (await desk.open(ANNOUNCEMENT)).text
    assert told in page
    assert "核对过了，公布" not in page
    assert ("收回来改" in page) == (role is not Role.AUDITOR)
    assert (await desk.post(f"{ANNOUNCEMENT}/release")).status_code == 403


async def test_the_approver_sends_it_back(
    installation: Installation, open_console: OpenConsole, voted: list[int]
) -> None:
    in_chamber(installation, 1, until="submitted")
    assert "收回了" in (await open_console(Role.APPROVER).post(f"{ANNOUNCEMENT}/take-back")).text
    assert announced(installation).state is AnnouncementState.DRAFT


async def test_the_preview_carries_a_seal_in_a_form_and_in_no_address(
    installation: Installation, open_console: OpenConsole, voted: list[int]
) -> None:
    in_chamber(installation, 1, until="written")
    page = (await open_console(Role.AUDITOR).open(ANNOUNCEMENT)).text
    assert '<form method="post" action="/h5/results/2018/preview" target="_blank"' in page
    seal = field(page, "seal")
    assert not re.search(rf'(?:href|action|src)="[^"]*{re.escape(seal)}', page)


async def test_files_are_taken_along_and_noted(
    installation: Installation, open_console: OpenConsole, voted: list[int]
) -> None:
    desk = open_console(Role.AUDITOR)
    assert (await desk.open(f"{PROJECTS}/session.docx")).status_code == 409
    in_chamber(installation, 1, 2)
    document = await desk.open(f"{PROJECTS}/session.docx")
    assert 'filename="projects-2018.docx"' in document.headers["content-disposition"]
    assert len(Document(io.BytesIO(document.content)).tables[0].rows) == 3
    fragment = await desk.open(f"{PROJECTS}/next-year.toml")
    assert [one["title"] for one in tomllib.loads(fragment.text)["last_year"]] == ["职工书屋", "户外职工接力站"]
    with installation.database.reading() as session:
        noted = session.query(Action).where(Action.verb == "projects.export").order_by(Action.id)
        assert [one.detail for one in noted] == [{"format": ".docx"}, {"format": ".toml"}]
    log = await open_console(Role.OWNER).open("/console/log")
    for words in ("导出实事项目", "列为实事项目"):
        assert words in log.text


async def test_words_never_become_markup(
    installation: Installation, open_console: OpenConsole, voted: list[int]
) -> None:
    in_chamber(installation, 1)
    [one] = kept(installation)
    desk = open_console(Role.OWNER)
    evil = {"title": EVIL[:60], "summary": EVIL, "department": EVIL}
    assert "保存好了" in (await edited(desk, one.id, [(EVIL, EVIL)], **evil)).text
    await desk.post(ANNOUNCEMENT, title=EVIL, text=EVIL, seen="", do="save")
    for page in (PROJECTS, f"{PROJECTS}/{one.id}", ANNOUNCEMENT):
        answer = await desk.open(page)
        assert "onerror" in answer.text
        assert harm_in(answer) == [], page
    await desk.post(f"{ANNOUNCEMENT}/submit")
    for page in (PROJECTS, f"{PROJECTS}/{one.id}", ANNOUNCEMENT):
        assert harm_in(await open_console(Role.APPROVER).open(page)) == [], page

"""One's own proposals: where they stand, amending, withdrawing, putting drafts aside."""

from sqlalchemy import update

from app.campaigns.loader import load_toml
from app.campaigns.service import load, set_phase
from app.operators.queries import Account
from app.proposals.sorting import sort
from app.proposals.status import STATUS
from models import Proposal
from models.enums import ProposalStatus, Role
from tests.app.h5.conftest import WebView, World
from tests.app.h5.samples import FILE, WHOLE

INTAKE = Account(1, "李梅", frozenset({Role.INTAKE}))


async def handed_in(world: World) -> WebView:
    phone = world.phone_of(world.worker())
    await (await phone.open("/h5/proposal")).press("submit", **WHOLE, rating_2="4")
    return phone


def decide(world: World, **changes: object) -> None:
    with world.database.writing() as session:
        session.execute(update(Proposal).where(Proposal.number == "SS2018-0001").values(**changes))


async def test_at_first_there_is_nothing_but_a_way_to_begin(world: World) -> None:
    page = await world.phone_of(world.worker()).open("/h5/mine")
    assert "您还没有提交过提案" in page.text
    assert page.markup.links["写一份提案"] == "/h5/proposal"


async def test_what_was_handed_in_is_listed_and_shown_in_full(world: World) -> None:
    phone = await handed_in(world)
    listed = await phone.open("/h5/mine")
    for words in ("SS2018-0001", WHOLE["title"], STATUS[ProposalStatus.SUBMITTED], "2017年12月1日提交"):
        assert words in listed.text
    shown = await phone.open(listed.markup.links[WHOLE["title"]])
    for words in (WHOLE["summary"], "生活服务", "王建国", "138******00", "2号 4分"):
        assert words in shown.text


async def test_every_status_has_its_words_and_its_reason(world: World) -> None:
    phone = await handed_in(world)
    for status in ProposalStatus:
        decide(world, status=status, status_reason="因为这样")
        page = await phone.open("/h5/mine")
        assert STATUS[status] in page.text
        assert "说明：因为这样" in page.text


async def test_a_merged_proposal_names_the_one_it_went_into(world: World) -> None:
    phone = await handed_in(world)
    await (await phone.open("/h5/proposal")).press("submit", **{**WHOLE, "title": "另一份"})
    decide(world, status=ProposalStatus.MERGED, merged_into_id=world.proposals()[1].id)
    assert "已合并到 SS2018-0002 一起办理" in (await phone.open("/h5/mine")).text


async def test_a_proposal_is_amended(world: World) -> None:
    phone = await handed_in(world)
    listed = await phone.open("/h5/mine")
    page = await phone.open(listed.markup.links["修改"])
    assert page.fields["title"] == WHOLE["title"]
    assert page.fields["rating_2"] == "4"
    done = await page.press("submit", title="改过的名称", rating_2="5")
    assert "改好了" in done.text
    [proposal] = world.proposals()
    assert (proposal.title, proposal.evaluations[0]["rating"]) == ("改过的名称", 5)
    assert proposal.amended_at is not None
    again = await page.press("submit", title="改过的名称", rating_2="5")
    assert again.path == "/h5/mine/SS2018-0001"
    assert world.drafts() == []


async def test_an_amendment_is_begun_here_and_finished_in_the_chat(world: World) -> None:
    person = world.worker()
    phone = world.phone_of(person)
    await (await phone.open("/h5/proposal")).press("submit", **WHOLE)
    await (await phone.open("/h5/proposal/SS2018-0001")).press("save", title="改过的名称")
    assert (await phone.open("/h5/proposal")).path == "/h5/proposal/SS2018-0001"
    assert world.proposals()[0].title == WHOLE["title"]
    assert "改好了" in await world.says(person, "提交")
    assert world.proposals()[0].title == "改过的名称"


def sorted_into(world: World, category: str) -> None:
    with world.database.writing() as session:
        sort(session, "SS2018-0001", {"category": category}, by=INTAKE, clock=world.clock)


async def test_an_amendment_goes_on_from_the_category_that_the_office_chose(world: World) -> None:
    phone = await handed_in(world)
    page = await (await phone.open("/h5/proposal/SS2018-0001")).press("save", title="改过的名称")
    sorted_into(world, "health")
    await page.press("submit")
    [proposal] = world.proposals()
    assert (proposal.title, proposal.category) == ("改过的名称", "health")


async def test_the_office_does_not_overrule_what_the_author_chose_in_the_amendment(world: World) -> None:
    phone = await handed_in(world)
    page = await (await phone.open("/h5/proposal/SS2018-0001")).press("save", category="rights")
    sorted_into(world, "health")
    await page.press("submit")
    assert world.proposals()[0].category == "rights"


async def test_one_thing_at_a_time(world: World) -> None:
    phone = await handed_in(world)
    amending = await phone.open("/h5/proposal/SS2018-0001")
    await (await phone.open("/h5/proposal")).press("save", title="另一份")
    assert (await phone.open("/h5/proposal/SS2018-0001")).answer.status_code == 409
    refused = await amending.press("save", title="改过的名称")
    assert refused.answer.status_code == 409
    assert "改过的名称" in refused.text
    assert [draft.state["answers"] for draft in world.drafts()] == [{"title": "另一份"}]


async def test_a_draft_is_put_aside_and_taken_up_again(world: World) -> None:
    phone = await handed_in(world)
    await (await phone.open("/h5/proposal")).press("save", title="另一份")
    aside = await (await phone.open("/h5/mine")).press()
    assert "收起来的草稿：另一份" in aside.text
    assert (await phone.open("/h5/proposal")).fields["title"] == ""
    resumed = await aside.press()
    assert resumed.path == "/h5/proposal"
    assert resumed.fields["title"] == "另一份"


async def test_an_amendment_that_is_put_aside_changes_nothing(world: World) -> None:
    phone = await handed_in(world)
    await (await phone.open("/h5/proposal/SS2018-0001")).press("save", title="改过的名称")
    await (await phone.open("/h5/mine")).press()
    assert world.drafts() == []
    assert world.proposals()[0].title == WHOLE["title"]


async def test_taking_up_never_pushes_another_draft_away(world: World) -> None:
    phone = await handed_in(world)
    await (await phone.open("/h5/proposal")).press("save", title="第一份")
    aside = await (await phone.open("/h5/mine")).press()
    await (await phone.open("/h5/proposal")).press("save", title="第二份")
    assert (await aside.press()).answer.status_code == 409
    assert (await phone.open("/h5/proposal")).fields["title"] == "第二份"


async def test_a_proposal_is_withdrawn_after_being_asked(world: World) -> None:
    phone = await handed_in(world)
    listed = await phone.open("/h5/mine")
    asked = await phone.open(listed.markup.links["撤回"])
    assert "要撤回" in asked.text
    assert world.proposals()[0].status is ProposalStatus.SUBMITTED
    done = await asked.press()
    assert "已撤回" in done.text
    assert world.proposals()[0].status is ProposalStatus.WITHDRAWN
    assert (await asked.press()).answer.status_code == 409
    assert "不能再撤回" in (await phone.open("/h5/mine/SS2018-0001/withdraw")).text


async def test_what_others_are_handled_with_is_not_withdrawn(world: World) -> None:
    phone = await handed_in(world)
    await (await phone.open("/h5/proposal")).press("submit", **{**WHOLE, "title": "另一份"})
    with world.database.writing() as session:
        merged = {"status": ProposalStatus.MERGED, "merged_into_id": world.proposals()[0].id}
        session.execute(update(Proposal).where(Proposal.number == "SS2018-0002").values(**merged))
    refused = await (await phone.open("/h5/mine/SS2018-0001/withdraw")).press()
    assert refused.answer.status_code == 409
    assert "合并到 SS2018-0001 一起办理" in refused.text
    assert world.proposals()[0].status is ProposalStatus.SUBMITTED


async def test_withdrawing_puts_an_end_to_amending(world: World) -> None:
    phone = await handed_in(world)
    await (await phone.open("/h5/proposal/SS2018-0001")).press("save", title="改过的名称")
    await (await phone.open("/h5/mine/SS2018-0001/withdraw")).press()
    assert world.drafts() == []
    assert (await phone.open("/h5/proposal")).fields["title"] == ""


async def test_a_blank_page_never_writes_into_an_amendment(world: World) -> None:
    person = world.worker()
    phone = world.phone_of(person)
    await (await phone.open("/h5/proposal")).press("submit", **WHOLE)
    blank = await phone.open("/h5/proposal")
    await world.says(person, "修改 SS2018-0001")
    refused = await blank.press("submit", **{**WHOLE, "title": "另一份"})
    assert refused.answer.status_code == 409
    assert "您手上正在修改 SS2018-0001" in refused.text
    assert "另一份" in refused.text
    assert [draft.state["answers"]["title"] for draft in world.drafts()] == [WHOLE["title"]]
    assert world.proposals()[0].title == WHOLE["title"]


async def test_what_was_proposed_in_an_earlier_year_is_shown_and_stays_as_it_is(world: World) -> None:
    phone = await handed_in(world)
    page = await phone.open("/h5/proposal/SS2018-0001")
    begin_the_year_after(world)
    shown = await phone.open("/h5/mine/SS2018-0001")
    assert shown.answer.status_code == 200
    assert "生活服务" in shown.text
    assert "撤回" not in shown.markup.links
    asked = await phone.open("/h5/mine/SS2018-0001/withdraw")
    assert "不能再撤回" in asked.text
    refused = await page.press("save", title="改过的名称")
    assert refused.answer.status_code == 409
    assert "SS2018-0001 是往年的提案，不能再修改或撤回了。" in refused.text


def begin_the_year_after(world: World) -> None:
    """Next year's campaign, in which the category has another key, collects already."""
    text = FILE.read_text(encoding="utf-8").replace('key = "daily_life"', 'key = "living"')
    text = text.replace('key = "2018"', 'key = "2019"').replace("year = 2018", "year = 2019")
    text = text.replace("at = 2018-", "at = 2019-").replace("at = 2017-", "at = 2018-")
    with world.database.writing() as session:
        load(session, load_toml(text), actor="cli:tester", clock=world.clock)
        set_phase(session, "2019", "collecting", "早些开始", actor="cli:tester", clock=world.clock)


async def test_a_number_may_be_written_short(world: World) -> None:
    phone = await handed_in(world)
    assert (await phone.open("/h5/mine/ss2018-1")).answer.status_code == 200

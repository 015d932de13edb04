"""The office has asked for more: the author answers on the page, in the chat, or in both."""

from sqlalchemy import update

from app.campaigns.service import set_phase
from models import Proposal
from models.enums import ProposalStatus
from tests.app.h5.conftest import WebView, World
from tests.app.h5.samples import WHOLE

ASKED = "大概要服务多少人？"


async def asked(world: World) -> WebView:
    """A phone whose proposal was returned while the office is sifting."""
    phone = world.phone_of(world.worker())
    await (await phone.open("/h5/proposal")).press("submit", **WHOLE)
    with world.database.writing() as session:
        session.execute(update(Proposal).values(status=ProposalStatus.RETURNED, status_reason=ASKED))
        set_phase(session, "2018", "screening", "开会定的", actor="cli:tester", clock=world.clock)
    return phone


async def test_the_list_leads_to_what_is_asked(world: World) -> None:
    phone = await asked(world)
    listed = await phone.open("/h5/mine")
    assert ASKED in listed.text
    assert "撤回" not in listed.markup.links
    page = await phone.open(listed.markup.links["去补充"])
    assert f"工作人员想请您补充：{ASKED}" in page.text
    assert "补充 SS2018-0001" in page.text
    assert page.fields["summary"].strip() == WHOLE["summary"]


async def test_the_answer_stays_beside_the_question_and_the_proposal_waits_again(world: World) -> None:
    phone = await asked(world)
    page = await phone.open("/h5/proposal/SS2018-0001")
    done = await page.press("submit", supplement="六百名护理员")
    assert done.path == "/h5/mine/SS2018-0001"
    assert "收到了，谢谢您！" in done.text
    assert f"补充说明（{ASKED}）六百名护理员" in done.text.replace("\n", "").replace(" ", "")
    [proposal] = world.proposals()
    assert (proposal.status, proposal.status_reason) == (ProposalStatus.SUBMITTED, None)
    assert [(one["asked"], one["said"]) for one in proposal.supplements] == [(ASKED, "六百名护理员")]
    assert proposal.summary == WHOLE["summary"]
    assert world.drafts() == []
    again = await page.press("submit", supplement="六百名护理员")
    assert again.path == "/h5/mine/SS2018-0001"
    assert len(world.proposals()[0].supplements) == 1


async def test_what_is_begun_on_the_page_is_finished_in_the_chat(world: World) -> None:
    person = world.worker()
    phone = world.phone_of(person)
    await (await phone.open("/h5/proposal")).press("submit", **WHOLE)
    with world.database.writing() as session:
        session.execute(update(Proposal).values(status=ProposalStatus.RETURNED, status_reason=ASKED))
        set_phase(session, "2018", "screening", "开会定的", actor="cli:tester", clock=world.clock)
    await (await phone.open("/h5/proposal/SS2018-0001")).press("save", supplement="六百名护理员")
    card = (await world.platform.say(person.openid, "预览")).reply_text
    assert "六百名护理员" in card
    assert "收到了" in (await world.platform.say(person.openid, "提交")).reply_text
    assert world.proposals()[0].supplements[0]["said"] == "六百名护理员"


async def test_who_was_not_asked_sees_no_such_field(world: World) -> None:
    phone = world.phone_of(world.worker())
    page = await phone.open("/h5/proposal")
    assert "supplement" not in page.fields
    assert "补充" not in page.text
    await page.press("submit", **WHOLE, supplement="混进来的")
    assert world.proposals()[0].supplements == []


async def test_it_is_too_late_once_the_results_are_out(world: World) -> None:
    phone = await asked(world)
    page = await phone.open("/h5/proposal/SS2018-0001")
    with world.database.writing() as session:
        set_phase(session, "2018", "published", "开会定的", actor="cli:tester", clock=world.clock)
    late = await page.press("submit", supplement="六百名护理员")
    assert late.answer.status_code == 409
    assert "六百名护理员" in late.text
    assert world.proposals()[0].supplements == []


async def test_nothing_goes_back_to_the_office_without_an_answer(world: World) -> None:
    phone = await asked(world)
    page = await (await phone.open("/h5/proposal/SS2018-0001")).press("submit")
    assert page.answer.status_code == 422
    assert "请写补充说明。" in page.text
    [proposal] = world.proposals()
    assert (proposal.status, proposal.supplements) == (ProposalStatus.RETURNED, [])


async def test_who_is_asked_while_amending_finds_the_question_on_the_page(world: World) -> None:
    phone = world.phone_of(world.worker())
    await (await phone.open("/h5/proposal")).press("submit", **WHOLE)
    page = await phone.open("/h5/proposal/SS2018-0001")
    await page.press("save", title="给夜班职工建接力站")
    with world.database.writing() as session:
        session.execute(update(Proposal).values(status=ProposalStatus.RETURNED, status_reason=ASKED))
        set_phase(session, "2018", "screening", "开会定的", actor="cli:tester", clock=world.clock)
    page = await phone.open("/h5/proposal/SS2018-0001")
    assert (ASKED in page.text, page.fields["title"]) == (True, "给夜班职工建接力站")
    await page.press("submit", supplement="六百名护理员")
    [proposal] = world.proposals()
    assert (proposal.status, proposal.title) == (ProposalStatus.SUBMITTED, "给夜班职工建接力站")
    assert proposal.supplements[0]["said"] == "六百名护理员"

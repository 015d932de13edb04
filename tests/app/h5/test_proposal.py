"""Writing a proposal on the page: saving, mending, handing in, with no script at all."""

import json

import pytest

from tests.app.h5.conftest import World
from tests.app.h5.samples import WHOLE

JSON = {"accept": "application/json"}


async def test_a_proposal_is_written_and_handed_in(world: World) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    done = await page.press("submit", **WHOLE, rating_1="5", rating_10="2", evaluation_text="课太少")
    assert done.path == "/h5/mine/SS2018-0001"
    assert "提交成功" in done.text
    [proposal] = world.proposals()
    assert (proposal.title, proposal.unit, proposal.trade) == (WHOLE["title"], WHOLE["unit"], "sanitation")
    assert (proposal.proposer_name, proposal.consented) == ("王建国", True)
    assert [(one["project"], one["rating"]) for one in proposal.evaluations] == [(1, 5), (10, 2)]
    assert proposal.evaluation_text == "课太少"
    assert world.drafts() == []


async def test_the_page_asks_what_the_form_of_the_notice_asks(world: World) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    for name in ("实事项目名称", "简介", "预期目标或成效", "对2017年度杨浦工会服务职工实事项目评估", "项目设计"):
        assert name in page.text
    assert {*WHOLE, "evaluation_text", *(f"rating_{number}" for number in range(1, 11))} <= page.markup.names


async def test_saving_keeps_it_and_says_what_is_missing(world: World) -> None:
    phone = world.phone_of(world.worker())
    saved = await (await phone.open("/h5/proposal")).press("save", consent="declined", title="接力站")
    assert "已经保存" in saved.text
    assert "还差：类别、简介、预期目标或成效。" in saved.text
    again = await phone.open("/h5/proposal")
    assert (again.fields["title"], again.fields["consent"]) == ("接力站", "declined")


async def test_what_is_wrong_is_shown_again_and_the_rest_is_kept(world: World) -> None:
    phone = world.phone_of(world.worker())
    page = await phone.open("/h5/proposal")
    typed = {**WHOLE, "title": "接", "phone": "123", "summary": "  两行\r\n字  "}
    answer = await page.press("save", **typed)
    assert answer.answer.status_code == 422
    assert (answer.fields["title"], answer.fields["phone"]) == ("接", "123")
    texts = answer.markup.texts
    assert "至少写 2 个字" in texts["title-problem"]
    assert "可以空着" in texts["phone-problem"]
    assert "title-problem" in answer.markup.described["title"]
    assert "还有 2 处要您看一下" in texts["to-mend"]
    kept = await phone.open("/h5/proposal")
    assert kept.fields["summary"].strip() == "两行\n字"
    assert kept.fields["title"] == ""
    mended = await answer.press("submit", title="接力站", phone="138 0013 8000")
    assert mended.path == "/h5/mine/SS2018-0001"


async def test_nothing_is_handed_in_before_it_is_complete(world: World) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    answer = await page.press("submit", consent="agreed", title="接力站")
    assert answer.answer.status_code == 422
    for name in ("category", "summary", "expected_outcome", "name"):
        assert answer.markup.texts[f"{name}-problem"]
    assert "phone-problem" not in answer.markup.texts
    assert world.proposals() == []
    assert len(world.drafts()) == 1


async def test_without_consent_nothing_personal_is_kept(world: World) -> None:
    phone = world.phone_of(world.worker())
    page = await phone.open("/h5/proposal")
    undecided = await page.press("save", name="王建国", unit="殷行街道")
    assert undecided.answer.status_code == 422
    assert "请先选" in undecided.text
    assert undecided.fields["name"] == "王建国"
    assert "王建国" not in json.dumps([draft.state for draft in world.drafts()], ensure_ascii=False)
    done = await undecided.press("submit", **{**WHOLE, "consent": "declined"})
    [proposal] = world.proposals()
    assert done.path.endswith(proposal.number)
    assert (proposal.proposer_name, proposal.unit, proposal.phone) == (None, None, None)


async def test_taking_consent_back_drops_what_was_given(world: World) -> None:
    phone = world.phone_of(world.worker())
    saved = await (await phone.open("/h5/proposal")).press("save", **WHOLE)
    again = await saved.press("save", consent="declined")
    assert (again.fields["name"], again.fields["unit"]) == ("", "")
    assert set(world.drafts()[0].state["answers"]).isdisjoint({"name", "unit", "phone"})


async def test_the_phone_number_is_never_sent_back(world: World) -> None:
    phone = world.phone_of(world.worker())
    saved = await (await phone.open("/h5/proposal")).press("save", **WHOLE)
    assert "13800138000" not in saved.answer.text
    assert "138******00" in saved.text
    assert saved.fields["phone"] == ""
    kept = await saved.press("save", title="接力站二")
    assert "138******00" in kept.text
    removed = await kept.press("save", remove_phone="1")
    assert "138******00" not in removed.text
    assert "13800138000" not in json.dumps(world.drafts()[0].state)


async def test_an_emptied_field_is_open_again(world: World) -> None:
    phone = world.phone_of(world.worker())
    saved = await (await phone.open("/h5/proposal")).press("save", **WHOLE)
    emptied = await saved.press("save", title="", unit="")
    assert "还差：实事项目名称。" in emptied.text
    assert (emptied.fields["title"], emptied.fields["unit"]) == ("", "")


async def test_a_second_tap_hands_in_once(world: World) -> None:
    phone = world.phone_of(world.worker())
    page = await phone.open("/h5/proposal")
    taps = [await page.press("submit", **WHOLE) for _ in range(3)]
    saved = await (await phone.open("/h5/proposal")).press("save", **{**WHOLE, "title": "另一份"})
    taps += [await saved.press("submit") for _ in range(2)]
    assert [tap.path.removeprefix("/h5/mine/") for tap in taps] == ["SS2018-0001"] * 3 + ["SS2018-0002"] * 2
    assert len(world.proposals()) == 2


async def test_an_empty_page_is_no_second_tap(world: World) -> None:
    phone = world.phone_of(world.worker())
    await (await phone.open("/h5/proposal")).press("submit", **WHOLE)
    empty = await (await phone.open("/h5/proposal")).press("submit")
    assert empty.answer.status_code == 422
    assert len(world.proposals()) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"category": "gold"},
        {"consent": "maybe"},
        {"rating_1": "9"},
        {"rating_3": "-1", "evaluation_text": "x" * 2001},
    ],
)
async def test_what_no_page_of_ours_offers_is_not_taken(world: World, forged: dict[str, str]) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    answer = await page.press("submit", **{**WHOLE, **forged})
    assert answer.answer.status_code == 422
    assert world.proposals() == []


@pytest.mark.parametrize(
    "forged", [{"seen": "{"}, {"seen": "[1]"}, {"seen": '{"title": 1}'}, {"chosen_title": "x"}]
)
async def test_marks_that_make_no_sense_do_no_harm(world: World, forged: dict[str, str]) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    assert (await page.press("submit", **WHOLE, **forged)).path == "/h5/mine/SS2018-0001"


async def test_words_of_markup_stay_words(world: World) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    typed = '</textarea><script>alert(1)</script>" onfocus="x'
    saved = await page.press("save", title="<b>接力站</b>", summary=typed)
    assert "<script>alert" not in saved.answer.text
    assert saved.fields["summary"].strip() == typed
    assert saved.fields["title"] == "<b>接力站</b>"


async def test_script_saves_while_one_writes(world: World) -> None:
    phone = world.phone_of(world.worker())
    page = await phone.open("/h5/proposal")
    typed = {**page.fields, "title": "接力站", "phone": "12", "consent": "agreed"}
    answer = await phone.browser.post("/h5/proposal", data=typed, headers=JSON)
    told = answer.json()
    assert told["draft"] == world.drafts()[0].id
    assert (list(told["problems"]), told["conflicts"]) == (["phone"], [])
    more = {**typed, "title": "接力站和饮水点", "draft": told["draft"], "seen": json.dumps(told["seen"])}
    assert (await phone.browser.post("/h5/proposal", data=more, headers=JSON)).json()["conflicts"] == []
    assert world.drafts()[0].state["answers"]["title"] == "接力站和饮水点"


async def test_script_may_tidy_what_was_typed_without_taking_it_for_a_conflict(world: World) -> None:
    phone = world.phone_of(world.worker())
    page = await phone.open("/h5/proposal")
    typed = {**page.fields, **WHOLE, "name": "我叫王建国", "phone": "138-0013-8000", "title": " 接力站 "}
    told = (await phone.browser.post("/h5/proposal", data=typed, headers=JSON)).json()
    typed |= {"draft": told["draft"], "seen": json.dumps(told["seen"]), "deed": "submit"}
    done = await phone.browser.post("/h5/proposal", data=typed)
    assert done.url.path == "/h5/mine/SS2018-0001"
    assert world.proposals()[0].proposer_name == "王建国"

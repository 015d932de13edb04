"""Template messages, subscription notices and mass messages."""

from typing import Any

import pytest

from tests.standin.clock import ManualClock
from tests.standin.errors import Refused
from tests.standin.platform import Platform
from tests.standin.state import Person
from tests.standin.stores import Template
from tests.standin.values import check
from tests.standin_checks.conftest import Api
from tests.standin_checks.echo import Echo

TEMPLATE, BIZSEND = "/cgi-bin/message/template/send", "/cgi-bin/message/subscribe/bizsend"
TO_ALL, TO_LIST = "/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/send"
NEWS = '[{"title": "十大实事"}]'.encode()
DATA = {"thing1": {"value": "爱心驿站"}, "time2": {"value": "2018年11月1日 09:00"}}


@pytest.fixture(autouse=True)
def library(platform: Platform) -> None:
    platform.add_template("T", "提案进度提醒", "thing1", "time2")
    platform.add_template("S", "投票开始提醒", "thing1", "time2", for_subscription=True)


def notice(person: Person, template_id: str = "T", **more: Any) -> dict[str, Any]:
    return {"touser": person.openid, "template_id": template_id, "data": DATA, **more}


async def test_a_template_message_arrives_and_its_end_is_told(
    api: Api, platform: Platform, li: Person, echo: Echo
) -> None:
    answer = await api.post(TEMPLATE, notice(li, url="http://service/h5/mine"))
    assert answer["errcode"] == 0
    await platform.settle()
    (entry,) = li.chat
    assert (entry.kind, entry.text, entry.data["values"]["thing1"]) == ("template", "提案进度提醒", "爱心驿站")
    (event,) = echo.heard
    assert event.value("Event") == "TEMPLATESENDJOBFINISH"
    assert (event.value("MsgID"), event.value("Status")) == (str(answer["msgid"]), "success")


async def test_the_same_key_is_sent_once_within_ten_minutes(
    api: Api, platform: Platform, clock: ManualClock, li: Person
) -> None:
    first = await api.post(TEMPLATE, notice(li, client_msg_id="K1"))
    again = await api.post(TEMPLATE, notice(li, client_msg_id="K1"))
    assert (again["errcode"], again["msgid"]) == (0, first["msgid"])
    clock.advance(600)
    assert (await api.post(TEMPLATE, notice(li, client_msg_id="K1")))["msgid"] != first["msgid"]
    await platform.settle()
    assert [accepted.key for accepted in platform.journal.accepted] == ["K1", "K1"]


async def test_template_messages_that_are_refused(api: Api, platform: Platform, li: Person) -> None:
    assert (await api.post(TEMPLATE, notice(platform.add_person("路人"))))["errcode"] == 43004
    assert (await api.post(TEMPLATE, notice(li, "S")))["errcode"] == 40037
    broken = {**DATA, "thing1": {"value": "长" * 21}}
    answer = await api.post(TEMPLATE, notice(li, data=broken))
    assert answer["errcode"] == 47003
    assert "data.thing1.value is invalid" in answer["errmsg"]


@pytest.mark.parametrize(
    ("refuses", "failures", "status"),
    [(True, 0, "failed:user block"), (False, 1, "failed: system failed")],
)
async def test_an_accepted_message_can_still_fail(
    api: Api, platform: Platform, li: Person, echo: Echo, refuses: bool, failures: int, status: str
) -> None:
    li.refuses, platform.faults.job_failures = refuses, failures
    assert (await api.post(TEMPLATE, notice(li)))["errcode"] == 0
    await platform.settle()
    assert echo.heard[0].value("Status") == status
    assert not li.chat


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("thing1", "长" * 20, "长" * 21),
        ("number2", "12.5", "十二"),
        ("character_string3", "SS2018-0001", "编号"),
        ("time4", "2018-11-01 09:00~2018-11-02 18:00", "明天"),
        ("date5", "2018年11月1日", "2018"),
        ("name6", "李桂兰", "李" * 11),
        ("phrase7", "已受理", "审核已经通过"),
        ("amount8", "¥12.50", "很多"),
        ("phone_number9", "021-12345678", "1" * 18),
        ("keyword1", "什么都行" * 20, ""),
    ],
)
def test_the_prefix_of_a_field_rules_its_value(field: str, good: str, bad: str) -> None:
    template = Template("T", "", (field,))
    assert check(template, {field: {"value": good}}) == {field: good}
    with pytest.raises(Refused, match="47003"):
        check(template, {field: {"value": bad}})


async def test_one_acceptance_is_one_notice(api: Api, platform: Platform, li: Person, echo: Echo) -> None:
    assert (await api.post(BIZSEND, notice(li, "S")))["errcode"] == 43101
    await platform.answer_subscription(li.openid, "S", accept=True)
    await platform.answer_subscription(li.openid, "S", accept=False)
    answers = [await api.post(BIZSEND, notice(li, "S")) for _ in range(2)]
    assert answers[0] == {"errcode": 0, "errmsg": "ok"}
    assert answers[1]["errcode"] == 43101
    await platform.settle()
    events = [heard.value("Event") for heard in echo.heard]
    assert events == ["subscribe_msg_popup_event"] * 2 + ["subscribe_msg_sent_event"]


async def test_switching_off_in_the_settings_ends_the_credit(api: Api, platform: Platform, li: Person) -> None:
    await platform.answer_subscription(li.openid, "S", accept=True)
    await platform.end_subscription(li.openid, "S")
    assert (await api.post(BIZSEND, notice(li, "S")))["errcode"] == 43101


def text_to_all(key: str, text: str = "投票开始了") -> dict[str, Any]:
    filter_ = {"is_to_all": True}
    return {"filter": filter_, "msgtype": "text", "text": {"content": text}, "clientmsgid": key}


async def test_a_mass_message_is_a_job_with_an_end(api: Api, platform: Platform, li: Person, echo: Echo) -> None:
    platform.add_person("路人")
    refusing = platform.add_person("王师傅", following=True)
    refusing.refuses = True
    job = await api.post(TO_ALL, text_to_all("A"))
    assert (job["errcode"], job["errmsg"]) == (0, "send job submission success")
    await platform.settle()
    assert [entry.text for entry in li.chat] == ["投票开始了"]
    (event,) = echo.heard
    counts = [event.value(name) for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")]
    assert (event.value("Status"), counts) == ("send success", ["2", "1", "1", "0"])
    state = await api.post("/cgi-bin/message/mass/get", {"msg_id": str(job["msg_id"])})
    assert state == {"msg_id": job["msg_id"], "msg_status": "SEND_SUCCESS"}


async def test_a_mass_job_can_fail_as_a_whole(api: Api, platform: Platform, li: Person, echo: Echo) -> None:
    platform.faults.job_failures = 1
    platform.faults.job_by_follower = True
    job = await api.post(TO_ALL, text_to_all("A"))
    await platform.settle()
    assert (echo.heard[0].value("Status"), echo.heard[0].value("ErrorCount")) == ("send fail", "1")
    assert echo.heard[0].value("FromUserName") == li.openid
    state = await api.post("/cgi-bin/message/mass/get", {"msg_id": job["msg_id"]})
    assert (state["msg_status"], len(li.chat)) == ("SEND_FAIL", 0)


async def test_the_same_clientmsgid_is_known_for_a_day(
    api: Api, platform: Platform, clock: ManualClock, li: Person
) -> None:
    first = await api.post(TO_ALL, text_to_all("A"))
    again = await api.post(TO_ALL, text_to_all("A"))
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    assert (await api.post(TO_ALL, text_to_all("A" * 33)))["errcode"] == 45067
    clock.advance(86_400)
    api.token = platform.tokens.stable(force=False)[0]
    assert (await api.post(TO_ALL, text_to_all("A")))["errcode"] == 0


async def test_sending_to_all_ends_after_one_a_day_and_four_a_month(
    api: Api, platform: Platform, clock: ManualClock, li: Person
) -> None:
    codes = []
    for number in range(5):
        api.token = platform.tokens.stable(force=False)[0]
        codes += [(await api.post(TO_ALL, text_to_all(f"{number}{twin}")))["errcode"] for twin in "ab"]
        await platform.settle()
        clock.advance(86_400)
    assert codes == [0, 45028] * 4 + [45028, 45028]


async def test_a_fifth_mass_message_to_somebody_is_filtered(
    api: Api, platform: Platform, li: Person, echo: Echo
) -> None:
    wang = platform.add_person("王师傅", following=True)
    li.mass_received["2018-10"] = 4
    wang.mass_received["2018-11"] = 4
    to = {"touser": [li.openid, wang.openid], "msgtype": "text", "text": {"content": "公示"}}
    assert (await api.post(TO_LIST, to))["errcode"] == 0
    await platform.settle()
    assert ([len(li.chat), len(wang.chat)], echo.heard[0].value("SentCount")) == ([1, 0], "1")


async def test_lists_that_are_refused(api: Api, platform: Platform, li: Person) -> None:
    body = {"msgtype": "text", "text": {"content": "公示"}}
    assert (await api.post(TO_LIST, {**body, "touser": [li.openid]}))["errcode"] == 40130
    assert (await api.post(TO_LIST, {**body, "touser": [li.openid, "oNobody"]}))["errcode"] == 40031
    assert (await api.post(TO_ALL, {**body, "filter": {"tag_id": 7}}))["errcode"] == 40152


async def test_an_article_is_drafted_then_sent(api: Api, platform: Platform, li: Person) -> None:
    cover = platform.add_media("image", b"jpeg", "image/jpeg")
    cover.permanent = True
    article = {"title": "十大实事", "content": "<p>…</p>", "thumb_media_id": cover.media_id}
    draft = await api.post("/cgi-bin/draft/add", {"articles": [article]})
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": draft}
    assert (await api.post(TO_ALL, body))["errcode"] == 0
    await platform.settle()
    assert (li.chat[0].kind, li.chat[0].text) == ("mpnews", "十大实事")


async def test_a_preview_goes_to_one(api: Api, platform: Platform, li: Person) -> None:
    wang = platform.add_person("王师傅", following=True)
    body = {"touser": li.openid, "msgtype": "text", "text": {"content": "试看"}}
    assert (await api.post("/cgi-bin/message/mass/preview", body))["errmsg"] == "preview success"
    assert (len(li.chat), len(wang.chat)) == (1, 0)


async def test_a_subscription_account_has_neither(api: Api, platform: Platform, li: Person) -> None:
    platform.account.kind = "subscription"
    assert (await api.post(TEMPLATE, notice(li)))["errcode"] == 48001
    assert (await api.post(BIZSEND, notice(li, "S")))["errcode"] == 48001
    assert (await api.post(TO_LIST, {}))["errcode"] == 48001


async def test_only_articles_that_went_out_are_deleted_and_cards_stay(
    api: Api, platform: Platform, li: Person, echo: Echo
) -> None:
    delete, get = "/cgi-bin/message/mass/delete", "/cgi-bin/message/mass/get"
    news = platform.add_media("news", NEWS, "application/json")
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": news.media_id}}
    job = await api.post(TO_ALL, body)
    await platform.settle()
    platform.stores.mass[job["msg_id"]].status = "SENDING"
    assert (await api.post(delete, {"msg_id": job["msg_id"]}))["errcode"] == 40059
    platform.stores.mass[job["msg_id"]].status = "SEND_SUCCESS"
    assert (await api.post(delete, {"msg_id": job["msg_id"], "article_idx": 9}))["errcode"] == 40060
    assert (await api.post(delete, {"msg_id": str(job["msg_id"])}))["errcode"] == 0
    assert (await api.post(get, {"msg_id": job["msg_id"]}))["msg_status"] == "DELETE"
    assert [entry.text for entry in li.chat] == ["十大实事"]
    assert (await api.post(delete, {"msg_id": 7}))["errcode"] == 40059
    wang = platform.add_person("王师傅", following=True)
    text = {"touser": [li.openid, wang.openid], "msgtype": "text", "text": {"content": "公示"}}
    sent = await api.post(TO_LIST, text)
    await platform.settle()
    assert (await api.post(delete, {"msg_id": sent["msg_id"]}))["errcode"] == 40008

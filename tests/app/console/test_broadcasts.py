"""Broadcasts in the console: written, looked at, released by a colleague; what went out and what did not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.installation import Installation
from app.settings import AccountKind
from models import Broadcast, Delivery, Follower, JobTag
from models.enums import BroadcastState, DeliveryState, Role
from tests.app.console.conftest import OpenConsole
from tests.app.console.test_markup import harm_in
from tests.fixtures.clocks import START

BROADCASTS = "/console/broadcasts"
ONE = f"{BROADCASTS}/1"
OPENID = "oFollower{:019d}"


def fields(**changes: Any) -> dict[str, Any]:
    """A broadcast as the form sends it."""
    sent = {
        "title": "请大家投票",
        "kind": "vote",
        "channel": "template",
        "who": "all",
        "template_id": "T-vote",
        "data": "thing1=请您投票\r\ntime2＝2018年3月1日\r\n",
        "url": "https://x.test/h5/vote/1",
    }
    return sent | changes


@pytest.fixture
def followers(installation: Installation) -> list[str]:
    openids = [OPENID.format(number) for number in range(3)]
    with installation.database.writing() as session:
        session.add_all(
            Follower(openid=openid, subscribed=openid != openids[2], created_at=START) for openid in openids
        )
    return openids


def kept(installation: Installation) -> Broadcast:
    with installation.database.reading() as session:
        return session.get_one(Broadcast, 1)


async def test_written_looked_at_and_released_by_a_colleague(
    installation: Installation, open_console: OpenConsole, followers: list[str]
) -> None:
    composer, approver = open_console(Role.CAMPAIGNER), open_console(Role.APPROVER)
    told = (await composer.post(BROADCASTS, **fields(who="openids", openids="\r\n".join(followers)))).text
    assert "写好了" in told
    assert "发得到 <strong>2</strong> 人，这个范围里一共 3 人" in told
    assert "没有关注公众号：1 人" in told
    assert "名单上的 3 人" in told
    assert "<dt>thing1</dt><dd>请您投票</dd>" in told
    assert "<dt>time2</dt><dd>2018年3月1日</dd>" in told
    assert not any(openid in told for openid in followers)
    assert "放行以前不会发" in (await composer.post(f"{ONE}/submit")).text
    assert (await composer.post(f"{ONE}/approve")).status_code == 403
    assert "放行了" in (await approver.post(f"{ONE}/approve")).text
    assert kept(installation).state is BroadcastState.SENDING
    listed = (await open_console(Role.AUDITOR).open(BROADCASTS)).text
    assert "请大家投票" in listed
    assert "正在发送" in listed


async def test_who_composed_it_is_told_to_ask_a_colleague(open_console: OpenConsole, followers: list[str]) -> None:
    owner = open_console(Role.OWNER)
    await owner.post(BROADCASTS, **fields())
    submitted = (await owner.post(f"{ONE}/submit")).text
    assert "要请另一位同事放行" in submitted
    assert f'action="{ONE}/approve"' not in submitted
    refused = await owner.post(f"{ONE}/approve")
    assert (refused.status_code, "另一位同事" in refused.text) == (403, True)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": " "}, "请写上标题"),
        ({"kind": "x"}, "这是什么推送"),
        ({"channel": ""}, "怎么发"),
        ({"who": ""}, "发给谁"),
        ({"who": "unit", "unit": " "}, "哪个单位"),
        ({"data": "请您投票"}, "字段=文字"),
        ({"data": "thing1=" + "长" * 21}, "20 个字以内"),
        ({"data": ""}, "至少一个字段"),
        ({"template_id": ""}, "template_id 是空的"),
        ({"url": "javascript:alert(1)"}, "https://"),
        ({"scheduled_at": "明天"}, "时间看不懂"),
        ({"channel": "customer", "text": ""}, "text 是空的"),
    ],
)
async def test_what_is_refused_keeps_what_was_typed(
    open_console: OpenConsole, changed: dict[str, Any], told: str
) -> None:
    sent = fields(**{"unit": "殷行街道", **changed})
    refused = await open_console(Role.CAMPAIGNER).post(BROADCASTS, **sent)
    assert refused.status_code == 422
    assert told in refused.text
    assert f'name="unit" value="{sent["unit"]}"' in refused.text


async def test_a_draft_is_changed_and_thrown_away(installation: Installation, open_console: OpenConsole) -> None:
    composer = open_console(Role.CAMPAIGNER)
    await composer.post(BROADCASTS, **fields(scheduled_at="2017-12-02T09:00"))
    form = (await composer.open(f"{ONE}/edit")).text
    assert 'value="2017-12-02T09:00"' in form
    assert "thing1=请您投票\ntime2=2018年3月1日" in form
    changed = fields(channel="customer", text="您好\r\n请投票", who="proposers")
    assert "保存好了" in (await composer.post(f"{ONE}/edit", **changed)).text
    found = kept(installation)
    assert (found.content, found.audience, found.scheduled_at) == (
        {"text": "您好\n请投票"},
        {"proposers": True},
        None,
    )
    assert "草稿删掉了" in (await composer.post(f"{ONE}/drop")).text
    assert (await composer.open(ONE)).status_code == 404


async def test_what_became_of_it_and_what_is_in_doubt(
    installation: Installation, open_console: OpenConsole, followers: list[str]
) -> None:
    await open_console(Role.CAMPAIGNER).post(BROADCASTS, **fields())
    failed, unknown, sent = DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SENT
    with installation.database.writing() as session:
        session.execute(update(Broadcast).values(state=BroadcastState.DONE))
        for openid, state in zip(followers, (failed, unknown, sent), strict=True):
            session.add(message(openid, state))
    approver = open_console(Role.APPROVER)
    told = (await approver.open(ONE)).text
    assert "对方没有关注公众号。：1 人" in told
    assert "再发一次" in told
    figures = (await approver.open(f"{ONE}/progress")).json()
    assert (figures["total"], figures["messages"]["failed"], figures["messages"]["sent"]) == (3, 1, 1)
    table = (await approver.open(f"{ONE}/failures.csv")).text
    assert (table.count("\n"), followers[0] in table) == (3, False)
    assert followers[0] in (await open_console(Role.OWNER).open(f"{ONE}/failures.csv")).text
    perhaps, surely = dict[str, Any]({"as": "perhaps"}), dict[str, Any]({"as": "sent"})
    assert (await approver.post(f"{ONE}/deliveries/2", **perhaps)).status_code == 422
    assert "记下了" in (await approver.post(f"{ONE}/deliveries/2", **surely)).text
    again = (await open_console(Role.CAMPAIGNER).post(f"{ONE}/retry-failed")).text
    assert "重新排上了" in again


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
async def test_what_is_typed_is_shown_and_nothing_more(open_console: OpenConsole, evil: str) -> None:
    composer = open_console(Role.CAMPAIGNER)
    sent = fields(title=evil, channel="customer", text=evil, who="unit", unit=evil)
    for page in (
        await composer.post(BROADCASTS, **sent),
        await composer.open(BROADCASTS),
        await composer.open(f"{ONE}/edit"),
    ):
        assert page.status_code == 200
        assert not harm_in(page)


def message(openid: str, state: DeliveryState) -> Delivery:
    return Delivery(
        key=openid,
        channel="template",
        kind="broadcast",
        openid=openid,
        body={},
        state=state,
        error="对方没有关注公众号。" if state is DeliveryState.FAILED else None,
        broadcast_id=1,
        batch=0,
        due_at=START,
        created_at=START,
    )


async def test_it_says_why_it_stands_still_with_and_without_a_script(
    installation: Installation, open_console: OpenConsole, followers: list[str]
) -> None:
    composer, approver = open_console(Role.CAMPAIGNER), open_console(Role.APPROVER)
    await composer.post(BROADCASTS, **fields(scheduled_at="2017-12-01T23:00"))
    waits = (await composer.post(f"{ONE}/submit")).text
    assert ">等另一位负责审批的同事放行。</p>" in waits
    told = (await approver.post(f"{ONE}/approve")).text
    sentence = "还没有到定的时间，明天 08:00 自动开始发。"
    assert sentence in told
    live = (await approver.open(f"{ONE}/progress")).json()
    assert (live["standing"], live["goes_on_at"]) == (sentence, "2017-12-02T08:00:00+08:00")
    with installation.database.writing() as session:
        one = session.get_one(Broadcast, 1)
        one.state, one.begun_at = BroadcastState.SENDING, START
        one.stopped_for, one.goes_on_at = "今天的调用次数已用完，零点后恢复。", START + timedelta(hours=14)
    live = (await approver.open(f"{ONE}/progress")).json()
    assert live["standing"] == "今天的调用次数已用完，零点后恢复，明天 08:00 自动接着发。"
    with installation.database.writing() as session:
        session.get_one(Broadcast, 1).state = BroadcastState.PAUSED
    assert ">今天的调用次数已用完，零点后恢复。</p>" in (await approver.open(ONE)).text


async def test_what_has_missed_its_moment_has_a_way_out(
    installation: Installation, open_console: OpenConsole, followers: list[str]
) -> None:
    composer, approver = open_console(Role.CAMPAIGNER), open_console(Role.APPROVER)
    await composer.post(BROADCASTS, **fields(on_phase="screening"))
    await composer.post(f"{ONE}/submit")
    await approver.post(f"{ONE}/approve")
    await approver.post("/console/phase", phase="opinion", reason="提前")
    told = (await composer.open(ONE)).text
    assert 'id="state">错过了</span>' in told
    assert "“汇总梳理”阶段已经过去" in told
    assert [step in told for step in (f"{ONE}/take-back", f"{ONE}/cancel", f"{ONE}/pause")] == [True, True, False]
    assert "错过了</span>" in (await composer.open(BROADCASTS)).text
    assert "退回成草稿了" in (await composer.post(f"{ONE}/take-back")).text
    refused = await composer.post(f"{ONE}/submit")
    assert (refused.status_code, "改好什么时候发" in refused.text) == (409, True)


async def test_when_it_went_out(
    installation: Installation, open_console: OpenConsole, followers: list[str]
) -> None:
    composer, approver = open_console(Role.CAMPAIGNER), open_console(Role.APPROVER)
    await composer.post(BROADCASTS, **fields())
    await composer.post(f"{ONE}/submit")
    await approver.post(f"{ONE}/approve")
    assert "什么时候</h2>" not in (await composer.open(ONE)).text
    with installation.database.writing() as session:
        one = session.get_one(Broadcast, 1)
        one.state, one.begun_at, one.finished_at = BroadcastState.DONE, START, START + timedelta(minutes=12)
        sent = {"state": DeliveryState.SENT, "broadcast_id": 1, "due_at": START, "created_at": START}
        for number in range(5):
            at = START + timedelta(minutes=7 if number else 0)
            row = {"key": f"b1-{number}", "channel": "template", "kind": "broadcast", "body": {}}
            session.add(Delivery(**row, **sent, finished_at=at))
    told = (await composer.open(ONE)).text
    assert "10:00:00 到 10:01:01：1 条" in told
    assert "10:06:06 到 10:07:07：4 条" in told


async def test_a_subscription_account_is_told_of_the_tag_it_takes(
    installation: Installation, open_console: OpenConsole, followers: list[str]
) -> None:
    account = installation.settings.wechat.model_copy(update={"account_kind": AccountKind.SUBSCRIPTION})
    installation.settings = installation.settings.model_copy(update={"wechat": account})
    composer, approver = open_console(Role.CAMPAIGNER), open_console(Role.APPROVER)
    listed = fields(channel="mass", text="请投票", who="openids", openids="\n".join(followers))
    told = (await composer.post(BROADCASTS, **listed)).text
    assert "临时标签，打到这 2 人身上（调用平台 2 次，一两分钟）" in told
    assert "订阅号一天只能群发成功一次" in told
    await composer.post(f"{ONE}/submit")
    assert "放行了" in (await approver.post(f"{ONE}/approve")).text
    assert (await composer.open(f"{ONE}/progress")).json()["tag"] == ""
    with installation.database.writing() as session:
        tag = JobTag(broadcast_id=1, job="b1-0", name="实事-推送1-0a1b2c", tagged=1, used_at=START)
        session.add(tag)
    assert "正在公众号里打标签“实事-推送1-0a1b2c”，打好了 1 人" in (await composer.open(ONE)).text
    for changes, words in (
        ({"ready_at": START}, "打好了，一共 1 人；群发结束后自动删掉"),
        ({"left_at": START}, "正在从公众号删掉"),
        ({"gone_at": START}, "已经从公众号删掉了"),
    ):
        with installation.database.writing() as session:
            session.execute(update(JobTag).values(changes))
        assert words in (await composer.open(f"{ONE}/progress")).json()["tag"]

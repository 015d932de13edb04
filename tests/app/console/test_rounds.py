"""Rounds in the console: composed, released, closed, confirmed, published; nothing is told before the close."""

import html
import re
from collections.abc import Mapping
from typing import Any

import pytest

from app.installation import Installation
from models import Register, Round
from models.enums import Role, RoundState, Turnout
from tests.app.ballots.station import Station, put_up
from tests.app.console.attacking import every_page
from tests.app.console.conftest import OpenConsole
from tests.app.console.evil import EVIL
from tests.app.console.polling import ROUNDS, at_station, cast, fields, furnish, kept
from tests.app.console.test_markup import harm_in

ROUND = f"{ROUNDS}/1"
OPINION = "多放几台微波炉，有事打 13800001234"


@pytest.fixture
def candidates(installation: Installation, open_console: OpenConsole) -> list[int]:
    return furnish(installation)


@pytest.fixture
def opened(installation: Installation, candidates: list[int]) -> None:
    """A round that is open for a week; only operators see how many have voted."""
    at_station(installation, lambda station: station.opened())


async def test_a_round_is_composed_with_tick_boxes(
    installation: Installation, open_console: OpenConsole, candidates: list[int]
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    blank = (await desk.open(f"{ROUNDS}/new")).text
    assert re.findall(r'name="candidate" value="(\d+)" checked', blank) == [str(each) for each in candidates]
    told = (await desk.post(ROUNDS, **fields(candidates[:4]))).text
    assert "组成好了" in told
    assert "最多选 3 项" in told
    assert "2017-12-08 18:00，到时间自动截止" in told
    assert f"{installation.settings.public_url}/h5/vote/1" in told
    (round,) = kept(installation)
    assert (round.state, round.min_choices, round.max_choices) == (RoundState.DRAFT, 1, 3)
    assert "实事项目投票" in (await open_console(Role.AUDITOR).open(ROUNDS)).text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": " "}, "起个名字"),
        ({"candidate": []}, "请选候选项目"),
        ({"min_choices": "两"}, "至少选几项要写成数字"),
        ({"max_choices": "9"}, "只有 8 个"),
        ({"ballot_type": "borda"}, "没有“borda”这种选票"),
        ({"opens_at": "2017-12-32T09:00"}, "开始时间看不懂"),
        ({"closes_at": "明天"}, "截止时间看不懂"),
        ({"closes_at": "2017-12-01T09:00"}, "晚于开始时间"),
        ({"who": "before"}, "什么时候以前关注"),
        ({"who": "boss"}, "谁可以投票"),
        ({"who": "register-7"}, "没有这份会员名册"),
        ({"turnout": ""}, "谁能看到已经有多少人投票"),
    ],
)
async def test_what_is_refused_keeps_what_was_typed(
    installation: Installation,
    open_console: OpenConsole,
    candidates: list[int],
    changed: Mapping[str, Any],
    told: str,
) -> None:
    sent = fields(candidates, **{"title": "年底的一轮", **changed})
    refused = await open_console(Role.CAMPAIGNER).post(ROUNDS, **sent)
    assert refused.status_code == 422
    assert told in refused.text
    assert f'name="title" value="{sent["title"]}"' in refused.text
    assert f'name="closes_at" value="{sent["closes_at"]}"' in refused.text
    assert refused.text.count("checked") >= len(sent["candidate"]) + 1
    assert kept(installation) == []


async def test_a_draft_is_changed_previewed_and_dropped(
    installation: Installation, open_console: OpenConsole, candidates: list[int]
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    await desk.post(ROUNDS, **fields(candidates, who="before", before="2017-11-01T00:00"))
    form = (await desk.open(f"{ROUND}/edit")).text
    assert 'name="before" value="2017-11-01T00:00"' in form
    assert 'value="before" checked' in form
    changed = fields(candidates[:2], ballot_type="yes_no_abstain", min_choices="0", max_choices="2", closes_at="")
    assert "保存好了" in (await desk.post(f"{ROUND}/edit", **changed)).text
    (round,) = kept(installation)
    assert (round.ballot_type, round.closes_at, round.electorate) == ("yes_no_abstain", None, {"followers": True})
    ballot = (await desk.open(f"{ROUND}/preview")).text
    for words in ("逐项选赞成、反对或弃权", "<b>1</b> 职工书屋", "<b>2</b> 户外职工接力站", "一年服务五百人次"):
        assert words in ballot
    assert "这一轮投票取消了" in (await desk.post(f"{ROUND}/drop")).text
    assert kept(installation) == []
    assert (await desk.open(ROUND)).status_code == 404
    late = await desk.post(f"{ROUND}/edit", **changed)
    assert (late.status_code, 'value="实事项目投票"' in late.text) == (404, True)


async def test_a_register_is_offered_and_its_digest_shown(
    installation: Installation, open_console: OpenConsole, candidates: list[int]
) -> None:
    def import_register(station: Station) -> None:
        by = station.room.account("campaigner")
        told = {"title": "二〇一八年会员名册", "entries": 3, "digest": "ab" * 32}
        imported = {"campaign_id": 1, "imported_by": by.id, "imported_at": station.clock.now()}
        station.session.add(Register(**told, **imported))

    at_station(installation, import_register)
    desk = open_console(Role.CAMPAIGNER)
    assert "名册上的会员：二〇一八年会员名册" in (await desk.open(f"{ROUNDS}/new")).text
    told = (await desk.post(ROUNDS, **fields(candidates, who="register-1"))).text
    assert "登记在册的会员" in told
    assert "ab" * 32 in told
    assert 'value="register-1" checked' in (await desk.open(f"{ROUND}/edit")).text


async def test_each_step_says_what_it_does_and_who_goes_on(
    installation: Installation, open_console: OpenConsole, candidates: list[int]
) -> None:
    maker, approver, owner = map(open_console, (Role.CAMPAIGNER, Role.APPROVER, Role.OWNER))
    await maker.post(ROUNDS, **fields(candidates))
    assert "由负责审批的同事来打开投票" in (await maker.open(ROUND)).text
    before = (await approver.open(f"{ROUND}/open")).text
    assert "不能收回" in before
    assert "到 2017-12-02 09:00 自动打开" in before
    assert "投票打开了" in (await approver.post(f"{ROUND}/open", when="now")).text
    assert kept(installation)[0].state is RoundState.OPEN
    cast(installation, "张三", 2, 1, opinion=OPINION)
    cast(installation, "李四", 2)
    assert "组成这一轮的 campaigner 不能自己确认" in (await approver.open(f"{ROUND}/close")).text
    closed = (await approver.post(f"{ROUND}/close")).text
    assert "投票截止了" in closed
    assert "请不要外传" in closed
    confirmed = (await approver.post(f"{ROUND}/confirm")).text
    assert "结果是您确认的，请另一位负责审批的同事来公布" in confirmed
    refused = await approver.post(f"{ROUND}/publish")
    assert (refused.status_code, "另一位同事" in refused.text) == (403, True)
    assert "钥匙会销毁" in (await owner.open(f"{ROUND}/publish")).text
    assert "结果公布了" in (await owner.post(f"{ROUND}/publish")).text
    assert kept(installation)[0].state is RoundState.PUBLISHED


async def test_the_result_can_be_read_aloud(
    installation: Installation, open_console: OpenConsole, opened: None
) -> None:
    for name, numbers in (("张三", (2, 1)), ("李四", (2, 3)), ("王五", (2,))):
        cast(installation, name, *numbers, opinion=f"{OPINION}，{name}" if name == "张三" else "")
    await open_console(Role.APPROVER).post(f"{ROUND}/close")
    (round,) = kept(installation)
    told = html.unescape((await open_console(Role.AUDITOR).open(ROUND)).text)
    assert 'aria-label="户外职工接力站：3 票，占投票人数的 100%"' in told
    assert 'aria-label="职工书屋：1 票，占投票人数的 33%"' in told
    assert told.index("2 号 户外职工接力站") < told.index("1 号 职工书屋")
    assert told.count('class="lot"') == 7
    assert "多放几台微波炉，有事打 〔号码略〕" in told
    assert "13800001234" not in told
    assert round.tally is not None
    assert round.tally["head"] in told
    assert round.seed in told


async def test_units_that_are_small_are_told_together(
    installation: Installation, open_console: OpenConsole, opened: None
) -> None:
    await open_console(Role.APPROVER).post(f"{ROUND}/close")
    with installation.database.writing() as session:
        session.get_one(Round, 1).turnout_by_unit = [["上海某厂", 100, 40], ["甲班组", 3, 1], ["乙班组", 4, 4]]
    told = (await open_console(Role.AUDITOR).open(ROUND)).text
    assert "上海某厂" in told
    assert "40%" in told
    assert "其他单位（合在一起）" in told
    assert "甲班组" not in told


async def test_yes_no_abstain_is_told_in_words(
    installation: Installation, open_console: OpenConsole, candidates: list[int]
) -> None:
    at_station(installation, lambda station: station.opened(ballot_type="yes_no_abstain", min_choices=0))
    cast(installation, "张三", 1)
    told = (await open_console(Role.APPROVER).post(f"{ROUND}/close")).text
    assert "赞成 1 票，反对 0 票，弃权 0 票" in told
    assert "赞成 0 票，反对 0 票，弃权 1 票" in told


async def test_the_clock_opens_and_closes(
    installation: Installation, open_console: OpenConsole, candidates: list[int]
) -> None:
    await open_console(Role.CAMPAIGNER).post(ROUNDS, **fields(candidates))
    approver = open_console(Role.APPROVER)
    assert "到时间自动打开" in (await approver.post(f"{ROUND}/open", when="at_its_time")).text
    assert "已经安排打开了" in (await approver.open(f"{ROUND}/open")).text
    assert (await open_console(Role.CAMPAIGNER).open(f"{ROUND}/edit")).status_code == 409
    installation.clock.advance(days=1)  # type: ignore[attr-defined]
    assert "正在投票" in (await open_console(Role.APPROVER).open(ROUND)).text  # the day before's sign-in is over
    installation.clock.advance(days=7)  # type: ignore[attr-defined]
    told = (await open_console(Role.AUDITOR).open(ROUND)).text
    assert "已截止，待确认" in told
    assert "截止：到时间自动" in told


async def test_secrecy_is_only_tightened(
    installation: Installation, open_console: OpenConsole, opened: None
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    cast(installation, "张三", 1)
    page = (await desk.open(ROUND)).text
    assert "<strong>1</strong> 人投了票" in page
    assert re.findall(r'name="turnout" value="(\w+)"', page) == ["nobody"]
    refused = await desk.post(f"{ROUND}/turnout", turnout="everyone")
    assert (refused.status_code, "只能收紧" in refused.text) == (409, True)
    page = (await desk.post(f"{ROUND}/turnout", turnout="nobody")).text
    assert "保密收紧了" in page
    assert "人投了票。" not in page
    assert kept(installation)[0].turnout is Turnout.NOBODY


async def test_the_log_says_in_words_what_was_done(
    installation: Installation, open_console: OpenConsole, opened: None
) -> None:
    await open_console(Role.APPROVER).post(f"{ROUND}/close")
    told = (await open_console(Role.AUDITOR).open("/console/log")).text
    for words in ("组成一轮投票", "打开投票", "截止投票", "投票 1", "最多选几项", "从中选几项", "档案校验码"):
        assert words in told, words


async def test_four_eyes_are_told_before_they_are_asked(
    installation: Installation, open_console: OpenConsole, candidates: list[int]
) -> None:
    owner = open_console(Role.OWNER)
    await owner.post(ROUNDS, **fields(candidates, opens_at=""))
    await owner.post(f"{ROUND}/open", when="now")
    closed = (await owner.post(f"{ROUND}/close")).text
    assert "是您组成或改过的，请另一位负责审批的同事来确认" in closed
    assert "<button" not in (await owner.open(f"{ROUND}/confirm")).text.split('class="card card-body step"')[1]
    assert (await owner.post(f"{ROUND}/confirm")).status_code == 403


async def test_opening_waits_for_the_phase(
    installation: Installation, open_console: OpenConsole, candidates: list[int]
) -> None:
    await open_console(Role.CAMPAIGNER).post(ROUNDS, **fields(candidates))
    approver = open_console(Role.APPROVER)
    await approver.post("/console/phase", phase="screening", reason="还要再看看")
    assert "到“征求意见”才能打开" in (await approver.open(ROUND)).text
    assert (await approver.post(f"{ROUND}/open", when="now")).status_code == 409


async def test_no_page_tells_anything_of_an_open_round(
    installation: Installation, open_console: OpenConsole, candidates: list[int]
) -> None:
    """Forty-one voters, thirty for one candidate and eleven for another, who all wrote something."""
    at_station(installation, lambda station: station.opened(turnout=Turnout.NOBODY))
    for voter in range(41):
        cast(installation, f"职工{voter}", 2 if voter < 30 else 3, opinion=OPINION)
    owner, walked = open_console(Role.OWNER), 0
    for address in (*every_page(), *(f"{ROUND}/{step}" for step in ("close", "confirm", "publish"))):
        answer = await owner.open(address)
        assert answer.status_code < 500, address
        assert "微波炉" not in answer.text, address
        assert not re.search(r"\b(41|30|11)\b ?(</strong>)? ?[票人]", answer.text), address
        assert "投了有效的票" not in answer.text, address
        walked += answer.status_code == 200
    assert walked > 25


async def test_words_never_become_markup(installation: Installation, open_console: OpenConsole) -> None:
    """All that people write of a round: its title, its candidates, opinions."""
    at_station(installation, lambda station: put_up(station.room, [EVIL]))
    at_station(installation, lambda station: station.opened(title=EVIL, max_choices=1))
    cast(installation, "张三", 1, opinion=EVIL)
    desk = open_console(Role.OWNER)
    await desk.post(f"{ROUND}/close")
    for address in (ROUNDS, ROUND, *(f"{ROUND}/{part}" for part in ("preview", "confirm")), f"{ROUNDS}/new"):
        answer = await desk.open(address)
        assert harm_in(answer) == [], address
        assert "onerror" in answer.text, address
    sent: dict[str, Any] = dict.fromkeys(fields([]), EVIL)
    refused = await desk.post(ROUNDS, **sent)
    assert harm_in(refused) == []

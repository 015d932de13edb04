"""Candidates in the console: composed, edited by two at once, ordered without a script, frozen, dropped."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from app.installation import Installation
from app.triage import candidates
from app.triage.ballot_text import CandidateText
from app.triage.phases import set_phase
from models import Candidate, Proposal
from models.enums import IntakeChannel, Maturity, PhaseKind, Role
from tests.app.console.conftest import OpenConsole
from tests.app.console.sifting import look, prepare, proposal_of, then
from tests.app.triage.room import Room

FIRST, SECOND = "SS2018-0001", "SS2018-0002"
LIST = "/console/candidates"
TYPED: dict[str, Any] = {
    "title": "户外职工接力站",
    "summary": "热水、座位、\n充电",
    "expected_outcome": "服务五千人次",
    "category": "living",
    "department": "权益保障部",
    "cost": "约 20 万元",
    "maturity": "new",
    "indicator": ["新建接力站", "", "服务"],
    "target": ["10 个", " ", "5000 人次"],
    "number": [FIRST],
    "more": "2",
}


def shortlisted(room: Room) -> list[Proposal]:
    return [room.shortlisted(), room.shortlisted()]


def composed(room: Room, *titles: str) -> None:
    by = room.operator("丁", Role.CAMPAIGNER)
    for title in titles:
        proposal = room.shortlisted()
        text = CandidateText(title, "热水、座位", "服务五千人次")
        candidates.compose(room.session, "2018", text, [proposal.number], by=by, clock=room.clock)


def kept(installation: Installation) -> list[Candidate]:
    return look(installation, lambda room: [*candidates.of_campaign(room.session, room.campaign.id)])


def freeze(installation: Installation) -> None:
    def turn(room: Room) -> None:
        set_phase(room.session, "2018", PhaseKind.OPINION, "定稿了", actor="cli:tester", clock=room.clock)

    then(installation, turn)


async def test_composing_begins_with_the_proposals_words(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, shortlisted)
    desk = open_console(Role.CAMPAIGNER)
    choice = (await desk.open(f"{LIST}/new")).text
    assert re.findall(r'name="from" value="([^"]+)"', choice) == [FIRST, SECOND]
    assert "没有提到“电梯”的" in (await desk.open(f"{LIST}/new", q="电梯")).text
    form = (await desk.open(f"{LIST}/new", **{"from": [SECOND, FIRST]})).text
    assert 'name="title" value="为户外职工建第2个接力站"' in form
    assert re.findall(r'name="number" value="([^"]+)" checked', form) == [SECOND, FIRST]


async def test_what_is_typed_is_kept_as_it_should_be(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, shortlisted)
    key = look(installation, lambda room: room.campaign.definition.categories[0].key)
    page = await open_console(Role.CAMPAIGNER).post(LIST, **{**TYPED, "category": key})
    assert "候选项目“户外职工接力站”写好了" in page.text
    (one,) = kept(installation)
    assert (one.summary, one.category, one.maturity) == ("热水、座位、\n充电", key, Maturity.NEW)
    assert one.indicators == [{"title": "新建接力站", "target": "10 个"}, {"title": "服务", "target": "5000 人次"}]
    assert look(installation, lambda room: candidates.numbers_of(room.session, one)) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("changed", "status", "told"),
    [
        ({"title": ""}, 422, "请填写项目名称"),
        ({"category": "never"}, 422, "没有“never”这个类别"),
        ({"indicator": ["新建"], "target": [""]}, 422, "第 1 条指标的目标值"),
        ({"number": [], "more": ""}, 422, "至少选一份入选的提案"),
        ({"more": "SS2018-0003"}, 409, "只有入选的提案才能写进候选项目"),
        ({"more": "SS2018-0009"}, 404, "没有 SS2018-0009 这份提案"),
        ({"more": "那一份"}, 422, "不像提案编号"),
    ],
)
async def test_what_is_refused_keeps_what_was_typed(
    installation: Installation,
    open_console: OpenConsole,
    changed: Mapping[str, Any],
    status: int,
    told: str,
) -> None:
    prepare(installation, lambda room: [*shortlisted(room), room.proposal()])
    refused = await open_console(Role.CAMPAIGNER).post(LIST, **{**TYPED, "category": "", **changed})
    assert refused.status_code == status
    assert told in refused.text
    assert "热水、座位、\n充电</textarea>" in refused.text
    assert 'value="约 20 万元"' in refused.text
    assert kept(installation) == []


async def test_more_rows_without_a_script(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, shortlisted)
    page = (await open_console(Role.CAMPAIGNER).post(LIST, do="row", **TYPED)).text
    assert page.count('name="indicator"') == 4
    assert 'value="5000 人次"' in page
    assert kept(installation) == []


async def test_two_who_edit_at_once_lose_nothing(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: composed(room, "接力站"))
    desk, other = open_console(Role.CAMPAIGNER), open_console(Role.OWNER)
    (one,) = kept(installation)
    address = f"{LIST}/{one.id}"

    def seen(page: str) -> str:
        found = re.search(r'name="seen" value="([^"]+)"', page)
        assert found
        return found[1]

    fields = {**TYPED, "category": "", "more": ""}
    version = seen((await desk.open(address)).text)
    installation.clock.advance(minutes=1)  # type: ignore[attr-defined]
    saved = await other.post(address, seen=version, **{**fields, "cost": "约 30 万元"})
    assert "保存好了" in saved.text
    overtaken = await desk.post(address, seen=version, **fields)
    assert overtaken.status_code == 409
    assert "别的同事也改过" in overtaken.text
    assert "约 30 万元" in overtaken.text
    assert 'value="约 20 万元"' in overtaken.text
    again = await desk.post(address, seen=seen(overtaken.text), **fields)
    assert "保存好了" in again.text
    assert [each.cost for each in kept(installation)] == ["约 20 万元"]


async def test_ordering_with_buttons(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: composed(room, "甲", "乙", "丙"))
    desk = open_console(Role.CAMPAIGNER)
    first, second, third = [each.id for each in kept(installation)]
    for ids, move, order in (
        ([first, second, third], f"up {third}", "甲丙乙"),
        ([first, third, second], f"down {first}", "丙甲乙"),
        ([third, first, second], f"up {third}", "丙甲乙"),
        ([second, third, first], "", "乙丙甲"),
    ):
        await desk.post(f"{LIST}/order", id=ids, move=move)
        assert "".join(each.title for each in kept(installation)) == order
    stale = await desk.post(f"{LIST}/order", id=[first, second], move="")
    assert stale.status_code == 422
    assert "请刷新以后再排一次" in stale.text


async def test_frozen_candidates_are_numbered_and_left_alone(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, lambda room: composed(room, "接力站", "午餐券"))
    desk = open_console(Role.CAMPAIGNER)
    (one, _) = kept(installation)
    freeze(installation)
    page = (await desk.open(LIST)).text
    assert "已经定稿编号" in page
    assert re.findall(r'title="选票上的编号">(\d)<', page) == ["1", "2"]
    assert 'name="move"' not in page
    refused = await desk.post(f"{LIST}/{one.id}", **{**TYPED, "category": "", "more": ""})
    assert refused.status_code == 409
    assert "已经定稿，不能再改" in refused.text
    assert "热水、座位、\n充电</textarea>" in refused.text
    assert (await desk.post(f"{LIST}/{one.id}/drop")).status_code == 409
    assert "户外职工接力站" not in (await desk.open(f"{LIST}/{one.id}")).text
    assert [each.number for each in kept(installation)] == [1, 2]


async def test_dropping_asks_first_and_is_told(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: composed(room, "接力站"))
    desk = open_console(Role.CAMPAIGNER)
    (one,) = kept(installation)
    assert "确定取消" in (await desk.open(f"{LIST}/{one.id}")).text
    assert "它的提案还是入选的" in (await desk.post(f"{LIST}/{one.id}/drop")).text
    assert kept(installation) == []
    late = await desk.post(f"{LIST}/{one.id}", **{**TYPED, "category": "", "more": ""})
    assert late.status_code == 404
    assert "可能已经取消了" in late.text
    assert "热水、座位、\n充电</textarea>" in late.text


async def test_where_it_comes_from_is_told_without_a_workers_unit(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(installation, lambda room: composed(room, "接力站"))

    def by_a_worker(room: Room) -> None:
        one = proposal_of(room, FIRST)
        one.channel, one.unit, one.proposer_name = IntakeChannel.WECHAT, "四平路街道总工会", "王建国"

    then(installation, by_a_worker)
    desk = open_console(Role.AUDITOR)
    for path in (LIST, f"{LIST}/preview"):
        page = (await desk.open(path)).text
        assert FIRST in page
        assert "四平路" not in page
        assert "王建国" not in page
    assert "它从哪 1 份提案来" in page

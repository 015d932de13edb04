"""Candidates: of shortlisted proposals alone, edited and ordered until opinions are asked, then numbered."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.campaigns.queries import NoCampaign
from app.campaigns.rules import PhaseClosed
from app.errors import Forbidden, Invalid, NotFound
from app.operators import log
from app.triage import candidates, phases
from app.triage.ballot_text import CandidateText
from app.triage.candidates import CandidateFrozen, NotShortlisted
from models import Action, Candidate, CandidateSource, Proposal
from models.enums import Maturity, PhaseKind, ProposalStatus, Role
from tests.app.triage.room import Room

TEXT = CandidateText(
    title="户外职工接力站",
    summary="有热水、有座位",
    expected_outcome="一年服务五百人次",
    category="daily_life",
    department="保障工作部",
    cost="二十万元",
    indicators=({"title": "新建接力站", "target": "10 个"},),
    maturity=Maturity.NEW,
)


def compose(room: Room, *sources: Proposal, by: str = "campaigner", text: CandidateText = TEXT) -> Candidate:
    numbers = [source.number for source in sources]
    return candidates.compose(room.session, "2018", text, numbers, by=room.account(by), clock=room.clock)


def edit(
    room: Room, candidate: Candidate, changes: Mapping[str, Any], *sources: Proposal, by: str = "campaigner"
) -> Candidate:
    numbers = [source.number for source in sources] or None
    return candidates.edit(
        room.session, candidate.id, changes, numbers=numbers, by=room.account(by), clock=room.clock
    )


def reorder(room: Room, *wanted: Candidate, by: str = "campaigner") -> None:
    ids = [candidate.id for candidate in wanted]
    candidates.reorder(room.session, "2018", ids, by=room.account(by), clock=room.clock)


def drop(room: Room, candidate: Candidate, by: str = "campaigner") -> None:
    candidates.drop(room.session, candidate.id, by=room.account(by), clock=room.clock)


def turn(room: Room, word: str) -> None:
    phases.set_phase(room.session, "2018", word, "开会定的", actor="cli:tester", clock=room.clock)


def in_order(room: Room) -> list[Candidate]:
    return list(candidates.of_campaign(room.session, room.campaign.id))


def last_detail(room: Room) -> Any:
    return room.session.scalars(select(Action.detail).order_by(Action.id.desc()).limit(1)).one()


def test_a_candidate_has_text_sources_and_a_place(room: Room) -> None:
    one, two = room.shortlisted(), room.shortlisted()
    made = compose(room, two, one)
    assert candidates.text_of(made) == TEXT
    assert candidates.numbers_of(room.session, made) == [one.number, two.number]
    assert (made.place, made.number, made.frozen_at) == (1, None, None)
    assert room.done()[-1] == ("operator:campaigner", "candidate.compose", f"candidate:{made.id}")
    assert one.status is ProposalStatus.SHORTLISTED
    assert compose(room, one).place == 2  # a proposal may be in several


@pytest.mark.parametrize(
    "status", [status for status in ProposalStatus if status is not ProposalStatus.SHORTLISTED]
)
def test_only_what_was_shortlisted_becomes_one(room: Room, status: ProposalStatus) -> None:
    good, bad = room.shortlisted(), room.proposal(status=status)
    with pytest.raises(NotShortlisted, match=bad.number):
        compose(room, good, bad)
    assert in_order(room) == []


def test_every_candidate_comes_from_somewhere(room: Room) -> None:
    with pytest.raises(Invalid, match="来处"):
        compose(room)
    with pytest.raises(NotFound, match="SS2018-9999"):
        candidates.compose(
            room.session, "2018", TEXT, ["SS2018-9999"], by=room.account("campaigner"), clock=room.clock
        )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": " "}, "请填写项目名称"),
        ({"title": "长" * 61}, "项目名称最多 60 个字"),
        ({"summary": ""}, "请填写简介"),
        ({"summary": "长" * 6001}, "简介最多"),
        ({"expected_outcome": "\n"}, "请填写预期目标"),
        ({"department": "长" * 201}, "责任部门最多"),
        ({"cost": "长" * 201}, "经费最多"),
        ({"category": "nonsense"}, "没有“nonsense”这个类别"),
        ({"indicators": ({"title": "人次", "target": ""},)}, "第 1 条指标的目标值"),
        ({"indicators": ({"target": "3"},)}, "第 1 条指标的名称"),
        ({"indicators": ({"title": "人次", "target": "3"},) * 51}, "最多 50 条"),
    ],
)
def test_what_is_wrong_with_the_text_is_said(room: Room, changes: Mapping[str, Any], told: str) -> None:
    source = room.shortlisted()
    with pytest.raises(Invalid, match=told):
        compose(room, source, text=replace(TEXT, **changes))
    made = compose(room, source)
    with pytest.raises(Invalid, match=told):
        edit(room, made, changes)
    assert candidates.text_of(made) == TEXT


def test_all_that_is_wrong_is_said_at_once(room: Room) -> None:
    with pytest.raises(Invalid) as caught:
        compose(room, room.shortlisted(), text=replace(TEXT, title="", summary=""))
    assert caught.value.message == "请填写项目名称；请填写简介。"


@pytest.mark.parametrize("role", [Role.INTAKE, Role.REVIEWER, Role.APPROVER, Role.AUDITOR])
def test_campaigners_and_owners_make_them(room: Room, role: Role) -> None:
    source = room.shortlisted()
    made = compose(room, source, by="owner")
    for refused in (
        lambda: compose(room, source, by=role.value),
        lambda: edit(room, made, {"title": "别的"}, by=role.value),
        lambda: reorder(room, made, by=role.value),
        lambda: drop(room, made, by=role.value),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_editing_changes_what_is_named_and_tells_the_log_what_it_was(room: Room) -> None:
    made = compose(room, room.shortlisted())
    edit(room, made, {"cost": "三十万元", "category": None})
    assert candidates.text_of(made) == replace(TEXT, cost="三十万元", category=None)
    assert made.edited_at == room.clock.now()
    assert last_detail(room) == {
        "cost": {"from": "二十万元", "to": "三十万元"},
        "category": {"from": "daily_life", "to": None},
    }


def test_editing_nothing_is_nothing(room: Room) -> None:
    made = compose(room, source := room.shortlisted())
    before = room.done()
    edit(room, made, {"title": TEXT.title}, source)
    assert made.edited_at is None
    assert room.done() == before


def test_it_may_come_from_others_later(room: Room) -> None:
    one, two, bad = room.shortlisted(), room.shortlisted(), room.proposal()
    made = compose(room, one)
    edit(room, made, {}, two)
    assert candidates.numbers_of(room.session, made) == [two.number]
    assert last_detail(room) == {"proposals": {"from": [one.number], "to": [two.number]}}
    with pytest.raises(NotShortlisted):
        edit(room, made, {}, bad)
    with pytest.raises(Invalid):
        candidates.edit(room.session, made.id, {}, numbers=[], by=room.account("campaigner"), clock=room.clock)


def test_they_are_put_into_an_order(room: Room) -> None:
    one, two, three = (compose(room, room.shortlisted()) for _ in range(3))
    reorder(room, three, one, two)
    assert in_order(room) == [three, one, two]
    assert last_detail(room) == {"from": [one.id, two.id, three.id], "to": [three.id, one.id, two.id]}
    for wrong in ((one, two), (one, one, two, three), (one, one, two)):
        with pytest.raises(Invalid, match="刷新"):
            reorder(room, *wrong)
    assert in_order(room) == [three, one, two]


def test_one_that_is_dropped_leaves_its_proposals_shortlisted(room: Room) -> None:
    made = compose(room, source := room.shortlisted())
    drop(room, made)
    assert in_order(room) == []
    assert room.session.scalars(select(CandidateSource)).all() == []
    assert source.status is ProposalStatus.SHORTLISTED
    assert last_detail(room)["from"]["title"] == TEXT.title
    with pytest.raises(NotFound):
        drop(room, made)


def test_when_opinions_are_asked_they_are_numbered_in_their_order(room: Room) -> None:
    one, two, three = (compose(room, room.shortlisted()) for _ in range(3))
    reorder(room, three, one, two)
    turn(room, "opinion")
    assert [candidate.number for candidate in (three, one, two)] == [1, 2, 3]
    assert {candidate.frozen_at for candidate in (one, two, three)} == {room.clock.now()}
    assert room.done()[-1] == ("cli:tester", "candidate.freeze", "campaign:2018")


def test_frozen_is_frozen(room: Room) -> None:
    one, two = compose(room, source := room.shortlisted()), compose(room, source)
    turn(room, "opinion")
    before = room.dump()
    for refused in (
        lambda: edit(room, one, {"title": "别的"}),
        lambda: edit(room, one, {}, source),
        lambda: reorder(room, two, one),
        lambda: drop(room, one),
    ):
        with pytest.raises(CandidateFrozen) as caught:
            refused()
        assert caught.value.status == 409
    assert room.dump() == before


def test_one_that_is_made_while_opinions_are_asked_has_its_number_at_once(room: Room) -> None:
    source = room.shortlisted()
    compose(room, source)
    turn(room, "opinion")
    late = compose(room, source)
    assert (late.number, late.frozen_at) == (2, room.clock.now())


def test_numbers_stay_when_the_phase_is_turned_back(room: Room) -> None:
    one = compose(room, source := room.shortlisted())
    turn(room, "opinion")
    turn(room, "screening")
    two = compose(room, source)
    reorder(room, two, one)
    edit(room, one, {"title": "改正了一个错字"})
    turn(room, "opinion")
    assert (one.number, two.number) == (1, 2)


@pytest.mark.parametrize("phase", [PhaseKind.COLLECTING, PhaseKind.PUBLISHED])
def test_outside_its_phases_none_is_made_or_changed(room: Room, phase: PhaseKind) -> None:
    made = compose(room, source := room.shortlisted())
    turn(room, phase)
    with pytest.raises(PhaseClosed):
        compose(room, source)
    with pytest.raises(CandidateFrozen):
        edit(room, made, {"title": "别的"})


def test_the_calendar_freezes_as_a_hand_does_and_once(room: Room) -> None:
    made = compose(room, room.shortlisted())
    turn(room, "auto")
    room.clock.time = datetime.fromisoformat("2018-01-20T23:59:59+08:00")
    assert phases.freeze_all_due(room.session, room.clock) == 0
    room.clock.advance(seconds=1)
    assert phases.freeze_all_due(room.session, room.clock) == 1
    assert made.number == 1
    assert room.done()[-1] == ("calendar", "candidate.freeze", "campaign:2018")
    before = room.dump()
    assert phases.freeze_all_due(room.session, room.clock) == 0
    assert room.dump() == before
    assert log.verify(room.session) is None


def test_when_the_calendar_has_turned_nothing_changes_before_the_numbers_are_given(room: Room) -> None:
    made = compose(room, source := room.shortlisted())
    turn(room, "auto")
    room.clock.time = datetime.fromisoformat("2018-01-21T00:00:00+08:00")
    with pytest.raises(CandidateFrozen):
        edit(room, made, {"title": "别的"})
    assert compose(room, source).number == 2
    assert made.number == 1


def test_turning_to_another_phase_freezes_nothing(room: Room) -> None:
    made = compose(room, room.shortlisted())
    turn(room, "published")
    assert made.number is None
    with pytest.raises(NoCampaign):
        phases.set_phase(room.session, "1999", "opinion", "开会定的", actor="cli:tester", clock=room.clock)

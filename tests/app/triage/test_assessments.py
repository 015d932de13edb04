"""Reviewers' cards: complete, blind to one another, by two people, and by a third when somebody asks for it."""

from functools import partial

import pytest

from app.campaigns.rules import PhaseClosed
from app.campaigns.service import set_phase
from app.errors import Forbidden, Invalid, NotFound
from app.operators.queries import Account
from app.triage import assessments, cards, merging
from app.triage.assessments import NotToBeAssessed, OwnUnit
from app.triage.cards import AssessmentSheet
from app.triage.queue import desk, next_after
from app.triage.rules import Card, IncompleteCard
from models import Action, Assessment, Proposal, SecondLook
from models.enums import Conclusion, DecisionKind, PhaseKind, ProposalStatus, Role
from tests.app.triage.room import REASON, Room


def assess(room: Room, proposal: Proposal, by: str, card: Card | None = None) -> Assessment:
    return assessments.assess(
        room.session, proposal.number, card or room.card(), by=room.account(by), clock=room.clock
    )


def ask_again(room: Room, proposal: Proposal, by: str = "甲", reason: str = REASON) -> SecondLook:
    return assessments.ask_again(room.session, proposal.number, reason, by=room.account(by), clock=room.clock)


def sheet(room: Room, proposal: Proposal, by: str) -> AssessmentSheet:
    return cards.sheet(room.session, proposal, room.account(by), room.campaign.definition.criteria)


def queue(room: Room, by: str) -> list[Proposal]:
    """What still wants this reviewer's card."""
    return [row.proposal for row in desk(room.session, room.campaign.id, room.account(by)).to_assess.rows]


def test_a_card_is_kept_and_logged_without_what_it_says(room: Room) -> None:
    proposal = room.proposal()
    made = assess(room, proposal, "甲", room.card(3, Conclusion.HOLD))
    assert (set(made.scores.values()), made.conclusion, made.look) == ({3}, Conclusion.HOLD, 0)
    assert room.done()[-1] == ("operator:甲", "proposal.assess", f"proposal:{proposal.number}")
    logged = room.session.query(Action).order_by(Action.id.desc()).limit(1).one().detail
    assert logged["from"] is None
    assert "说得通" not in str(logged)
    assert "hold" not in str(logged)


def test_an_incomplete_card_is_not_kept(room: Room) -> None:
    proposal = room.proposal()
    with pytest.raises(IncompleteCard):
        assess(room, proposal, "甲", Card({}, {}, Conclusion.RECOMMEND))
    assert cards.standing(room.session, proposal) == (0, 2)


@pytest.mark.parametrize("role", [Role.INTAKE, Role.CAMPAIGNER, Role.APPROVER, Role.AUDITOR])
def test_only_reviewers_and_owners_assess(room: Room, role: Role) -> None:
    proposal = room.proposal()
    with pytest.raises(Forbidden):
        assess(room, proposal, role.value)
    assert sheet(room, proposal, role.value).refusal
    assess(room, proposal, Role.OWNER.value)


@pytest.mark.parametrize("phase", [PhaseKind.COLLECTING, PhaseKind.PUBLISHED])
def test_outside_its_phases_nothing_is_assessed(room: Room, phase: PhaseKind) -> None:
    proposal = room.proposal()
    set_phase(room.session, "2018", phase, "开会定的", actor="cli:tester", clock=room.clock)
    with pytest.raises(PhaseClosed):
        assess(room, proposal, "甲")
    with pytest.raises(PhaseClosed):
        ask_again(room, proposal)


def test_what_there_is_not_cannot_be_assessed(room: Room) -> None:
    with pytest.raises(NotFound):
        assessments.assess(room.session, "SS2018-9999", room.card(), by=room.account("甲"), clock=room.clock)


@pytest.mark.parametrize(
    "status",
    [ProposalStatus.REJECTED, ProposalStatus.SHORTLISTED, ProposalStatus.MERGED, ProposalStatus.WITHDRAWN],
)
def test_what_was_decided_is_not_assessed(room: Room, status: ProposalStatus) -> None:
    with pytest.raises(NotToBeAssessed):
        assess(room, room.proposal(status=status), "甲")


def test_nobody_assesses_the_own_unit(room: Room) -> None:
    mine = room.operator("丁", Role.REVIEWER, unit="殷行街道总工会")
    proposal, other = room.proposal(unit="杨浦区殷行街道总工会"), room.proposal(unit="五角场街道总工会")
    with pytest.raises(OwnUnit, match="自己单位"):
        assess(room, proposal, "丁")
    assert "自己单位" in sheet(room, proposal, "丁").refusal
    assert queue(room, "丁") == [other]
    assert sheet(room, other, mine.name).refusal == ""


def test_until_both_are_in_nobody_sees_the_other(room: Room) -> None:
    proposal = room.proposal()
    assess(room, proposal, "甲")
    own, other, auditor = (sheet(room, proposal, name) for name in ("甲", "乙", "auditor"))
    assert [given.operator for given in own.cards] == ["甲"]
    assert (other.cards, other.own, other.revealed, other.given, other.needed) == ((), None, False, 1, 2)
    assert auditor.cards == ()
    assert {result.mean for result in (*own.results, *other.results)} == {None}


def test_when_both_are_in_everybody_sees_both_with_mean_and_spread(room: Room) -> None:
    proposal = room.proposal()
    assess(room, proposal, "甲", room.card(5))
    assess(room, proposal, "乙", room.card(2))
    for name in ("甲", "乙", "丙", "auditor"):
        seen = sheet(room, proposal, name)
        assert seen.revealed
        assert seen.is_complete
        assert [given.operator for given in seen.cards] == ["甲", "乙"]
        assert {(result.mean, result.spread) for result in seen.results} == {(3.5, 3)}


def test_the_own_card_may_be_replaced_while_it_is_the_only_one(room: Room) -> None:
    proposal = room.proposal()
    first = assess(room, proposal, "甲", room.card(1))
    assert assess(room, proposal, "甲", room.card(5)).id == first.id
    assert cards.standing(room.session, proposal) == (1, 2)
    own = sheet(room, proposal, "甲").own
    assert own is not None
    assert set(own.card.scores.values()) == {5}
    assess(room, proposal, "乙")
    for name in ("甲", "乙"):
        with pytest.raises(NotToBeAssessed, match="不能再改"):
            assess(room, proposal, name)


def test_one_person_is_one_assessment(room: Room) -> None:
    proposal = room.proposal()
    assess(room, proposal, "甲")
    assess(room, proposal, "甲")
    assert not sheet(room, proposal, "甲").is_complete


def test_a_second_look_needs_one_more_card_by_somebody_else(room: Room) -> None:
    proposal = room.proposal()
    room.assessed(proposal, "甲", "乙")
    ask_again(room, proposal)
    assert cards.standing(room.session, proposal) == (2, 3)
    with pytest.raises(NotToBeAssessed, match="另一位"):
        assess(room, proposal, "甲")
    assert sheet(room, proposal, "丙").cards == ()  # blind to the first two
    assert len(sheet(room, proposal, "甲").cards) == 2
    assert assess(room, proposal, "丙").look == 1
    assert sheet(room, proposal, "丙").is_complete


def test_a_second_look_is_one_more_also_where_three_had_looked(room: Room) -> None:
    proposal = room.proposal()
    room.assessed(proposal, "甲", "乙", "丙")
    ask_again(room, proposal)
    assert not sheet(room, proposal, "甲").is_complete
    assert queue(room, "owner") == [proposal]
    assert assess(room, proposal, "owner").look == 1
    assert sheet(room, proposal, "甲").is_complete


def test_a_second_look_is_asked_once_at_a_time_and_after_the_first(room: Room) -> None:
    proposal = room.proposal()
    with pytest.raises(NotToBeAssessed, match="没有收齐"):
        ask_again(room, proposal)
    room.assessed(proposal, "甲", "乙")
    with pytest.raises(Invalid):
        ask_again(room, proposal, reason="  ")
    with pytest.raises(Forbidden):
        ask_again(room, proposal, by="intake")
    ask_again(room, proposal)
    with pytest.raises(NotToBeAssessed):
        ask_again(room, proposal)
    assert [asked.operator for asked in sheet(room, proposal, "甲").second_looks] == ["甲"]


def test_who_was_turned_down_is_open_again_and_told(room: Room) -> None:
    proposal = room.proposal("小王")
    room.assessed(proposal, "甲", "乙")
    room.decided(proposal, DecisionKind.REJECT)
    ask_again(room, proposal, by="乙")
    assert (proposal.status, proposal.status_reason) == (ProposalStatus.SUBMITTED, None)
    assert "再看一次" in room.told("小王")[-1]
    assert queue(room, "丙") == [proposal]


def test_the_queue_has_what_still_needs_this_reviewer(room: Room) -> None:
    fresh, begun, done, mine = (room.proposal() for _ in range(4))
    room.assessed(begun, "乙")
    room.assessed(done, "乙", "丙")
    room.assessed(mine, "甲")
    room.proposal(status=ProposalStatus.WITHDRAWN)
    assert queue(room, "甲") == [begun, fresh]


def test_the_desk_has_what_waits_for_colleagues_and_what_is_complete(room: Room) -> None:
    begun, done, again = (room.proposal() for _ in range(3))
    room.assessed(begun, "甲")
    room.assessed(done, "甲", "乙")
    room.assessed(again, "甲", "乙")
    ask_again(room, again, reason="差得太远")
    found = desk(room.session, room.campaign.id, room.account("甲"))
    assert found.to_assess.count == 0
    assert [(row.proposal, row.given, row.needed, row.asked) for row in found.with_colleagues.rows] == [
        (again, 2, 3, "差得太远"),
        (begun, 1, 2, ""),
    ]
    assert [row.proposal for row in found.complete.rows] == [done]


def test_after_one_card_comes_the_next(room: Room) -> None:
    one, two = room.proposal(), room.proposal()
    following = partial(next_after, room.session, room.campaign.id, room.account("甲"))
    assert following(one.number) == two.number
    room.assessed(two, "甲")
    assert following(one.number) is None


def test_counts_are_of_each_proposal(room: Room) -> None:
    one, two = room.proposal(), room.proposal()
    room.assessed(one, "甲", "乙")
    ask_again(room, one)
    assert cards.counts(room.session, [one, two]) == {one.id: (2, 3), two.id: (0, 2)}
    assert cards.counts(room.session, []) == {}


def test_an_account_without_roles_sees_no_cards(room: Room) -> None:
    proposal = room.proposal()
    assess(room, proposal, "甲")
    nobody = Account(room.account("甲").id + 1000, "谁", frozenset())
    seen = cards.sheet(room.session, proposal, nobody, room.campaign.definition.criteria)
    assert seen.cards == ()
    assert seen.refusal


def test_the_own_unit_is_known_also_where_its_proposal_was_merged(room: Room) -> None:
    room.operator("丁", Role.REVIEWER, unit="殷行街道总工会")
    leading, joined = room.proposal(unit="长白新村街道总工会"), room.proposal(unit="殷行街道总工会")
    merging.merge(room.session, leading.number, [joined.number], REASON, by=room.account("甲"), clock=room.clock)
    with pytest.raises(OwnUnit):
        assess(room, leading, "丁")

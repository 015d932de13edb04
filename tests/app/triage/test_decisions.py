"""Deciding: who may, when, in which state; prepared and published together; the author is owed the answer."""

import pytest

from app.campaigns.rules import PhaseClosed
from app.campaigns.service import set_phase
from app.errors import Forbidden, Invalid, NotFound
from app.triage import assessments, decisions, merging, rules
from app.triage.decisions import NotToBeDecided, Verdict
from models import Decision, Proposal
from models.enums import DecisionKind, PhaseKind, ProposalStatus, Role
from tests.app.triage.room import REASON, Room

RETURN, REJECT, SHORTLIST = DecisionKind


def decide_all(room: Room, kind: DecisionKind, *proposals: Proposal, hold: bool = False) -> list[Decision]:
    numbers = [proposal.number for proposal in proposals]
    verdict = Verdict(kind, REASON)
    return decisions.decide_all(room.session, numbers, verdict, by=room.account("甲"), clock=room.clock, hold=hold)


def publish(room: Room, *proposals: Proposal, by: str = "甲") -> int:
    numbers = [proposal.number for proposal in proposals] or None
    return decisions.publish(room.session, room.campaign.id, numbers, by=room.account(by), clock=room.clock)


def take_back(room: Room, proposal: Proposal, by: str = "甲") -> None:
    decisions.take_back(room.session, proposal.number, by=room.account(by), clock=room.clock)


def waiting(room: Room) -> list[str]:
    return [proposal.number for _, proposal in decisions.prepared(room.session, room.campaign.id)]


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        (RETURN, ProposalStatus.RETURNED, REASON),
        (REJECT, ProposalStatus.REJECTED, REASON),
        (SHORTLIST, ProposalStatus.SHORTLISTED, None),
    ],
)
def test_a_decision_changes_the_status_and_is_logged(
    room: Room, kind: DecisionKind, status: ProposalStatus, reason: str | None
) -> None:
    proposal = room.proposal("小王")
    room.assessed(proposal, "甲", "乙")
    room.decided(proposal, kind)
    assert (proposal.status, proposal.status_reason) == (status, reason)
    assert room.done()[-1] == ("operator:甲", "proposal.decide", f"proposal:{proposal.number}")
    assert len(room.told("小王")) == 1
    assert proposal.number in room.told("小王")[0]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.INTAKE, {RETURN}),
        (Role.REVIEWER, {RETURN, REJECT, SHORTLIST}),
        (Role.CAMPAIGNER, set()),
        (Role.APPROVER, set()),
        (Role.AUDITOR, set()),
        (Role.OWNER, {RETURN, REJECT, SHORTLIST}),
    ],
)
def test_who_may_decide_what(room: Room, role: Role, may: set[DecisionKind]) -> None:
    for kind in DecisionKind:
        proposal = room.proposal()
        room.assessed(proposal, "甲", "乙")
        if kind in may:
            room.decided(proposal, kind, by=role.value)
        else:
            with pytest.raises(Forbidden):
                room.decided(proposal, kind, by=role.value)


def test_in_collecting_one_may_ask_for_more_and_nothing_else(room: Room) -> None:
    proposal = room.proposal()
    room.assessed(proposal, "甲", "乙")
    set_phase(room.session, "2018", "collecting", "补一天", actor="cli:tester", clock=room.clock)
    for kind in (REJECT, SHORTLIST):
        with pytest.raises(PhaseClosed):
            room.decided(proposal, kind)
    room.decided(proposal, RETURN)


@pytest.mark.parametrize("kind", DecisionKind)
def test_what_was_published_is_decided(room: Room, kind: DecisionKind) -> None:
    proposal = room.proposal()
    room.assessed(proposal, "甲", "乙")
    set_phase(room.session, "2018", PhaseKind.PUBLISHED, "公布了", actor="cli:tester", clock=room.clock)
    with pytest.raises(PhaseClosed):
        room.decided(proposal, kind)


@pytest.mark.parametrize("reason", ["", "  \n", "长" * (rules.REASON_TOLD + 1), "坏\x00字"])
def test_a_reason_is_always_given(room: Room, reason: str) -> None:
    proposal = room.proposal()
    with pytest.raises(Invalid):
        decisions.decide(
            room.session, proposal.number, Verdict(RETURN, reason), by=room.account("甲"), clock=room.clock
        )
    assert proposal.status is ProposalStatus.SUBMITTED


def test_shortlisting_takes_two_reviewers(room: Room) -> None:
    proposal = room.proposal()
    for _ in range(2):
        with pytest.raises(NotToBeDecided, match="2 位同事"):
            room.decided(proposal, SHORTLIST)
        room.assessed(proposal, "甲")
    room.assessed(proposal, "乙")
    room.decided(proposal, SHORTLIST)


def test_a_second_look_must_be_in_before_shortlisting(room: Room) -> None:
    proposal = room.proposal()
    room.assessed(proposal, "甲", "乙")
    assessments.ask_again(room.session, proposal.number, "差得太远", by=room.account("乙"), clock=room.clock)
    with pytest.raises(NotToBeDecided, match="3 位同事"):
        room.decided(proposal, SHORTLIST)
    room.assessed(proposal, "丙")
    room.decided(proposal, SHORTLIST)


@pytest.mark.parametrize("kind", DecisionKind)
@pytest.mark.parametrize("status", [ProposalStatus.REJECTED, ProposalStatus.MERGED, ProposalStatus.WITHDRAWN])
def test_what_is_done_with_is_not_decided_again(room: Room, kind: DecisionKind, status: ProposalStatus) -> None:
    with pytest.raises(NotToBeDecided):
        room.decided(room.proposal(status=status), kind)


def test_a_choice_can_be_taken_back(room: Room) -> None:
    proposal = room.shortlisted()
    room.decided(proposal, REJECT)
    assert proposal.status is ProposalStatus.REJECTED


def test_of_several_all_are_decided_or_none_and_the_obstacles_named(room: Room) -> None:
    good, gone, bad = (
        room.proposal(),
        room.proposal(status=ProposalStatus.WITHDRAWN),
        room.proposal(status=ProposalStatus.MERGED),
    )
    with pytest.raises(NotToBeDecided) as caught:
        decide_all(room, REJECT, good, gone, bad)
    assert gone.number in caught.value.message
    assert bad.number in caught.value.message
    assert good.status is ProposalStatus.SUBMITTED
    assert len(decide_all(room, REJECT, good, room.proposal())) == 2


def test_what_there_is_not_is_named(room: Room) -> None:
    with pytest.raises(NotFound, match="SS2018-9999"):
        decisions.decide(
            room.session, "SS2018-9999", Verdict(RETURN, REASON), by=room.account("甲"), clock=room.clock
        )


def test_the_ground_is_from_the_list_and_its_sentence_is_told(room: Room) -> None:
    proposal, owner = room.proposal("小王"), room.account("甲")
    for verdict in (Verdict(REJECT, REASON, "nonsense"), Verdict(RETURN, REASON, "routine")):
        with pytest.raises(Invalid):
            decisions.decide(room.session, proposal.number, verdict, by=owner, clock=room.clock)
    verdict = Verdict(REJECT, "可以到服务中心办理", "routine")
    made = decisions.decide(room.session, proposal.number, verdict, by=owner, clock=room.clock)
    assert (made.ground, made.reason) == ("routine", "可以到服务中心办理")
    sentence = next(one.sentence for one in room.campaign.definition.grounds if one.key == "routine")
    assert room.told("小王")[0].count(f"{sentence}。可以到服务中心办理") == 1
    assert proposal.status_reason == f"{sentence}。可以到服务中心办理"


def test_what_is_prepared_changes_nothing_and_nobody_hears_of_it(room: Room) -> None:
    proposal = room.proposal("小王")
    before = room.dump(without=["actions", "decisions"])
    room.decided(proposal, REJECT, hold=True)
    assert room.dump(without=["actions", "decisions"]) == before
    assert waiting(room) == [proposal.number]
    assert decisions.is_prepared(room.session, proposal)


def test_what_was_prepared_is_published_together(room: Room) -> None:
    proposals = [room.proposal(name) for name in ("小王", "小李", "小张")]
    decide_all(room, REJECT, *proposals, hold=True)
    assert publish(room, proposals[1]) == 1
    assert [one.status for one in proposals] == ["submitted", "rejected", "submitted"]
    assert publish(room) == 2
    assert publish(room) == 0
    assert [len(room.told(name)) for name in ("小王", "小李", "小张")] == [1, 1, 1]
    assert waiting(room) == []


def test_preparing_again_replaces_and_deciding_at_once_does_too(room: Room) -> None:
    proposal = room.proposal()
    room.decided(proposal, REJECT, hold=True)
    room.decided(proposal, RETURN, hold=True)
    assert [one.kind for one in decisions.history(room.session, proposal)] == [RETURN]
    room.decided(proposal, REJECT)
    assert waiting(room) == []
    assert proposal.status is ProposalStatus.REJECTED


def test_what_waits_is_not_replaced_by_who_could_not_decide_it(room: Room) -> None:
    proposal = room.proposal("小王")
    room.decided(proposal, REJECT, hold=True)
    with pytest.raises(NotToBeDecided, match="等着公布的“不采纳”"):
        room.decided(proposal, RETURN, by="intake")
    assert (proposal.status, waiting(room)) == (ProposalStatus.SUBMITTED, [proposal.number])


def test_the_log_tells_of_what_was_replaced(room: Room) -> None:
    proposal = room.proposal("小王")
    room.decided(proposal, REJECT, hold=True)
    room.decided(proposal, RETURN, by="乙")
    subject = f"proposal:{proposal.number}"
    assert room.done()[-2:] == [
        ("operator:乙", "proposal.decision_taken_back", subject),
        ("operator:乙", "proposal.decide", subject),
    ]


def test_when_one_has_moved_on_none_is_published(room: Room) -> None:
    stays, moved = room.proposal("小王"), room.proposal("小李")
    decide_all(room, REJECT, stays, moved, hold=True)
    moved.status = ProposalStatus.WITHDRAWN
    with pytest.raises(NotToBeDecided, match=moved.number):
        publish(room)
    assert stays.status is ProposalStatus.SUBMITTED
    take_back(room, moved)
    assert publish(room) == 1


def test_what_was_prepared_can_be_taken_back_once(room: Room) -> None:
    proposal = room.proposal()
    room.decided(proposal, REJECT, hold=True)
    take_back(room, proposal, by="乙")
    assert room.done()[-1] == ("operator:乙", "proposal.decision_taken_back", f"proposal:{proposal.number}")
    with pytest.raises(NotFound):
        take_back(room, proposal)


@pytest.mark.parametrize("role", [Role.CAMPAIGNER, Role.APPROVER, Role.AUDITOR])
def test_who_decides_nothing_publishes_nothing(room: Room, role: Role) -> None:
    proposal = room.proposal()
    with pytest.raises(Forbidden):
        publish(room, by=role.value)
    with pytest.raises(Forbidden):
        take_back(room, proposal, by=role.value)


def test_intake_publishes_what_it_may_decide(room: Room) -> None:
    asked, turned_down = room.proposal(), room.proposal()
    room.decided(asked, RETURN, hold=True)
    room.decided(turned_down, REJECT, hold=True)
    with pytest.raises(Forbidden):
        publish(room, by="intake")
    assert publish(room, asked, by="intake") == 1


def test_everybody_whose_words_are_handled_with_it_hears_of_it(room: Room) -> None:
    leading, merged = room.proposal("小王"), room.proposal("小李")
    merging.merge(room.session, leading.number, [merged.number], REASON, by=room.account("甲"), clock=room.clock)
    room.decided(leading, RETURN)
    assert [len(room.told(name)) for name in ("小王", "小李")] == [1, 1]  # only the author is asked for more
    room.decided(leading, REJECT)
    told = room.told("小李")[-1]
    assert merged.number in told
    assert f"已合并到 {leading.number}" in told
    assert REASON in told
    assert merged.status is ProposalStatus.MERGED


def test_history_has_every_decision(room: Room) -> None:
    proposal = room.proposal()
    room.decided(proposal, RETURN)
    room.decided(proposal, REJECT)
    assert [one.kind for one in decisions.history(room.session, proposal)] == [RETURN, REJECT]


def test_what_was_prepared_is_read_again_when_its_author_has_changed_the_proposal(room: Room) -> None:
    proposal = room.proposal("小王")
    decide_all(room, REJECT, proposal, hold=True)
    room.clock.advance(hours=1)
    proposal.amended_at = room.clock.now()
    with pytest.raises(NotToBeDecided, match="后来又改过内容"):
        publish(room)
    assert waiting(room) == [proposal.number]
    decide_all(room, REJECT, proposal, hold=True)
    assert publish(room) == 1

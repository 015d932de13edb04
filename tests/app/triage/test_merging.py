"""Merging and undoing: nothing is lost, everybody is told, and afterwards all is as it was."""

import pytest
from sqlalchemy import event, select, update

from app.campaigns.rules import PhaseClosed
from app.campaigns.service import set_phase
from app.errors import Forbidden, Invalid, NotFound
from app.operators import log
from app.triage import candidates, families, merging, phases
from app.triage.ballot_text import CandidateText
from app.triage.merging import Merged, NotToBeMerged
from models import Action, Campaign, Delivery, Proposal
from models.enums import DecisionKind, DeliveryState, ProposalStatus, Role
from tests.app.triage.room import REASON, Room

LEDGERS = ("actions", "deliveries")


def merge(room: Room, into: Proposal, *sources: Proposal, by: str = "甲", reason: str = REASON) -> Merged:
    numbers = [source.number for source in sources]
    made = merging.merge(room.session, into.number, numbers, reason, by=room.account(by), clock=room.clock)
    return merging.one(room.session, made.id)


def undo(room: Room, merged: Merged, by: str = "甲") -> None:
    merging.undo(room.session, merged.merge.id, by=room.account(by), clock=room.clock)


def compose(room: Room, *sources: Proposal) -> int:
    text = CandidateText("接力站", "有热水", "五百人次")
    numbers = [source.number for source in sources]
    by = room.account("campaigner")
    return candidates.compose(room.session, "2018", text, numbers, by=by, clock=room.clock).id


def test_what_is_merged_keeps_words_author_and_all_it_had(room: Room) -> None:
    into, source = room.proposal("小王"), room.proposal("小李", status_reason="等补充", status="returned")
    words = (source.title, source.summary, source.follower_id)
    merged = merge(room, into, source)
    assert (source.status, source.merged_into_id) == (ProposalStatus.MERGED, into.id)
    assert (source.title, source.summary, source.follower_id) == words
    assert into.status is ProposalStatus.SUBMITTED
    assert (merged.into, merged.numbers) == (into.number, (source.number,))
    assert [one.merge.id for one in merging.of_campaign(room.session, room.campaign.id)] == [merged.merge.id]


def test_merge_and_undo_leave_every_row_as_it_was(room: Room) -> None:
    into, asked, chosen = room.proposal("小王"), room.proposal("小李"), room.shortlisted("小张")
    room.decided(asked, DecisionKind.RETURN)
    below = room.proposal("小赵")
    merge(room, asked, below)
    before = room.dump(without=LEDGERS)
    merged = merge(room, into, asked, chosen)
    assert room.dump(without=LEDGERS) != before
    undo(room, merged)
    assert room.dump(without=LEDGERS) == before


def test_while_nobody_has_heard_of_it_not_even_a_message_is_left(room: Room) -> None:
    into, source = room.proposal("小王"), room.proposal("小李")
    before = room.dump(without=["actions"])
    undo(room, merge(room, into, source))
    assert room.dump(without=["actions"]) == before


def test_everybody_whose_words_moved_is_told(room: Room) -> None:
    into, source, below = room.proposal("小王"), room.proposal("小李"), room.proposal("小张")
    merge(room, source, below)
    merge(room, into, source)
    assert room.told("小王") == []
    assert [into.number in told for told in room.told("小李")] == [True]
    assert [number in told for number, told in zip((source.number, into.number), room.told("小张"), strict=True)]
    assert below.number in room.told("小张")[-1]


def test_who_was_told_of_the_merge_is_told_of_the_undoing(room: Room) -> None:
    into, heard, waits = room.proposal("小王"), room.proposal("小李"), room.proposal("小张")
    merged = merge(room, into, heard, waits)
    sent = update(Delivery).where(Delivery.about == f"proposal:{heard.id}")
    room.session.execute(sent.values(state=DeliveryState.SENT))
    undo(room, merged)
    assert "恢复" in room.told("小李")[-1]
    assert room.told("小张") == []


def test_of_many_the_families_are_read_level_by_level(room: Room) -> None:
    into, source, below, other = (room.proposal() for _ in range(4))
    merge(room, source, below)
    merge(room, into, source, other)
    everyone = [into, source, below, other]
    assert families.below_each(room.session, everyone) == {
        one.id: families.below(room.session, one) for one in everyone
    }
    assert families.below_each(room.session, everyone)[into.id] == [source, below, other]
    few, many = (statements(room, some) for some in ([into], everyone))
    assert few == many


def statements(room: Room, some: list[Proposal]) -> int:
    asked = []
    engine = room.session.get_bind()
    event.listen(engine, "before_cursor_execute", heard := lambda *told: asked.append(told[2]))
    families.below_each(room.session, some)
    event.remove(engine, "before_cursor_execute", heard)
    return len(asked)


def test_merged_once_more_everybody_is_told_once_more(room: Room) -> None:
    into, source = room.proposal("小王"), room.proposal("小李")
    first = merge(room, into, source)
    room.session.execute(update(Delivery).values(state=DeliveryState.SENT))
    undo(room, first)
    second = merge(room, into, source)
    assert second.merge.id != first.merge.id
    assert [into.number in told for told in room.told("小李")] == [True, True, True]


@pytest.mark.parametrize("role", [Role.INTAKE, Role.CAMPAIGNER, Role.APPROVER, Role.AUDITOR])
def test_only_reviewers_and_owners_merge(room: Room, role: Role) -> None:
    into, source = room.proposal(), room.proposal()
    with pytest.raises(Forbidden):
        merge(room, into, source, by=role.value)
    merged = merge(room, into, source, by="owner")
    with pytest.raises(Forbidden):
        undo(room, merged, by=role.value)


def test_both_are_in_the_log_and_the_log_is_whole(room: Room) -> None:
    into, source = room.proposal(), room.proposal()
    undo(room, merge(room, into, source), by="乙")
    subject = f"proposal:{into.number}"
    assert room.done()[-2:] == [
        ("operator:甲", "proposal.merge", subject),
        ("operator:乙", "proposal.unmerge", subject),
    ]
    assert log.verify(room.session) is None
    details = room.session.scalars(select(Action.detail).order_by(Action.id.desc()).limit(2)).all()
    assert {tuple(detail["proposals"]) for detail in details} == {(source.number,)}


@pytest.mark.parametrize("status", [ProposalStatus.REJECTED, ProposalStatus.MERGED, ProposalStatus.WITHDRAWN])
def test_what_is_done_with_neither_moves_nor_takes_in(room: Room, status: ProposalStatus) -> None:
    fresh, done = room.proposal(), room.proposal(status=status)
    with pytest.raises(NotToBeMerged, match=done.number):
        merge(room, fresh, done)
    with pytest.raises(NotToBeMerged, match=done.number):
        merge(room, done, fresh)


def test_nothing_is_merged_into_itself_nor_without_a_reason(room: Room) -> None:
    into, source = room.proposal(), room.proposal()
    for sources in ((), (into,), (into, source)):
        with pytest.raises(Invalid):
            merge(room, into, *sources)
    with pytest.raises(Invalid):
        merge(room, into, source, reason=" ")
    with pytest.raises(NotFound, match="SS2018-9999"):
        merging.merge(room.session, into.number, ["SS2018-9999"], REASON, by=room.account("甲"), clock=room.clock)


def test_merges_do_not_turn_in_circles(room: Room) -> None:
    one, two, three = (room.proposal() for _ in range(3))
    merge(room, two, one)
    merge(room, three, two)
    with pytest.raises(NotToBeMerged):
        merge(room, one, three)


def test_one_campaign_is_not_merged_into_another(room: Room) -> None:
    here = room.session.scalars(select(Campaign)).one()
    other = Campaign(key="2019", title="明年", definition=here.definition, loaded_at=here.loaded_at, last_number=0)
    room.session.add(other)
    room.session.flush()
    with pytest.raises(Invalid, match="不是同一次活动"):
        merge(room, room.proposal(), room.proposal(campaign_id=other.id))


def test_an_answer_that_waits_is_published_or_dropped_first(room: Room) -> None:
    into, source = room.proposal(), room.proposal()
    room.decided(source, DecisionKind.REJECT, hold=True)
    with pytest.raises(NotToBeMerged, match="等着公布"):
        merge(room, into, source)


def test_what_is_in_a_candidate_stays_but_takes_in(room: Room) -> None:
    chosen, other = room.shortlisted(), room.proposal()
    compose(room, chosen)
    with pytest.raises(NotToBeMerged, match="候选项目"):
        merge(room, other, chosen)
    merge(room, chosen, other)


def test_in_the_end_nothing_is_merged_or_undone(room: Room) -> None:
    into, source, other = (room.proposal() for _ in range(3))
    merged = merge(room, into, source)
    set_phase(room.session, "2018", "published", "公布了", actor="cli:tester", clock=room.clock)
    with pytest.raises(PhaseClosed):
        merge(room, into, other)
    with pytest.raises(PhaseClosed):
        undo(room, merged)


def test_what_a_ballot_grew_from_stays_and_what_came_later_can_be_undone(room: Room) -> None:
    chosen, before, after = room.shortlisted(), room.proposal(), room.proposal()
    first = merge(room, chosen, before)
    compose(room, chosen)
    room.clock.advance(hours=1)
    phases.set_phase(room.session, "2018", "opinion", "开会定的", actor="cli:tester", clock=room.clock)
    room.clock.advance(hours=1)
    second = merge(room, chosen, after)
    undo(room, second)
    with pytest.raises(NotToBeMerged, match="定稿"):
        undo(room, first)


def test_what_was_undone_is_not_there(room: Room) -> None:
    merged = merge(room, room.proposal(), room.proposal())
    undo(room, merged)
    for missing in (merged.merge.id, 4711):
        with pytest.raises(NotFound):
            merging.undo(room.session, missing, by=room.account("甲"), clock=room.clock)
        with pytest.raises(NotFound):
            merging.one(room.session, missing)


def test_merges_are_undone_in_any_order(room: Room) -> None:
    one, two, three = (room.proposal() for _ in range(3))
    before = room.dump(without=LEDGERS)
    first, second = merge(room, two, one), merge(room, three, two)
    assert families.root(room.session, one) == three
    undo(room, first)
    undo(room, second)
    assert room.dump(without=LEDGERS) == before


def test_all_that_is_below_is_found(room: Room) -> None:
    one, two, three, four = (room.proposal() for _ in range(4))
    merge(room, two, one)
    merge(room, four, two, three)
    assert families.below(room.session, four) == [one, two, three]
    assert families.below(room.session, one) == []

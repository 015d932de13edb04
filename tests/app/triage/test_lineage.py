"""Lineage: from a candidate to everybody's proposals and back, without a word of who the workers are."""

from app.triage import candidates, lineage, merging
from app.triage.ballot_text import CandidateText
from app.triage.lineage import Origin
from models import Candidate, Proposal
from models.enums import IntakeChannel
from tests.app.triage.room import REASON, Room


def merge(room: Room, into: Proposal, *sources: Proposal) -> int:
    numbers = [source.number for source in sources]
    made = merging.merge(room.session, into.number, numbers, REASON, by=room.account("甲"), clock=room.clock)
    return made.id


def compose(room: Room, *sources: Proposal) -> Candidate:
    numbers = [source.number for source in sources]
    text, by = CandidateText("接力站", "有热水", "五百人次"), room.account("campaigner")
    return candidates.compose(room.session, "2018", text, numbers, by=by, clock=room.clock)


def origins(room: Room, candidate: Candidate) -> tuple[Origin, ...]:
    return lineage.of_candidates(room.session, [candidate])[candidate.id]


def shape(origin: Origin) -> object:
    return (origin.number, [shape(one) for one in origin.merged])


def test_a_candidate_tells_all_it_grew_from(room: Room) -> None:
    one, two = room.shortlisted(), room.shortlisted()
    below, deeper, beside = room.proposal(), room.proposal(), room.proposal()
    merge(room, below, deeper)
    merge(room, one, below, beside)
    found = origins(room, compose(room, two, one))
    assert [shape(origin) for origin in found] == [
        (one.number, [(below.number, [(deeper.number, [])]), (beside.number, [])]),
        (two.number, []),
    ]
    assert [origin.number for origin in found[0].all()] == [
        one.number,
        below.number,
        deeper.number,
        beside.number,
    ]


def test_a_worker_is_not_known_by_it_but_a_union_is(room: Room) -> None:
    worker = room.shortlisted("小王")
    worker.unit, worker.proposer_name = "殷行街道某养老院", "王师傅"
    form = room.proposal(unit="五角场街道总工会", proposer_name="李干事")
    department = room.proposal(channel=IntakeChannel.DEPARTMENT, unit="保障工作部")
    merge(room, worker, form, department)
    found = origins(room, compose(room, worker))
    assert [(one.channel, one.unit) for one in found[0].all()] == [
        ("wechat", None),
        ("organisation", "五角场街道总工会"),
        ("department", "保障工作部"),
    ]
    assert not any(word in repr(found) for word in ("王师傅", "李干事", "养老院"))


def test_a_proposal_leads_to_its_candidates_also_when_it_was_merged(room: Room) -> None:
    chosen, below, deeper, other = room.shortlisted(), room.proposal(), room.proposal(), room.proposal()
    merge(room, below, deeper)
    merged = merge(room, chosen, below)
    first, second = compose(room, chosen), compose(room, chosen)
    for proposal in (chosen, below, deeper):
        assert lineage.of_proposal(room.session, proposal) == [first, second]
    assert lineage.of_proposal(room.session, other) == []
    ids = (str(first.id), str(second.id))
    assert lineage.candidate_ids(room.session, [chosen, deeper, other]) == {
        chosen.id: ids,
        deeper.id: ids,
        other.id: (),
    }
    merging.undo(room.session, merged, by=room.account("甲"), clock=room.clock)
    assert lineage.of_proposal(room.session, deeper) == []
    assert [shape(origin) for origin in origins(room, first)] == [(chosen.number, [])]


def test_of_several_candidates_each_tells_its_own(room: Room) -> None:
    one, two = room.shortlisted(), room.shortlisted()
    first, second = compose(room, one), compose(room, two, one)
    found = lineage.of_candidates(room.session, [first, second])
    assert [origin.number for origin in found[first.id]] == [one.number]
    assert [origin.number for origin in found[second.id]] == [one.number, two.number]
    assert lineage.of_candidates(room.session, []) == {}

"""What the public learns: nothing before publication; then the right numbers, whence they came, and no persons."""

from collections.abc import Callable

import pytest

from app.ballots import running
from app.campaigns import queries as campaigns
from app.projects.places import placings
from app.statistics.results import NotPublished, Published, published
from app.triage import merging
from models import Proposal, Round
from models.enums import ProposalStatus
from tests.app.ballots.station import Station
from tests.app.ballots.test_doubts import struck
from tests.app.triage.room import REASON


def shown(station: Station) -> Published:
    campaign = campaigns.by_key(station.session, "2018", station.clock)
    return published(station.session, campaign, station.keyring, station.clock)


def confirmed(station: Station, round: Round) -> None:
    station.closed(round)
    by = station.room.account("approver")
    running.confirm(station.session, round.id, by=by, keyring=station.keyring, clock=station.clock)


COURSE: dict[str, Callable[[Station], object]] = {
    "none": lambda station: None,
    "draft": lambda station: station.composed(),
    "open": lambda station: station.votes("张三", station.opened(), 1),
    "closed": lambda station: station.closed(station.opened()),
    "confirmed": lambda station: confirmed(station, station.opened()),
}


@pytest.mark.parametrize("course", COURSE.values(), ids=COURSE)
def test_before_publication_nothing_is_told(station: Station, course: Callable[[Station], object]) -> None:
    course(station)
    with pytest.raises(NotPublished, match="还没有公布"):
        shown(station)
    assert not any(placings(station.session, each) for each in proposals(station))


def test_votes_and_ranks_of_an_approval(station: Station) -> None:
    round = station.opened()
    for name, numbers in {"张三": (1, 2), "李四": (2,), "王五": (2, 3), "赵六": (1,)}.items():
        station.votes(name, round, *numbers)
    station.votes("赵六", round, 2)
    station.published(station.closed(round))
    [result] = shown(station).results
    assert (result.ballots, result.cast) == (4, 5)
    assert (result.lines[0].rank, result.lines[0].number) == (1, 2)
    votes = {
        line.number: [(share.word, share.votes, share.part) for share in line.shares] for line in result.lines
    }
    assert votes[2] == [("选这一项", 4, 1.0)]
    assert votes[1] == [("选这一项", 1, 0.25)]
    assert votes[8] == [("选这一项", 0, 0.0)]
    assert [sorted(line.number for line in tie) for tie in result.ties] == [[1, 3], [4, 5, 6, 7, 8]]
    for tie in result.ties:
        assert [line.lot for line in tie] == sorted(str(line.lot) for line in tie)


def test_each_word_of_a_ballot_that_has_three(station: Station) -> None:
    round = station.opened(ballot_type="yes_no_abstain", max_choices=8)
    station.votes("张三", round, 1, against=(2,))
    station.votes("李四", round, 1, against=(2, 3))
    station.votes("王五", round, 2)
    station.published(station.closed(round))
    [result] = shown(station).results
    said = {line.number: {share.word: share.votes for share in line.shares} for line in result.lines}
    assert said[1] == {"赞成": 2, "反对": 0, "弃权": 1}
    assert said[2] == {"赞成": 1, "反对": 2, "弃权": 0}
    assert said[3] == {"赞成": 0, "反对": 1, "弃权": 2}


def test_of_several_rounds_the_last_published_comes_first(station: Station) -> None:
    first = station.opened(title="第一轮")
    station.votes("张三", first, 1)
    station.published(station.closed(first))
    station.clock.advance(days=1)
    ids = station.candidates()
    second = station.opened(title="第二轮", candidates=tuple(ids[:3]), max_choices=2)
    station.votes("李四", second, 3)
    station.published(station.closed(second))
    assert [result.view.title for result in shown(station).results] == ["第二轮", "第一轮"]
    placed = placings(station.session, proposals(station)[2])
    assert [(one.campaign, one.number, one.rank, one.votes, one.of) for one in placed] == [("2018", 3, 1, 1, 3)]


def test_opinions_are_counted_together_and_tell_nobody(station: Station) -> None:
    round = station.opened()
    words = ["希望多放点热水", "希望能多放些热水", "我叫王建国，电话13800138000，放个微波炉吧", "无"]
    for name, written in zip(("张三", "李四", "王五", "赵六"), words, strict=True):
        station.votes(name, round, 2, opinions={2: written})
    station.published(station.closed(round))
    [result] = shown(station).results
    said = {line.number: line.said for line in result.lines}
    assert said[2].total == 3
    assert [voice.count for voice in said[2].voices] == [2, 1]
    assert said[2].voices[1].words == "我叫〔姓名略〕，电话〔号码略〕，放个微波炉吧"
    assert said[1].total == 0
    assert not any(
        secret in repr(result) for secret in ("王建国", "13800138000", station.person("张三", round).openid)
    )


def test_lineage_is_whole_and_leads_both_ways(station: Station) -> None:
    room = station.room
    source = proposals(station)[0]
    merged = room.proposal("周八", number="SS2018-0900", title="书屋开到晚上，打13800138001找我")
    deeper = room.proposal("吴九", number="SS2018-0901", title="书屋周末也开")
    by = room.account("甲")
    merging.merge(station.session, merged.number, [deeper.number], REASON, by=by, clock=station.clock)
    merging.merge(station.session, source.number, [merged.number], REASON, by=by, clock=station.clock)
    round = station.opened()
    station.votes("张三", round, 1)
    station.published(station.closed(round))
    [result] = shown(station).results
    listed = {one.number: line.number for line in result.lines for origin in line.origins for one in origin.all()}
    assert all(line.origins for line in result.lines)
    for proposal in proposals(station):
        [placing] = placings(station.session, proposal)
        assert listed.pop(proposal.number) == placing.number
    assert listed == {}, "nothing is listed that is not there"
    assert "13800138001" not in repr(result)
    assert [placing.rank for placing in placings(station.session, deeper)] == [1]


def test_a_proposal_that_went_nowhere_stands_nowhere(station: Station) -> None:
    lonely = station.room.proposal("周八", number="SS2018-0900", status=ProposalStatus.REJECTED)
    station.published(station.closed(station.opened()))
    assert placings(station.session, lonely) == []


def test_turnout_by_unit_hides_small_groups(station: Station) -> None:
    round = station.published(station.closed(station.opened()))
    round.turnout_by_unit = [["环卫所", 300, 200], ["书店", 50, 7], ["门卫", 3, 3], [None, 9, 4], ["车队", 8, 0]]
    [result] = shown(station).results
    assert result.turnout is not None
    assert [(one.title, one.voted, one.entries) for one in result.turnout.units] == [
        ("环卫所", 200, 300),
        ("书店", 7, 50),
        ("其他单位（合在一起）", 7, 20),
    ]
    assert (result.turnout.whole.voted, result.turnout.whole.entries) == (214, 370)
    assert "门卫" not in repr(result.turnout)


def proposals(station: Station) -> list[Proposal]:
    return list(station.session.query(Proposal).order_by(Proposal.id))


def test_ballots_made_invalid_are_told_by_reason_and_told_from_replaced_ones(station: Station) -> None:
    round = station.opened()
    receipts = [station.votes(name, round, 2).receipt for name in ("张三", "李四")]
    struck(station, round, *receipts)
    for numbers in ((1,), (2,)):
        station.votes("王五", round, *numbers)
    station.published(station.closed(round))
    (result,) = shown(station).results
    assert (result.cast, result.ballots, result.replaced) == (4, 1, 1)
    assert result.struck_out == "2 张由程序投出，不是人投的"
    assert result.lines[0].votes == 1

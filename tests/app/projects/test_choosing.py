"""From the published list to the year's projects: chosen, copied, edited, ordered, until they are handed over."""

import pytest

from app.errors import Forbidden, Invalid, NotFound
from app.projects import choosing, queries
from app.projects.choosing import AlreadyChosen, ProjectChanged
from app.projects.rules import NotYet, WrongState, usual_count
from models.enums import Role
from tests.app.ballots.station import Station
from tests.app.projects.chamber import Chamber

MAKERS = {Role.CAMPAIGNER, Role.OWNER}


def test_nothing_is_chosen_before_a_round_is_published(station: Station) -> None:
    chamber = Chamber(station)
    round = station.opened()
    with pytest.raises(NotYet, match="投票结果公布以后"):
        chamber.choose(1)
    station.closed(round)
    with pytest.raises(NotYet, match="投票结果公布以后"):
        chamber.propose(3)
    with pytest.raises(NotYet):
        chamber.write()
    assert queries.announcement(station.session, chamber.campaign.id) is None


def test_the_first_of_the_vote_are_proposed_in_their_order(chamber: Chamber) -> None:
    assert chamber.propose(3) == ["职工书屋", "户外职工接力站", "爱心妈咪小屋"]
    assert usual_count(chamber.campaign.definition) == 10
    assert len(chamber.propose(10)) == 8, "no more than there were"
    with pytest.raises(AlreadyChosen, match="前 10 名都已经"):
        chamber.propose(10)
    with pytest.raises(Invalid, match="1 到"):
        chamber.propose(0)


def test_of_two_rounds_the_last_proposes(chamber: Chamber) -> None:
    station = chamber.station
    ids = station.candidates()
    station.clock.advance(days=1)
    second = station.opened(title="第二轮", candidates=tuple(ids[4:]), max_choices=2)
    station.votes("张三", second, 7)
    station.published(station.closed(second))
    assert chamber.propose(1) == ["心理热线"]
    assert next(placing.number for _, placing in queries.left(station.session, chamber.campaign.id)) == 1


def test_a_project_is_the_candidate_word_for_word_until_it_is_changed(chamber: Chamber) -> None:
    [project] = chamber.choose(2)
    one = chamber.candidate(2)
    assert (project.title, project.summary, project.indicators) == (one.title, one.summary, one.indicators)
    by, clock = chamber.account("owner"), chamber.station.clock
    changes = {"department": "权益保障部", "indicators": ({"title": "接力站", "target": "30 个"},)}
    edited = choosing.edit(chamber.station.session, project.id, changes, by=by, clock=clock)
    assert edited.department == "权益保障部"
    assert edited.indicators == [{"title": "接力站", "target": "30 个"}]
    assert chamber.candidate(2).department is None, "what was voted on stays"
    bad = {"summary": " ", "indicators": ({"title": "人次", "target": "长" * 201},)}
    with pytest.raises(Invalid, match=r"请填写项目内容；第 1 条指标的目标值最多 200 个字"):
        choosing.edit(chamber.station.session, project.id, bad, by=by, clock=clock)


def test_who_writes_over_what_they_never_saw_is_told(chamber: Chamber) -> None:
    [project] = chamber.choose(1)
    session, by, clock = chamber.station.session, chamber.account("campaigner"), chamber.station.clock
    seen = queries.version_of(project)
    clock.advance(seconds=60)
    choosing.edit(session, project.id, {"title": "职工书屋进园区"}, seen=seen, by=by, clock=clock)
    with pytest.raises(ProjectChanged, match="别的同事也改过"):
        choosing.edit(session, project.id, {"title": "书屋"}, seen=seen, by=by, clock=clock)


def test_order_and_dropping_leave_no_gap(chamber: Chamber) -> None:
    session, by, clock = chamber.station.session, chamber.account("campaigner"), chamber.station.clock
    first, second, third = (project.id for project in chamber.choose(1, 2, 3))
    choosing.reorder(session, "2018", [third, first, second], by=by, clock=clock)
    assert chamber.projects() == [(0, "爱心妈咪小屋"), (1, "职工书屋"), (2, "户外职工接力站")]
    choosing.drop(session, first, by=by, clock=clock)
    assert chamber.projects() == [(0, "爱心妈咪小屋"), (1, "户外职工接力站")]
    with pytest.raises(Invalid, match="请刷新"):
        choosing.reorder(session, "2018", [third, second, first], by=by, clock=clock)
    with pytest.raises(NotFound):
        choosing.drop(session, first, by=by, clock=clock)
    chamber.choose(1)
    assert [place for place, _ in chamber.projects()] == [0, 1, 2]


def test_nobody_chooses_twice_or_what_was_not_voted_on(chamber: Chamber) -> None:
    chamber.choose(1)
    with pytest.raises(AlreadyChosen, match="已经列为实事项目"):
        chamber.choose(1)
    with pytest.raises(NotFound):
        choosing.choose(
            chamber.station.session, "2018", 999, by=chamber.account("owner"), clock=chamber.station.clock
        )


def test_what_stood_on_no_ballot_is_no_project(station: Station) -> None:
    ids = station.candidates()
    station.published(station.closed(station.opened(candidates=tuple(ids[:3]), max_choices=2)))
    chamber = Chamber(station)
    with pytest.raises(NotYet, match="没有经过职工投票"):
        chamber.choose(5)
    assert [placing.number for _, placing in queries.left(station.session, chamber.campaign.id)] != []


@pytest.mark.parametrize("role", list(Role))
def test_who_may(chamber: Chamber, role: Role) -> None:
    [project] = chamber.choose(1)
    by, session, clock = chamber.account(role.value), chamber.station.session, chamber.station.clock
    verbs = (
        lambda: choosing.choose(session, "2018", chamber.candidate(2).id, by=by, clock=clock),
        lambda: choosing.propose(session, "2018", 5, by=by, clock=clock),
        lambda: choosing.edit(session, project.id, {"title": "书屋"}, by=by, clock=clock),
        lambda: choosing.reorder(
            session,
            "2018",
            [one.id for one in queries.of_campaign(session, chamber.campaign.id)],
            by=by,
            clock=clock,
        ),
        lambda: choosing.drop(session, project.id, by=by, clock=clock),
    )
    for verb in verbs:
        if role in MAKERS:
            verb()
        else:
            with pytest.raises(Forbidden, match="您的角色"):
                verb()


def test_each_deed_is_in_the_log(chamber: Chamber) -> None:
    session, by, clock = chamber.station.session, chamber.account("campaigner"), chamber.station.clock
    first, second = chamber.choose(1, 2)
    choosing.edit(session, first.id, {"title": "书屋"}, by=by, clock=clock)
    choosing.edit(session, first.id, {"title": "书屋"}, by=by, clock=clock)
    choosing.reorder(session, "2018", [second.id, first.id], by=by, clock=clock)
    choosing.drop(session, second.id, by=by, clock=clock)
    done = [entry[1:] for entry in chamber.station.room.done() if entry[1].startswith("project.")]
    assert done == [
        ("project.choose", f"project:{first.id}"),
        ("project.choose", f"project:{second.id}"),
        ("project.edit", f"project:{first.id}"),
        ("project.reorder", "campaign:2018"),
        ("project.drop", f"project:{second.id}"),
    ]


def test_after_submission_nothing_changes_until_it_is_taken_back(chamber: Chamber) -> None:
    first, _ = chamber.choose(1, 2)
    chamber.write()
    chamber.submit()
    session, by, clock = chamber.station.session, chamber.account("owner"), chamber.station.clock
    with pytest.raises(WrongState, match="请先收回"):
        choosing.edit(session, first.id, {"title": "书屋"}, by=by, clock=clock)
    with pytest.raises(WrongState, match="请先收回"):
        choosing.drop(session, first.id, by=by, clock=clock)
    with pytest.raises(WrongState, match="请先收回"):
        chamber.choose(3)

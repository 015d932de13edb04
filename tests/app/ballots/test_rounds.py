"""The course of a round: who may do what when, what the clock does, what stays fixed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.ballots import composing, queries, running
from app.ballots.electorate import Electorate
from app.ballots.queries import NoRound
from app.ballots.rules import WrongState
from app.ballots.tally import Tally
from app.campaigns.rules import PhaseClosed
from app.campaigns.service import set_phase
from app.errors import Forbidden, Invalid
from models import Action, Ballot, Box, Opinion, Round, Voter
from models.enums import PhaseKind, RoundState, Turnout
from tests.app.ballots.station import DAYS, Station


def by_name(station: Station, round: Round) -> dict[str, int]:
    titles = [one.title for one in queries.candidates_of(station.session, round.id)]
    assert round.tally is not None
    return dict(zip(titles, (count.votes for count in Tally.from_json(round.tally).counts), strict=True))


def test_from_draft_to_published(station: Station) -> None:
    round = station.opened()
    station.votes("张三", round, 1, 2)
    station.votes("李四", round, 2)
    station.votes("王五", round, 2, 3)
    station.votes("张三", round, 3)
    assert station.view(round).state is RoundState.OPEN
    station.closed(round)
    assert by_name(station, round) == {
        "职工书屋": 0,
        "户外职工接力站": 2,
        "爱心妈咪小屋": 2,
        **dict.fromkeys(("职工夜校", "体检专车", "暑期托管班", "心理热线", "班车加密"), 0),
    }
    assert round.tally is not None
    assert round.tally["ballots"] == 3
    station.published(round)
    assert round.state is RoundState.PUBLISHED
    verbs = station.session.scalars(select(Action.verb).where(Action.subject == f"round:{round.id}"))
    assert list(verbs) == [f"round.{verb}" for verb in ("compose", "open", "close", "confirm", "publish")]


def test_after_publication_nothing_leads_from_a_person_to_a_ballot(station: Station) -> None:
    round = station.opened()
    station.votes("张三", round, 1, opinions={1: "多放些新书"})
    before = station.person("张三", round)
    assert queries.standing(station.session, station.view(round), before) is not None
    station.closed(round)
    station.published(round)
    assert round.key is None
    assert queries.standing(station.session, station.view(round), before) is None
    assert station.session.scalars(select(Opinion.voter_id)).all() == [None]


def test_the_composer_does_not_confirm_and_nobody_confirms_and_publishes(station: Station) -> None:
    owner, approver = station.room.account("owner"), station.room.account("approver")
    keep: dict[str, Any] = {"keyring": station.keyring, "clock": station.clock}
    round = composing.compose(station.session, "2018", station.text(), by=owner, **keep)
    running.open_round(station.session, round.id, by=owner, clock=station.clock)
    running.close(station.session, round.id, by=owner, **keep)
    with pytest.raises(Forbidden, match="另一位同事"):
        running.confirm(station.session, round.id, by=owner, **keep)
    running.confirm(station.session, round.id, by=approver, **keep)
    with pytest.raises(Forbidden, match="另一位同事"):
        running.publish(station.session, round.id, by=approver, **keep)
    running.publish(station.session, round.id, by=owner, **keep)
    assert round.state is RoundState.PUBLISHED


def test_whoever_changed_it_does_not_confirm_either(station: Station) -> None:
    owner = station.room.account("owner")
    keep: dict[str, Any] = {"keyring": station.keyring, "clock": station.clock}
    by = station.room.account("campaigner")
    round = composing.compose(station.session, "2018", station.text(), by=by, **keep)
    composing.edit(station.session, round.id, {"title": "另一个名字"}, by=owner, clock=station.clock)
    running.open_round(station.session, round.id, by=owner, clock=station.clock)
    running.close(station.session, round.id, by=owner, **keep)
    with pytest.raises(Forbidden, match="另一位同事"):
        running.confirm(station.session, round.id, by=owner, **keep)


@pytest.mark.parametrize("name", ["intake", "reviewer", "auditor", "approver"])
def test_only_campaigners_compose(station: Station, name: str) -> None:
    with pytest.raises(Forbidden):
        composing.compose(
            station.session,
            "2018",
            station.text(),
            by=station.room.account(name),
            keyring=station.keyring,
            clock=station.clock,
        )


def test_opening_needs_the_phase_and_an_approver(station: Station) -> None:
    round = station.composed()
    with pytest.raises(Forbidden):
        running.open_round(station.session, round.id, by=station.room.account("campaigner"), clock=station.clock)
    set_phase(station.session, "2018", PhaseKind.SCREENING, "还要改", actor="cli:tester", clock=station.clock)
    with pytest.raises(PhaseClosed):
        running.open_round(station.session, round.id, by=station.room.account("approver"), clock=station.clock)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": " "}, "名字"),
        ({"candidates": ()}, "请选候选项目"),
        ({"min_choices": 4}, "比最多选的还多"),
        ({"max_choices": 9}, "只有 8 个"),
        ({"min_choices": -1}, "负数"),
        ({"max_choices": 0, "min_choices": 0}, "从 1 开始"),
        ({"ballot_type": "borda"}, "没有“borda”这种选票"),
        ({"electorate": Electorate(register_id=7)}, "没有这份会员名册"),
        ({"candidates": (1, 2, 999)}, "没有编号为 999"),
        ({"candidates": (1, 1, 2)}, "选了两次"),
    ],
)
def test_what_does_not_fit_is_told(station: Station, changes: dict[str, object], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        station.composed(**changes)


def test_the_end_comes_after_the_beginning(station: Station) -> None:
    now = station.clock.now()
    with pytest.raises(Invalid, match="晚于开始时间"):
        station.composed(opens_at=now + DAYS, closes_at=now + DAYS)
    round = station.composed(closes_at=now)
    with pytest.raises(Invalid, match="已经过了"):
        running.open_round(station.session, round.id, by=station.room.account("approver"), clock=station.clock)


def test_the_clock_opens_and_closes(station: Station) -> None:
    now = station.clock.now()
    round = station.composed(opens_at=now + timedelta(hours=1), closes_at=now + timedelta(hours=3))
    running.open_round(
        station.session, round.id, by=station.room.account("approver"), clock=station.clock, at_its_time=True
    )
    with pytest.raises(WrongState, match="还没开始"):
        station.votes("张三", round, 1)
    station.clock.advance(hours=1)
    station.votes("张三", round, 1)  # whether or not anybody has written down that it is open
    assert running.settle_all(station.session, station.keyring, station.clock) == 1
    assert (round.state, round.opened_at) == (RoundState.OPEN, now + timedelta(hours=1))
    station.clock.advance(hours=2)
    with pytest.raises(WrongState, match="已截止"):
        station.votes("李四", round, 1)
    assert running.settle_all(station.session, station.keyring, station.clock) == 1
    assert (round.state, round.closed_at) == (RoundState.CLOSED, now + timedelta(hours=3))
    assert by_name(station, round)["职工书屋"] == 1
    assert running.settle_all(station.session, station.keyring, station.clock) == 0


def test_a_draft_may_be_changed_and_dropped(station: Station) -> None:
    by = station.room.account("campaigner")
    round = station.composed()
    ids = station.candidates()
    composing.edit(
        station.session, round.id, {"candidates": (ids[4], ids[1]), "max_choices": 2}, by=by, clock=station.clock
    )
    assert [one.title for one in queries.candidates_of(station.session, round.id)] == [
        "户外职工接力站",
        "体检专车",
    ]
    composing.drop(station.session, round.id, by=by, clock=station.clock)
    with pytest.raises(NoRound):
        queries.row(station.session, round.id)


def test_once_open_only_secrecy_changes_and_only_grows(station: Station) -> None:
    by = station.room.account("campaigner")
    round = station.opened()

    def edit(**changes: object) -> None:
        composing.edit(station.session, round.id, changes, by=by, clock=station.clock)

    with pytest.raises(WrongState, match="只能收紧"):
        edit(turnout=Turnout.EVERYONE)
    with pytest.raises(WrongState, match="别的都不能再改"):
        edit(max_choices=5)
    with pytest.raises(WrongState, match="不能再取消"):
        composing.drop(station.session, round.id, by=by, clock=station.clock)
    edit(turnout=Turnout.NOBODY)
    with pytest.raises(WrongState, match="只能收紧"):
        edit(turnout=Turnout.OPERATORS)
    assert round.turnout is Turnout.NOBODY


def test_nothing_is_told_before_the_close(station: Station) -> None:
    round = station.opened(turnout=Turnout.NOBODY)
    station.votes("张三", round, 1)
    view = station.view(round)
    assert not queries.may_see_turnout(view, operator=True)
    assert queries.may_see_turnout(replace(view, turnout=Turnout.OPERATORS), operator=True)
    assert not queries.may_see_turnout(replace(view, turnout=Turnout.OPERATORS), operator=False)
    assert round.tally is None
    assert station.session.get_one(Box, round.id).counted is None


def test_what_is_stored_tells_neither_who_nor_what(station: Station) -> None:
    round = station.opened()
    for name in ("张三", "李四"):
        station.votes(name, round, 1, 2)
    ballots = station.session.scalars(select(Ballot)).all()
    assert len({ballot.choices for ballot in ballots}) == 2, "the same choices look different"
    assert len({ballot.receipt for ballot in ballots}) == 2
    people = {station.person(name, round).openid for name in ("张三", "李四")}
    stored = repr([tuple(vars(row).values()) for row in (*ballots, *station.session.scalars(select(Voter)))])
    assert not any(openid in stored for openid in people)

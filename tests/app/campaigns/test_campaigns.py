"""Campaigns in the database: loading, refusing to break, the phase by hand, which one is current."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.campaigns import queries
from app.campaigns.definition import CALENDAR, Definition, PhaseWindow
from app.campaigns.queries import CampaignView, NoCampaign
from app.campaigns.rules import in_grace
from app.campaigns.service import Loaded, WouldBreak, load, set_phase
from app.database import Database
from app.errors import Invalid
from app.operators import log
from models import Action, Campaign, Draft, Follower, Proposal
from models.enums import IntakeChannel, PhaseKind, ProposalStatus
from tests.fixtures.clocks import START, SteppingClock

ACTOR = "cli:tester"


def loaded(database: Database, definition: Definition, clock: SteppingClock) -> Loaded:
    with database.writing() as session:
        return load(session, definition, actor=ACTOR, clock=clock)


def by_hand(
    database: Database, word: str, clock: SteppingClock, reason: str = "开会定的", key: str = "2018"
) -> None:
    with database.writing() as session:
        set_phase(session, key, word, reason, actor=ACTOR, clock=clock)


def current(database: Database, clock: SteppingClock) -> CampaignView:
    with database.reading() as session:
        return queries.current(session, clock)


def propose(database: Database, **changes: object) -> None:
    values = {
        "campaign_id": 1,
        "number": "SS2018-0001",
        "channel": IntakeChannel.WECHAT,
        "status": ProposalStatus.SUBMITTED,
        "category": "health",
        "title": "午间健身课",
        "summary": "请教练来园区",
        "expected_outcome": "一年五十次",
        "evaluations": [{"project": 5, "rating": 4, "remark": ""}],
        "submitted_at": START,
    }
    with database.writing() as session:
        session.add(Proposal(**{**values, **changes}))
        session.get_one(Campaign, 1).last_number = 1


def year_later(definition: Definition, years: int = 1, **changes: object) -> Definition:
    shift = timedelta(days=365 * years)
    opens = [phase.opens_at + shift if phase.opens_at else None for phase in definition.phases]
    phases = tuple(map(PhaseWindow, CALENDAR, opens, [*opens[1:], None]))
    year = definition.year + years
    return replace(definition, key=str(year), year=year, phases=phases, **changes)  # type: ignore[arg-type]


def test_loading_is_idempotent_and_logged(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    assert loaded(database, definition, clock) is Loaded.CREATED
    assert loaded(database, definition, clock) is Loaded.UNCHANGED
    assert loaded(database, replace(definition, organiser="区总工会"), clock) is Loaded.UPDATED
    assert current(database, clock).definition.organiser == "区总工会"
    with database.reading() as session:
        assert session.query(Action.verb).all() == [("campaign.load",), ("campaign.load",)]
        assert log.verify(session) is None


def test_a_view_is_what_was_loaded(database: Database, definition: Definition, clock: SteppingClock) -> None:
    loaded(database, definition, clock)
    view = current(database, clock)
    assert view.definition == definition
    assert view.phase is PhaseKind.COLLECTING
    assert view.allows.propose
    assert current(database, clock).definition is view.definition  # parsed once


def test_two_versions_of_one_instant_are_told_apart(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    for organiser in ("甲", "乙", "丙"):
        loaded(database, replace(definition, organiser=organiser), clock)
        assert current(database, clock).definition.organiser == organiser


def test_what_proposals_rest_on_cannot_be_taken_away(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    loaded(database, definition, clock)
    without = replace(
        definition,
        year=2019,
        categories=tuple(one for one in definition.categories if one.key not in ("health", "rights")),
        last_year=definition.last_year[:4],
    )
    assert loaded(database, without, clock) is Loaded.UPDATED  # nobody has taken part yet
    loaded(database, definition, clock)
    propose(database)
    with pytest.raises(WouldBreak) as caught:
        loaded(database, without, clock)
    for reason in ("不能再改成 2019", "类别 health", "第 5 个项目"):
        assert reason in caught.value.message
    assert "rights" not in caught.value.message
    assert current(database, clock).definition == definition


def test_a_category_that_somebody_is_writing_under_cannot_be_taken_away(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    loaded(database, definition, clock)
    state = {"answers": {"consent": "agreed", "category": "health"}, "editing": None, "fragments": {}}
    with database.writing() as session:
        session.add(Follower(id=1, openid="o1", created_at=START))
        session.flush()
        session.add(Draft(follower_id=1, campaign_id=1, state=state, begun_at=START, touched_at=START))
    kept = tuple(one for one in definition.categories if one.key not in ("health", "rights"))
    with pytest.raises(WouldBreak, match="不能去掉类别 health，已经有人选了这一类，正在写。") as caught:
        loaded(database, replace(definition, categories=kept), clock)
    assert "rights" not in caught.value.message


def test_two_campaigns_that_give_out_numbers_cannot_share_a_year(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    loaded(database, definition, clock)
    pilot = replace(definition, key="pilot")
    assert loaded(database, pilot, clock) is Loaded.CREATED
    propose(database)
    with pytest.raises(WouldBreak, match="已经在活动“2018”里用了"):
        loaded(database, replace(pilot, organiser="试点"), clock)


def test_the_phase_follows_the_calendar_and_the_hand(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    loaded(database, definition, clock)
    by_hand(database, "opinion", clock)
    view = current(database, clock)
    assert (view.phase, view.phase_by_hand, view.phase_reason) == (PhaseKind.OPINION, True, "开会定的")
    by_hand(database, "auto", clock)
    view = current(database, clock)
    assert (view.phase, view.phase_by_hand, view.phase_reason) == (PhaseKind.COLLECTING, False, None)
    with database.reading() as session:
        entry = session.query(Action).order_by(Action.id.desc()).limit(2).all()[1]
    assert (entry.actor, entry.subject) == (ACTOR, "campaign:2018")
    assert entry.detail == {"from": "auto", "to": "opinion", "reason": "开会定的"}


@pytest.mark.parametrize("reason", ["", "  ", "太长" * 300, "控制\x07字符"])
def test_setting_a_phase_needs_a_reason(
    database: Database, definition: Definition, clock: SteppingClock, reason: str
) -> None:
    loaded(database, definition, clock)
    with pytest.raises(Invalid, match="请写明原因"):
        by_hand(database, "opinion", clock, reason)
    assert current(database, clock).phase is PhaseKind.COLLECTING


def test_an_unknown_campaign_or_phase_is_refused(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    with pytest.raises(NoCampaign, match="现在还没有征集活动"):
        current(database, clock)
    with pytest.raises(NoCampaign, match="没有“2018”这个活动"):
        by_hand(database, "opinion", clock)
    loaded(database, definition, clock)
    with pytest.raises(Invalid, match="没有“upcoming”这个阶段"):
        by_hand(database, "upcoming", clock)


def test_closing_by_hand_begins_the_grace_once(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    loaded(database, definition, clock)
    begun, closed = clock.now(), clock.now() + timedelta(hours=1)
    clock.advance(hours=1)
    by_hand(database, "screening", clock)
    assert current(database, clock).collecting_closed_at == closed
    clock.advance(hours=23)
    by_hand(database, "screening", clock, "再说一遍")
    view = current(database, clock)
    assert view.collecting_closed_at == closed
    assert in_grace(begun, view.collecting_closed_at, definition.draft_grace, clock.now())
    clock.advance(hours=1)
    assert not in_grace(begun, view.collecting_closed_at, definition.draft_grace, clock.now())


def test_setting_by_hand_what_the_calendar_says_moves_no_deadline(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    loaded(database, definition, clock)
    by_calendar = current(database, clock).collecting_closed_at
    clock.advance(days=30)
    by_hand(database, "screening", clock)
    assert current(database, clock).collecting_closed_at == by_calendar


@pytest.mark.parametrize("word", ["opinion", "screening", "auto"])
def test_going_on_to_the_next_phase_opens_no_second_grace(
    database: Database, definition: Definition, clock: SteppingClock, word: str
) -> None:
    loaded(database, definition, clock)
    by_hand(database, "collecting", clock)
    clock.advance(days=40)  # far beyond the calendar
    closed = clock.now()
    by_hand(database, "auto", clock)
    assert current(database, clock).collecting_closed_at == closed
    clock.advance(days=3)
    by_hand(database, word, clock)
    assert current(database, clock).collecting_closed_at == closed
    by_hand(database, "collecting", clock)
    assert current(database, clock).collecting_closed_at is None


def test_a_calendar_that_opens_collecting_again_forgets_when_it_was_closed(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    loaded(database, definition, clock)
    by_hand(database, "screening", clock)
    clock.advance(days=30)
    by_hand(database, "auto", clock)
    [opens, screening, opinion, published] = [phase.opens_at for phase in definition.phases]
    assert screening
    assert opinion
    moved = (opens, screening + timedelta(days=10), opinion + timedelta(days=10), published)
    phases = tuple(map(PhaseWindow, CALENDAR, moved, [*moved[1:], None]))
    loaded(database, replace(definition, phases=phases), clock)
    view = current(database, clock)
    assert view.phase is PhaseKind.COLLECTING
    assert view.collecting_closed_at == moved[1]


def test_the_current_campaign_is_the_last_that_has_begun(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    clock.time = datetime(2017, 6, 1, tzinfo=UTC)
    following = year_later(definition)
    for each in (following, definition, year_later(definition, 2)):
        loaded(database, each, clock)
    assert current(database, clock).key == "2018"  # none has begun: the next one
    clock.time = datetime(2018, 11, 29, tzinfo=UTC)
    assert current(database, clock).key == "2018"  # its results, until the next begins
    clock.time = datetime(2018, 12, 1, tzinfo=UTC)
    assert current(database, clock).key == "2019"
    by_hand(database, "collecting", clock, key="2020")
    assert current(database, clock).key == "2020"


def test_of_equals_the_one_loaded_last_is_current(
    database: Database, definition: Definition, clock: SteppingClock
) -> None:
    loaded(database, definition, clock)
    clock.advance(minutes=1)
    loaded(database, replace(definition, key="again"), clock)
    assert current(database, clock).key == "again"
    with database.reading() as session:
        assert [view.key for view in queries.everyone(session, clock)] == ["2018", "again"]
        assert queries.by_key(session, "2018", clock).id == 1
        assert queries.by_id(session, 2, clock).key == "again"
        with pytest.raises(NoCampaign, match="没有“2030”"):
            queries.by_key(session, "2030", clock)

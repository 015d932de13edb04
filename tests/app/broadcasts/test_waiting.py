"""Why a broadcast stands still, told at any moment of its life, and when it goes on."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app.broadcasts import composing, leftovers, releasing, waiting
from app.broadcasts.audiences import Audience
from app.broadcasts.driving import Driver
from app.broadcasts.moments import MomentMissed
from app.broadcasts.rules import BroadcastText, WrongState
from app.broadcasts.waiting import Waiting, Watch
from app.campaigns.service import set_phase
from app.database import Database
from app.operators.queries import Account
from app.outbox.rules import QuietHours
from app.settings import AccountKind, Settings
from models import Broadcast
from models.enums import BroadcastKind, BroadcastState, PhaseKind
from tests.app.broadcasts.conftest import TEMPLATE, Release, broadcast, states
from tests.app.broadcasts.test_leftovers import gathered
from tests.fixtures.clocks import START, SteppingClock
from tests.standin.platform import Platform

People = Callable[[int], list[str]]
PATH = "/cgi-bin/message/template/send"
MIDNIGHT = START.replace(hour=16)  # in Beijing
MORNING = START.replace(hour=0) + timedelta(days=1)  # eight o'clock there
Why = Callable[[int], Waiting | None]


@pytest.fixture
def why(database: Database, settings: Settings, clock: SteppingClock) -> Why:
    watch = Watch(QuietHours.of(settings), clock)

    def ask(made: int) -> Waiting | None:
        with database.reading() as session:
            return watch.waiting(session, session.get_one(Broadcast, made))

    return ask


@pytest.fixture
def compose(database: Database, hands: dict[str, Account], clock: SteppingClock) -> Callable[..., int]:
    def compose(**moment: object) -> int:
        text = BroadcastText("投票", BroadcastKind.VOTE, "template", Audience("all"), TEMPLATE, **moment)  # type: ignore[arg-type]
        with database.writing() as session:
            made = composing.compose(
                session, "2018", text, by=hands["周敏"], kind=AccountKind.SERVICE, clock=clock
            )
            return made.id

    return compose


def turn_to(database: Database, clock: SteppingClock, phase: str) -> None:
    with database.writing() as session:
        set_phase(session, "2018", phase, "演练", actor="cli:tester", clock=clock)


def told(found: Waiting | None) -> tuple[str, datetime | None]:
    assert found
    return found.told, found.until


async def test_from_the_draft_to_the_end(
    compose: Callable[..., int],
    why: Why,
    driver: Driver,
    people: People,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    release: Release,
) -> None:
    people(3)
    made = compose()
    assert why(made) is None
    with database.writing() as session:
        composing.submit(session, made, by=hands["周敏"], clock=clock)
    assert told(why(made)) == (waiting.APPROVAL, None)
    with database.writing() as session:
        releasing.approve(session, made, 3, 50, by=hands["吴军"], clock=clock)
    assert why(made) is None, "it is about to begin"
    with database.writing() as session:
        releasing.pause(session, made, by=hands["周敏"], clock=clock)
    assert told(why(made)) == ("由同事暂停", None)
    with database.writing() as session:
        releasing.resume(session, made, by=hands["周敏"], clock=clock)
    await driver.round()
    assert broadcast(database, made).state is BroadcastState.DONE
    assert why(made) is None


def test_it_waits_for_its_time_and_its_phase(
    release: Release, why: Why, people: People, database: Database, clock: SteppingClock
) -> None:
    people(2)
    noon, night = START + timedelta(hours=2), START + timedelta(hours=13)
    assert told(why(release(scheduled_at=noon))) == (waiting.NOT_YET, noon)
    assert told(why(release(scheduled_at=night))) == (waiting.NOT_YET, MORNING), "then the night is kept"
    made = release(on_phase=PhaseKind.SCREENING)
    opens_at = datetime.fromisoformat("2017-12-26T08:00:00+08:00")
    assert told(why(made)) == ("等“汇总梳理”阶段开始", opens_at), "which opens at midnight"
    turn_to(database, clock, "collecting")
    assert told(why(made)) == ("等“汇总梳理”阶段开始", None), "hands set the phases now"


@pytest.mark.parametrize(
    ("errcode", "words", "until"),
    [
        (45009, "今天的调用次数已用完", MORNING),  # at midnight the count is new, and it is night
        (45011, "调用太快", START + timedelta(minutes=1)),
        (40001, "令牌", START + timedelta(seconds=5)),
        (48001, "接口权限", None),
    ],
)
async def test_the_platform_wants_a_rest(
    release: Release,
    why: Why,
    driver: Driver,
    people: People,
    platform: Platform,
    errcode: int,
    words: str,
    until: datetime | None,
) -> None:
    people(3)
    made = release()
    platform.refusals[PATH] = [errcode] * 50
    await driver.round()
    sentence, goes_on = told(why(made))
    assert words in sentence
    assert not sentence.endswith("。")
    assert goes_on == until


async def test_at_night(release: Release, why: Why, people: People, clock: SteppingClock) -> None:
    people(3)
    made = release()
    clock.time = MIDNIGHT
    assert told(why(made)) == (waiting.NIGHT, MORNING), "before any driver has looked at it"


async def test_behind_another_and_when_its_process_died(
    release: Release, why: Why, driver: Driver, people: People, database: Database, clock: SteppingClock
) -> None:
    people(3)
    first, second = release(), release()
    with database.writing() as session:
        assert driver._batches.begin(session) == first
    assert why(first) is None
    assert told(why(second)) == (waiting.ANOTHER_FIRST, None)
    clock.advance(minutes=1)
    assert told(why(first)) == (waiting.ABANDONED, None)
    assert why(second) is None


async def test_while_pages_are_worked_off(
    release: Release,
    why: Why,
    driver: Driver,
    people: People,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leftovers, "PAGE", 2)
    people(5)
    made = release()
    await gathered(driver, database, made)
    with database.writing() as session:
        session.get_one(Broadcast, made).retry_asked_at = clock.now()
    assert told(why(made)) == (waiting.QUEUEING, None)
    with database.writing() as session:
        releasing.cancel(session, made, by=hands["周敏"], clock=clock)
    assert told(why(made)) == (waiting.ENDING, None)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ({"on_phase": PhaseKind.COLLECTING}, "“征集推荐”阶段已经过去"),
        ({"scheduled_at": START + timedelta(hours=1)}, "定的时间已经过去"),
    ],
)
def test_what_is_over_is_neither_submitted_nor_released(
    compose: Callable[..., int],
    why: Why,
    people: People,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
    moment: dict[str, object],
    words: str,
) -> None:
    people(3)
    late, handed_in = compose(**moment), compose(**moment)
    with database.writing() as session:
        composing.submit(session, handed_in, by=hands["周敏"], clock=clock)
    turn_to(database, clock, "opinion")
    clock.advance(hours=3)
    assert words in told(why(late))[0]
    assert "退回修改" in told(why(handed_in))[0]
    with database.writing() as session, pytest.raises(MomentMissed, match=f"{words}.*改好什么时候发"):
        composing.submit(session, late, by=hands["周敏"], clock=clock)
    with database.writing() as session, pytest.raises(MomentMissed, match=f"{words}.*退回"):
        releasing.approve(session, handed_in, 3, 50, by=hands["吴军"], clock=clock)


async def test_a_phase_that_passed_while_it_waited_and_the_ways_out(
    release: Release,
    why: Why,
    driver: Driver,
    people: People,
    database: Database,
    hands: dict[str, Account],
    clock: SteppingClock,
) -> None:
    people(3)
    first, second = (release(on_phase=PhaseKind.SCREENING) for _ in range(2))
    with database.writing() as session:
        releasing.pause(session, second, by=hands["周敏"], clock=clock)
        with pytest.raises(WrongState):
            composing.take_back(session, first, by=hands["周敏"], clock=clock)
    turn_to(database, clock, "opinion")
    for made in (first, second):
        found = why(made)
        assert found
        assert (found.is_missed, "错过了" in found.told, found.until) == (True, True, None)
    assert not await driver.round()
    with database.writing() as session, pytest.raises(MomentMissed, match="取消"):
        releasing.resume(session, second, by=hands["周敏"], clock=clock)
    with database.writing() as session:
        composing.take_back(session, first, by=hands["周敏"], clock=clock)
        composing.edit(session, first, {"on_phase": None}, by=hands["周敏"], kind=AccountKind.SERVICE, clock=clock)
        composing.submit(session, first, by=hands["周敏"], clock=clock)
        releasing.cancel(session, second, by=hands["周敏"], clock=clock)
    row = broadcast(database, first)
    assert (row.state, row.released_by) == (BroadcastState.SUBMITTED, None)
    with database.writing() as session:
        releasing.approve(session, first, 3, 50, by=hands["吴军"], clock=clock)
    await driver.round()
    assert sum(states(database, first).values()) == 3
    assert why(second) is None


async def test_a_phase_that_comes_back_is_what_was_released_for(
    release: Release, why: Why, driver: Driver, people: People, database: Database, clock: SteppingClock
) -> None:
    people(3)
    made = release(on_phase=PhaseKind.SCREENING)
    turn_to(database, clock, "opinion")
    assert not await driver.round()
    turn_to(database, clock, "screening")
    assert why(made) is None
    assert await driver.round()


async def test_released_at_night_and_by_the_morning_its_phase_was_over(
    release: Release, why: Why, driver: Driver, people: People, database: Database, clock: SteppingClock
) -> None:
    people(3)
    clock.time = MIDNIGHT
    made = release(on_phase=PhaseKind.COLLECTING)
    assert broadcast(database, made).state is BroadcastState.SENDING
    turn_to(database, clock, "opinion")
    clock.time = MORNING
    assert not await driver.round()
    found = why(made)
    assert found
    assert found.is_missed


async def test_what_has_begun_is_never_missed(
    release: Release, why: Why, driver: Driver, people: People, database: Database, clock: SteppingClock
) -> None:
    people(3)
    made = release(on_phase=PhaseKind.COLLECTING)
    await gathered(driver, database, made)
    turn_to(database, clock, "opinion")
    assert why(made) is None
    assert await driver.round()

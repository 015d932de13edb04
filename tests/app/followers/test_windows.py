"""Customer-message windows: figures from the settings, boundaries to the second, the same answer in SQL."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.database import Database
from app.followers import windows
from app.followers.windows import Allowance, Windows
from models import Follower
from tests.fixtures.clocks import START
from tests.fixtures.installation import make_settings

USUAL = Windows.of(make_settings().wechat)


def follower(openid: str = "one") -> Follower:
    return Follower(
        openid=openid,
        subscribed=True,
        created_at=START,
        message_window_used=0,
        action_window_used=0,
    )


def test_the_figures_come_from_the_settings() -> None:
    figures = {"window_message_count": 20, "window_action_minutes": 2}
    settings = make_settings().wechat.model_copy(update=figures)
    assert Windows.of(settings) == Windows(Allowance(20, timedelta(hours=48)), Allowance(3, timedelta(minutes=2)))


def test_nobody_is_reachable_before_they_did_anything() -> None:
    assert not USUAL.reachable(follower(), START)


@pytest.mark.parametrize(
    ("after", "reachable"), [(timedelta(hours=48) - timedelta(seconds=1), True), (timedelta(hours=48), False)]
)
def test_a_message_opens_forty_eight_hours(after: timedelta, reachable: bool) -> None:
    person = follower()
    windows.open_by_message(person, START)
    assert USUAL.reachable(person, START + after) is reachable


@pytest.mark.parametrize(("after", "reachable"), [(timedelta(seconds=59), True), (timedelta(seconds=60), False)])
def test_a_click_opens_one_minute(after: timedelta, reachable: bool) -> None:
    person = follower()
    windows.open_by_action(person, START)
    assert USUAL.reachable(person, START + after) is reachable


def test_a_message_allows_five_and_a_new_one_five_again() -> None:
    person = follower()
    for _ in range(2):
        windows.open_by_message(person, START)
        for _ in range(5):
            assert USUAL.reachable(person, START)
            USUAL.spend(person, START)
        assert not USUAL.reachable(person, START)


def test_the_window_that_closes_first_is_used_first() -> None:
    person = follower()
    windows.open_by_message(person, START)
    windows.open_by_action(person, START)
    for _ in range(3):
        USUAL.spend(person, START)
    assert (person.action_window_used, person.message_window_used) == (3, 0)
    USUAL.spend(person, START)
    assert person.message_window_used == 1


def test_somebody_who_left_is_not_reachable() -> None:
    person = follower()
    windows.open_by_message(person, START)
    person.subscribed = False
    assert not USUAL.reachable(person, START)


def test_closing_ends_both() -> None:
    person = follower()
    windows.open_by_message(person, START)
    windows.open_by_action(person, START)
    windows.close(person)
    assert not USUAL.reachable(person, START)


@given(st.lists(st.sampled_from(["message", "action", "send", "wait"]), max_size=40))
def test_never_more_than_the_platform_allows(deeds: list[str]) -> None:
    """Whatever happens in whatever order, between two deeds of the person at most 5 + 3 go out."""
    person, now, since = follower(), START, 0
    for deed in deeds:
        if deed == "message":
            windows.open_by_message(person, now)
            since = 0
        elif deed == "action":
            windows.open_by_action(person, now)
            since = 0
        elif deed == "wait":
            now += timedelta(seconds=45)
        elif USUAL.reachable(person, now):
            USUAL.spend(person, now)
            since += 1
        assert since <= 8
        assert person.message_window_used <= 5
        assert person.action_window_used <= 3


def test_the_database_gives_the_same_answer(database: Database) -> None:
    people = []
    for number, opened in enumerate([None, 0, 30, 59, 60, 61, 3600 * 48 - 1, 3600 * 48]):
        for used in (0, 3, 5):
            for subscribed in (True, False):
                person = follower(f"p{number}-{used}-{subscribed}")
                person.subscribed = subscribed
                at = None if opened is None else START - timedelta(seconds=opened)
                person.message_window_at = at if number % 2 else None
                person.action_window_at = at
                person.message_window_used = person.action_window_used = used
                people.append(person)
    expected = {person.openid for person in people if USUAL.reachable(person, START)}
    with database.writing() as session:
        session.add_all(people)
    with database.reading() as session:
        found = set(session.scalars(select(Follower.openid).where(USUAL.are_reachable(START))))
    assert found == expected
    assert 0 < len(expected) < len(people)

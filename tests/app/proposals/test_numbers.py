"""Numbers of proposals as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proposals.numbers import make, parse


@pytest.mark.parametrize(
    "said",
    [
        "SS2018-0001",
        "ss2018-0001",
        "SS20180001",
        "SS2018—0001",
        "SS 2018 - 1",
        "ＳＳ２０１８－０００１",
        "2018-0001",
        "20180001",
        "2018-1",
        "0001",
        "1",
        "第1号",
        "1号",
        "No.1",
        "“SS2018-0001”。",
    ],
)
def test_number_is_understood(said: str) -> None:
    assert parse(said, 2018) == "SS2018-0001"


@pytest.mark.parametrize(
    "said", ["", "太慢", "SS", "SS2018", "一", "1.5", "-1", "1234567", "SS2018-1234567", "SS2018-0001a"]
)
def test_what_is_no_number_is_none(said: str) -> None:
    assert parse(said, 2018) is None


def test_a_year_that_is_named_counts() -> None:
    assert parse("SS2019-0012", 2018) == "SS2019-0012"
    assert parse("2019-12", 2018) == "SS2019-0012"


@given(st.integers(2018, 2099), st.integers(1, 999_999), st.integers(2018, 2099))
def test_what_was_made_is_understood(year: int, running: int, this_year: int) -> None:
    assert parse(make(year, running), this_year) == make(year, running)
    assert parse(make(year, running).removeprefix("SS"), this_year) == make(year, running)


@given(st.integers(1, 999_999))
def test_the_year_may_be_left_out(running: int) -> None:
    assert parse(str(running), 2018) == make(2018, running)

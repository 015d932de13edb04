"""A masked number keeps its length and gives nobody away."""

from hypothesis import given
from hypothesis import strategies as st

from app.phones import masked


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_mobile_shows_five_digits(digits: str) -> None:
    assert masked(digits) == f"{digits[:3]}******{digits[9:]}"


@given(st.from_regex(r"(0[1-9][0-9]{1,2})?[2-9][0-9]{6,7}", fullmatch=True))
def test_a_masked_landline_hides_at_least_three_digits(digits: str) -> None:
    assert masked(digits).count("*") >= 3


@given(st.text("0123456789-", min_size=2))
def test_whatever_was_written_keeps_its_length_and_hides_something(phone: str) -> None:
    assert len(masked(phone)) == len(phone)
    assert "*" in masked(phone)

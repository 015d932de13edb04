"""Small groups: none is shown, and none can be reckoned from what is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.cells import FEWEST_FOLDED, SMALLEST, Cell, Folded, fold

REST = "其余单位"
SIZES = st.lists(st.integers(0, 30), max_size=30)


def cells(*sizes: int) -> list[Cell]:
    return [Cell(f"单位{place:02d}", (size,)) for place, size in enumerate(sizes)]


def sizes(folded: Folded) -> tuple[list[int], int | None]:
    return [cell.total for cell in folded.shown], folded.rest.total if folded.rest else None


@pytest.mark.parametrize(
    ("given_sizes", "shown", "rest"),
    [
        ((9, 7, 5), [9, 7, 5], None),
        ((9, 7, 4, 2), [9, 7], 6),
        ((9, 7, 3), [9], 10),  # one alone would be the total less what is shown
        ((9, 7, 2, 2), [9], 11),  # two, but so few that each is nearly known
        ((3,), [], None),
        ((1, 1), [], None),
        ((9, 3), [], 12),
        ((5, 0), [5], None),
        ((), [], None),
    ],
)
def test_what_is_shown(given_sizes: tuple[int, ...], shown: list[int], rest: int | None) -> None:
    assert sizes(fold(cells(*given_sizes), 10, REST)) == (shown, rest)


def test_only_the_largest_are_named() -> None:
    folded = fold(cells(6, 9, 8, 7, 2, 3), 2, REST)
    assert sizes(folded) == ([9, 8], 18)
    assert [cell.title for cell in folded.rows] == ["单位01", "单位02", REST]


def test_what_was_said_is_added_up_place_by_place() -> None:
    folded = fold([Cell("甲", (1, 2)), Cell("乙", (3, 0)), Cell("丙", (4, 9))], 10, REST)
    assert folded.rest == Cell(REST, (4, 2))


@given(SIZES, st.integers(1, 12))
def test_no_small_group_can_be_told(given_sizes: list[int], top: int) -> None:
    folded = fold(cells(*given_sizes), top, REST)
    assert all(cell.total >= SMALLEST for cell in folded.rows)
    assert len(folded.shown) <= top
    if not folded.rows:
        small = [size for size in given_sizes if 0 < size < SMALLEST]
        assert len(small) < FEWEST_FOLDED or sum(small) < SMALLEST
        return
    assert sum(cell.total for cell in folded.rows) == sum(given_sizes)
    shown = {cell.title for cell in folded.shown}
    hidden = [cell for cell in cells(*given_sizes) if cell.total and cell.title not in shown]
    if any(cell.total < SMALLEST for cell in hidden):
        assert len(hidden) >= FEWEST_FOLDED


@given(SIZES, st.randoms())
def test_the_order_of_the_groups_does_not_matter(given_sizes: list[int], random: object) -> None:
    original = cells(*given_sizes)
    shuffled = list(original)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled, 5, REST) == fold(original, 5, REST)

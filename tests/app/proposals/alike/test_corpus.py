"""What is the same is found, on made-up proposals that people have judged; the thresholds in use hold there."""

import pytest

from app.proposals.alike.queries import CERTAIN, LIKELY
from tests.app.proposals.alike import corpus
from tests.app.proposals.alike.corpus import Corpus


@pytest.fixture(scope="module")
def known() -> Corpus:
    return corpus.load()


def test_the_original_is_among_the_first_five(known: Corpus) -> None:
    assert known.recall_at(5) >= 0.95


def test_what_is_told_quite_anew_is_among_the_first_five_as_well() -> None:
    assert corpus.load(corpus.SECOND).recall_at(5) >= 0.95


def test_no_group_is_in_both_halves(known: Corpus) -> None:
    first, second = known.halves
    assert not first & second
    assert {made.original for made in known.proposals} == first | second


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first on second", "second on first"])
def test_a_threshold_chosen_on_one_half_holds_on_the_other(known: Corpus, order: tuple[int, int]) -> None:
    learned, told = (known.within(known.halves[half]) for half in order)
    assert known.found(told, known.best_threshold(learned)).f1 >= 0.85


def test_the_thresholds_in_use(known: Corpus) -> None:
    pairs = list(known.scores)
    assert known.found(pairs, LIKELY).f1 >= 0.85
    assert known.found(pairs, CERTAIN).precision >= 0.9


def test_what_only_seems_alike_is_hardly_taken_for_the_same(known: Corpus) -> None:
    places = [sorted(known.place(id) for id in pair) for pair in corpus.hard_negatives()]
    mistaken = [pair for pair in places if known.scores[pair[0], pair[1]] >= LIKELY]
    assert len(mistaken) <= 1
    assert not [pair for pair in places if known.scores[pair[0], pair[1]] >= CERTAIN]


def test_a_category_is_suggested_better_than_by_chance(known: Corpus) -> None:
    told = known.suggested()
    assert sum(right for _, right in told) / len(told) >= 0.6

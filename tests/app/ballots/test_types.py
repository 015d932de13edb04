"""Types of ballot, packing and counting: properties for any slip and any ballots."""

import itertools
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.ballots import types
from app.ballots.choices import BLOCK, CANDIDATES_LIMIT, Choices, Slip, Stance, count, in_order, pack, unpack
from app.ballots.keys import RoundKey, new_secret
from app.ballots.lots import lot, ranked, shuffled
from app.ballots.tally import tally
from app.ballots.types.ballot_type import BadBallot
from app.errors import Invalid

STANCES = some.sampled_from(Stance)
SLIP = Slip((2, 3, 5, 8, 13), 2, 3)


@some.composite
def slips(draw: some.DrawFn) -> Slip:
    numbers = sorted(draw(some.sets(some.integers(1, 99), min_size=1, max_size=CANDIDATES_LIMIT)))
    most = draw(some.integers(1, len(numbers)))
    return Slip(tuple(numbers), draw(some.integers(0, most)), most)


@given(some.lists(STANCES, min_size=1, max_size=CANDIDATES_LIMIT))
def test_packing_loses_nothing(choices: list[Stance]) -> None:
    packed = pack(choices)
    assert len(packed) == BLOCK
    assert unpack(packed, len(choices)) == tuple(choices)


def test_a_stance_to_nobody_is_no_ballot() -> None:
    with pytest.raises(ValueError, match="not on the ballot"):
        unpack(pack((Stance.NONE, Stance.NONE, Stance.FOR)), 2)


@given(some.integers(1, 12).flatmap(lambda size: some.lists(some.tuples(*[STANCES] * size), max_size=40)))
def test_counting_bytewise_is_counting_one_by_one(ballots: list[Choices]) -> None:
    size = len(ballots[0]) if ballots else 3
    counted = count(b"".join(map(pack, ballots)), size)
    for place in range(size):
        expected = Counter(ballot[place] for ballot in ballots)
        assert all(counted[place][stance] == expected[stance] for stance in Stance)


@given(some.lists(some.tuples(*[STANCES] * 5), max_size=40), some.randoms())
def test_the_order_of_casting_cannot_be_seen(ballots: list[Choices], random: object) -> None:
    shuffle = sorted(ballots, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert list(in_order(b"".join(map(pack, ballots)))) == list(in_order(b"".join(map(pack, shuffle))))


@given(slips(), some.data())
def test_approval_takes_what_its_limits_allow_and_nothing_else(slip: Slip, data: some.DataObject) -> None:
    chosen = data.draw(some.sets(some.sampled_from(slip.numbers)))
    approval = types.by_key("approval")
    stances = dict.fromkeys(chosen, Stance.FOR)
    if chosen and slip.min_choices <= len(chosen) <= slip.max_choices:
        choices = approval.checked(slip, stances)
        assert slip.chosen(choices, Stance.FOR) == sorted(chosen)
        assert approval.spoken(slip, sorted(chosen), ()) == choices
    else:
        with pytest.raises(BadBallot):
            approval.checked(slip, stances)


@given(slips(), some.data())
def test_yes_no_abstain_wants_a_word_to_each(slip: Slip, data: some.DataObject) -> None:
    stances = {number: data.draw(STANCES) for number in slip.numbers}
    yes_no = types.by_key("yes_no_abstain")
    approved = list(stances.values()).count(Stance.FOR)
    if slip.min_choices <= approved <= slip.max_choices:
        assert yes_no.checked(slip, stances) == tuple(stances.values())
    else:
        with pytest.raises(BadBallot):
            yes_no.checked(slip, stances)
    left_out = data.draw(some.sampled_from(slip.numbers))
    with pytest.raises(BadBallot, match=rf"没有表态：{left_out}"):
        yes_no.checked(slip, {number: each for number, each in stances.items() if number != left_out})


@pytest.mark.parametrize("key", types.TYPES)
@pytest.mark.parametrize(
    ("chosen", "refused", "told"),
    [((1, 2), (), "选票上没有 1 号"), ((2, 2, 3), (), "2 号写了不止一次"), ((2, 3), (2,), "2 号写了不止一次")],
)
def test_numbers_that_cannot_be_meant(key: str, chosen: Sequence[int], refused: Sequence[int], told: str) -> None:
    with pytest.raises(BadBallot, match=told):
        types.by_key(key).spoken(SLIP, chosen, refused)


@pytest.mark.parametrize(
    ("key", "chosen", "refused", "told"),
    [
        ("approval", (), (), "您还没有选。请选您最赞成的，选 2 到 3 项。"),
        ("approval", (2,), (), "您选了 1 项，至少要选 2 项，请再选 1 项。"),
        ("approval", (2, 3, 5, 8), (), "您选了 4 项，最多选 3 项，请去掉 1 项。"),
        ("approval", (2, 3), (5,), "这次投票只选赞成的项目，不投反对票。"),
        ("yes_no_abstain", (2,), (3,), "您赞成了 1 项，至少要赞成 2 项。"),
        ("yes_no_abstain", (2, 3, 5, 8), (), "您赞成了 4 项，最多赞成 3 项，请改掉 1 项。"),
    ],
)
def test_what_is_wrong_is_told(key: str, chosen: Sequence[int], refused: Sequence[int], told: str) -> None:
    with pytest.raises(BadBallot) as refusal:
        types.by_key(key).spoken(SLIP, chosen, refused)
    assert refusal.value.message == told


def test_what_a_ballot_says() -> None:
    yes_no, approval = types.by_key("yes_no_abstain"), types.by_key("approval")
    assert approval.told(SLIP, approval.spoken(SLIP, (13, 2), ())) == "选了 2、13"
    assert yes_no.told(SLIP, yes_no.spoken(SLIP, (3, 5), (2,))) == "赞成 3、5，反对 2，弃权 8、13"
    assert approval.explain(SLIP) == "一共 5 项，请选您最赞成的，选 2 到 3 项。"
    assert yes_no.explain(SLIP) == "一共 5 项，请逐项选赞成、反对或弃权，至少赞成 2 项，最多赞成 3 项。"


def test_there_is_no_other_type() -> None:
    with pytest.raises(Invalid, match="没有“borda”这种选票"):
        types.by_key("borda")


@given(some.sets(some.integers(1, 60), min_size=1), some.text(min_size=1, max_size=8), some.text(max_size=8))
def test_everybody_has_an_order_of_their_own_that_can_be_drawn_again(
    numbers: set[int], seed: str, whose: str
) -> None:
    order = shuffled(sorted(numbers), seed, whose)
    assert set(order) == numbers
    assert order == shuffled(sorted(numbers, reverse=True), seed, whose)


@given(some.dictionaries(some.integers(1, 60), some.integers(0, 3), min_size=1), some.text(max_size=8))
def test_of_equals_the_lot_decides(votes: dict[int, int], seed: str) -> None:
    order = ranked(votes, seed)
    for first, second in itertools.pairwise(order):
        assert (-votes[first], lot(seed, first)) < (-votes[second], lot(seed, second))


def test_a_lot_is_told_where_it_was_drawn() -> None:
    ballots = [(Stance.FOR, Stance.FOR, Stance.NONE), (Stance.NONE, Stance.NONE, Stance.AGAINST)]
    found = tally(b"".join(map(pack, ballots)), Slip((1, 2, 3), 0, 3), "seed")
    assert [(one.votes, one.against, one.abstain) for one in found.counts] == [(1, 0, 1), (1, 0, 1), (0, 1, 1)]
    assert [bool(one.lot) for one in found.counts] == [True, True, False]
    assert sorted(one.rank for one in found.counts) == [1, 2, 3]


@given(some.lists(some.binary(min_size=BLOCK, max_size=BLOCK), min_size=1, max_size=20))
def test_what_is_sealed_one_by_one_is_opened_at_once(ballots: list[bytes]) -> None:
    key = RoundKey(new_secret())
    sealed = [key.seal(packed, seq) for seq, packed in enumerate(ballots, start=1)]
    assert key.seal(b"".join(sealed), 1) == b"".join(ballots)
    assert all(
        key.seal(one, seq) == packed for seq, (one, packed) in enumerate(zip(sealed, ballots, strict=True), 1)
    )
    assert RoundKey(new_secret()).seal(sealed[0], 1) != ballots[0]

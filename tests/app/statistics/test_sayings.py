"""Sayings summed up: who says nearly the same counts together, all count once, order makes no difference."""

import random

from hypothesis import given
from hypothesis import strategies as some

from app.statistics.sayings import COMPARED, QUOTE_LIMIT, Sayings, Voice, summed_up

SAID = [
    *("希望多放点热水", "希望能多放些热水", "多放热水就好"),
    *("建议延长开放时间到晚上九点", "开放时间能不能延长到晚上9点"),
    *("支持", "支持！", "无", "没有意见。", "……", " "),
]


def test_the_nearly_same_counts_together_and_no_comment_is_none() -> None:
    assert summed_up(SAID, 3) == Sayings(
        7, (Voice("希望能多放些热水", 3), Voice("开放时间能不能延长到晚上9点", 2), Voice("支持", 2))
    )


@given(some.lists(some.text(alphabet="热水多放晚上开门，。", max_size=12)), some.randoms(use_true_random=False))
def test_the_order_makes_no_difference_and_nobody_is_lost(texts: list[str], drawn: random.Random) -> None:
    mixed = drawn.sample(texts, len(texts))
    assert summed_up(texts, 4) == summed_up(mixed, 4)
    whole = summed_up(texts, len(texts) or 1)
    assert whole.others == 0
    assert whole.total <= len(texts)


def test_a_long_saying_is_cut_and_an_unmasked_one_is_preferred() -> None:
    [voice] = summed_up(["热水" * 200], 1).voices
    assert len(voice.words) == QUOTE_LIMIT
    [voice] = summed_up(["请多放些热水，我叫王建国", "请多放些热水"], 1).voices
    assert voice == Voice("请多放些热水", 2)


def test_what_is_not_compared_counts_still() -> None:
    drawn = random.Random(7)
    texts = {"".join(drawn.choices("东西南北中发白天地人和风花雪月", k=12)) for _ in range(COMPARED * 2)}
    found = summed_up(texts, 2)
    assert found.total == len(texts)
    assert found.others == found.total - sum(voice.count for voice in found.voices)

"""Votes as people write them in a chat."""

import pytest

from app.ballots.spoken import Spoken, understood


@pytest.mark.parametrize(
    ("said", "chosen", "refused"),
    [
        ("投 1 3 5", (1, 3, 5), ()),
        ("投1 3 5", (1, 3, 5), ()),
        ("投１　３　５", (1, 3, 5), ()),
        ("投票 1,3，5", (1, 3, 5), ()),
        ("投1、3、5号", (1, 3, 5), ()),
        ("我投一号三号和十二号", (1, 3, 12), ()),
        ("我要投 1 和 2", (1, 2), ()),
        ("投给 7 号", (7,), ()),
        ("投135", (135,), ()),
        ("投 赞成 1 3 反对 2", (1, 3), (2,)),
        ("投 反对：2、4", (), (2, 4)),
        ("投 1 3 不同意 2 弃权 4", (1, 3), (2,)),
        ("投 第1 第3", (1, 3), ()),
        ("投 1.3.5", (1, 3, 5), ()),
        ("投 1\n3\n5", (1, 3, 5), ()),
    ],
)
def test_a_vote(said: str, chosen: tuple[int, ...], refused: tuple[int, ...]) -> None:
    assert understood(said) == Spoken(chosen, refused)


@pytest.mark.parametrize(
    "said",
    [
        "投",
        "投票",
        "投诉食堂",
        "投影仪太旧了",
        "投 1 号楼装空调",
        "1 3 5",
        "不投 1",
        "投入产出",
        "投 弃权 1",
        "投项目",
    ],
)
def test_something_else(said: str) -> None:
    assert understood(said) is None


def test_of_several_rounds() -> None:
    assert understood("第2轮投 1 3") == Spoken((1, 3), (), 2)
    assert understood("2轮投 1") == Spoken((1,), (), 2)
    assert understood("两轮投 1") is None

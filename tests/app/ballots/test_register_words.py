"""登记 with a card and a name, as people write it."""

import pytest

from app.ballots import register_words


@pytest.mark.parametrize(
    "said",
    [
        "登记 A001 张三",
        "登记　A001　张三",
        "我要登记：A001，张三",
        "登记A001张三",
        "登记 Ａ００１，张三。",
        "登记 张三 A001",
        "登记张三A001",
        "登记\nA001\n张三",
        "会员登记 A001 张三",
        "“登记 A001 张三”",
    ],
)
def test_card_and_name_are_found(said: str) -> None:
    assert register_words.understood(said) == ("A001", "张三")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("登记 138 0000 1111 张三", ("138 0000 1111", "张三")),
        ("登记 12345 阿依古丽·买买提", ("12345", "阿依古丽·买买提")),
        ("登记 A00-1B 张三", ("A00-1B", "张三")),
        ("登记 12345 Li Ming", ("12345", "Li Ming")),
    ],
)
def test_other_cards_and_names(said: str, expected: tuple[str, str]) -> None:
    assert register_words.understood(said) == expected


@pytest.mark.parametrize("said", ["登记", "登记 张三", "登记 12345", "登记失业人员培训", "我想登记", "投 1 3", ""])
def test_what_is_no_registration(said: str) -> None:
    assert register_words.understood(said) is None


@pytest.mark.parametrize(("said", "expected"), [("登记", True), ("我要登记。", True), ("登记失业人员", False)])
def test_the_bare_word(said: str, *, expected: bool) -> None:
    assert register_words.is_bare(said) == expected

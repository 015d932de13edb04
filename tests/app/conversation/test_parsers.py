"""What people type for names, numbers and choices."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversation.form import InvalidAnswer, Option
from app.conversation.parsers import (
    choice,
    clean,
    person_name,
    phone_number,
    text,
    whole_number,
)

OPTIONS = tuple(
    Option(f"key{number}", title, words)
    for number, (title, words) in enumerate(
        [
            ("维权服务", ()),
            ("生活服务", ("生活",)),
            ("健康服务", ()),
            *((f"第{n}类服务", ()) for n in range(4, 13)),
        ],
        1,
    )
)


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("138—0013—8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("86-13800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("(+86)13800138000", "13800138000"),
        ("13800138000。", "13800138000"),
        ("“13800138000”", "13800138000"),
        ("电话13800138000", "13800138000"),
        ("电话：13800138000", "13800138000"),
        ("手机 13800138000", "13800138000"),
        ("手机号：13800138000", "13800138000"),
        ("手机号码:13800138000", "13800138000"),
        ("联系电话：138 0013 8000", "13800138000"),
        ("我的电话是13800138000", "13800138000"),
        ("13800138000（微信同号）", "13800138000"),
        ("  13800138000\n", "13800138000"),
        ("19912345678", "19912345678"),
        ("65431234", "65431234"),
        ("6543-1234", "65431234"),
        ("021-65431234", "02165431234"),
        ("（021）6543 1234", "02165431234"),
        ("0512-6543123", "05126543123"),
        ("021-65431234-801", "02165431234801"),
        ("021-65431234转801", "02165431234801"),
    ],
)
def test_phone_number_is_understood(said: str, digits: str) -> None:
    assert phone_number(said) == digits


@pytest.mark.parametrize(
    "said",
    [
        "",
        "没有",
        "12345",
        "1380013800",
        "138001380001",
        "23800138000",
        "一三八",
        "138a0138000",
        "王师傅",
        "1" * 50,
    ],
)
def test_what_is_no_phone_number_is_refused_kindly(said: str) -> None:
    with pytest.raises(InvalidAnswer, match="跳过"):
        phone_number(said)


@given(st.from_regex(r"(0[1-9][0-9]{1,2})?[2-9][0-9]{6,7}", fullmatch=True))
def test_a_landline_is_kept_as_it_was_written(digits: str) -> None:
    assert phone_number(digits) == digits


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("王师傅", "王师傅"),
        ("李建国。", "李建国"),
        ("我叫李建国", "李建国"),
        ("我是王阿姨", "王阿姨"),
        ("姓名：张三", "张三"),
        (" 欧阳 修 ", "欧阳 修"),
        ("买买提·艾力", "买买提·艾力"),
        ("Anna", "Anna"),
        ("“小李”", "小李"),
    ],
)
def test_name_is_understood(said: str, name: str) -> None:
    assert person_name(said) == name


@pytest.mark.parametrize(
    "said", ["", "王", "13800138000", "王1", "。。。", "😀😀", "a" * 21, "王\n李", "_王", "-"]
)
def test_what_is_no_name_is_refused_kindly(said: str) -> None:
    with pytest.raises(InvalidAnswer, match="姓名"):
        person_name(said)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("3", 3),
        ("３", 3),
        ("三", 3),
        ("第3", 3),
        ("第三项", 3),
        ("3号", 3),
        ("3.", 3),
        ("3、", 3),
        ("（3）", 3),
        ("③", 3),
        ("十", 10),
        ("十二", 12),
        ("12", 12),
        ("两", 2),
        (" 3 ", 3),
    ],
)
def test_number_is_understood(said: str, number: int) -> None:
    assert whole_number(said) == number


@pytest.mark.parametrize("said", ["", "三个代表", "3人", "-3", "3.5", "第", "12345", "²x", "abc"])
def test_what_is_no_number_is_none(said: str) -> None:
    assert whole_number(said) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("2", "key2"),
        ("２", "key2"),
        ("二", "key2"),
        ("第二个", "key2"),
        ("2.", "key2"),
        ("2、生活服务", "key2"),
        ("2 生活服务", "key2"),
        ("生活服务", "key2"),
        ("生活服务。", "key2"),
        ("“生活服务”", "key2"),
        ("生 活 服 务", "key2"),
        ("生活", "key2"),
        ("key2", "key2"),
        ("12", "key12"),
        ("十二", "key12"),
    ],
)
def test_choice_is_understood(said: str, value: str) -> None:
    assert choice(OPTIONS)(said) == value


@pytest.mark.parametrize("said", ["", "0", "13", "服务", "2、维权服务", "2和3", "都行", "-1", "9" * 30])
def test_what_is_no_choice_is_refused_kindly(said: str) -> None:
    with pytest.raises(InvalidAnswer, match="1 到 12"):
        choice(OPTIONS)(said)


@given(st.text(max_size=60))
def test_no_text_breaks_a_parser(said: str) -> None:
    """A value or a refusal, never anything else."""
    for parse in (text(2, 20), choice(OPTIONS), person_name, phone_number):
        with suppress(InvalidAnswer):
            assert parse(said)


@given(st.text(max_size=60))
def test_what_is_kept_can_be_stored_and_is_clean_already(said: str) -> None:
    kept = clean(said)
    kept.encode()
    assert "\0" not in kept
    assert clean(kept) == kept


def test_text_is_measured_in_characters() -> None:
    assert text(2, 4)("  职工🙂食  ") == "职工🙂食"
    with pytest.raises(InvalidAnswer, match="最多写 4 个字，现在有 5 个字"):
        text(2, 4)("职工食堂好")
    with pytest.raises(InvalidAnswer, match="至少写 2 个字"):
        text(2, 4)("职")
    with pytest.raises(InvalidAnswer, match="还没有收到内容"):
        text(2, 4)(" \n")

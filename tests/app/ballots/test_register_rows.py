"""Files of registers: one spelling for cards and names, what is wrong with a row, which files are read."""

import random
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from app.ballots import register_files
from app.ballots.register_rows import Entry, card_of, entry_of, name_of, read
from app.errors import Invalid

HEADINGS = ["会员卡号", "姓名", "单位"]
ROWS = [["A001", "张三", "殷行街道总工会"], ["A002", "李四", "区医院工会"], ["A003", "王五", ""]]
ENTRIES = [
    Entry("A001", "张三", "殷行街道总工会"),
    Entry("A002", "李四", "区医院工会"),
    Entry("A003", "王五", None),
]

cards = st.text("ABCXYZ0123456789-", min_size=1, max_size=20)


def as_typed(card: str, dice: random.Random) -> str:
    """In one of the ways people write it: full width, small letters, blanks in between, another dash."""
    wide = {character: chr(ord(character) + 0xFEE0) for character in card}
    typed = [dice.choice((each, each.lower(), wide[each], each + dice.choice(" \u3000\u200b"))) for each in card]
    return f" {''.join(typed)}\t".replace("-", dice.choice("-—－‐"))


def csv_of(rows: list[list[str]]) -> str:
    return "\r\n".join(",".join(row) for row in [HEADINGS, *rows])


def workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    file = BytesIO()
    book = xlsxwriter.Workbook(file)
    for rows in sheets:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


@given(cards, st.integers())
def test_a_card_is_the_same_however_it_is_typed(card: str, seed: int) -> None:
    assert card_of(as_typed(card, random.Random(seed))) == card_of(card)


@given(cards)
def test_one_spelling_is_its_own(card: str) -> None:
    assert card_of(card_of(card)) == card_of(card)


@given(cards, cards)
def test_other_cards_stay_others(one: str, other: str) -> None:
    """But for the zeros in front of a whole number, which spreadsheets drop."""
    assert (card_of(one) == card_of(other)) == (
        one == other or (one.isdigit() and other.isdigit() and int(one) == int(other))
    )


@pytest.mark.parametrize("typed", ["阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽 ・ 买买提", "阿依古丽．买买提"])
def test_a_name_is_the_same_whatever_its_dots_and_blanks(typed: str) -> None:
    assert name_of(typed) == "阿依古丽·买买提"


def test_a_name_in_letters_is_the_same_in_either_case() -> None:
    assert name_of("Ｌｉ Ming") == name_of("li  ming")


@pytest.mark.parametrize(
    "data",
    [
        csv_of(ROWS).encode(),
        csv_of(ROWS).encode("utf-8-sig"),
        csv_of(ROWS).encode("gb18030"),
        csv_of(ROWS).replace(",", "\t").encode("utf-16"),
        workbook([HEADINGS, *ROWS]),
        workbook([["二〇一八年会员名册"], [], ["序号"], HEADINGS, *ROWS]),
        workbook([["填表说明"], ["请用文本格式"]], [HEADINGS, *ROWS]),
    ],
    ids=["utf-8", "bom", "gb18030", "utf-16", "workbook", "title above", "second sheet"],
)
def test_all_these_are_read_alike(data: bytes) -> None:
    roll = register_files.read(data)
    assert (list(roll.entries), list(roll.problems)) == (ENTRIES, [])


def test_other_headings_and_orders_will_do() -> None:
    roll = read([(1, ["所在单位", "姓 名*", "手机号（必填）"]), (2, ["区医院工会", "李四", "138 0000 1111"])])
    assert list(roll.entries) == [Entry("13800001111", "李四", "区医院工会")]


def test_each_wrong_row_is_told_by_its_number_in_the_file() -> None:
    roll = register_files.read(
        workbook(
            [["名册"], HEADINGS, ["A1", "张三"], [], ["", "李四"], ["a 1", "王五"], ["A2", "  "], ["A3", "赵六"]]
        )
    )
    assert [problem.sentence for problem in roll.problems] == [
        "第 5 行：没有写卡号。",
        "第 6 行：卡号和第 3 行的一样。",
        "第 7 行：没有写姓名。",
    ]


def test_a_card_that_a_spreadsheet_rounded_is_told() -> None:
    roll = register_files.read(workbook([HEADINGS, [622203123456789012, "张三", ""], [13800001111, "李四", ""]]))
    assert [problem.row for problem in roll.problems] == [2]
    assert "文本" in roll.problems[0].message
    assert roll.entries[1].card == "13800001111"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空文件"),
        (csv_of([]).encode(), "一个人也没有"),
        ("电话,单位\n1,2".encode(), "没有找到表头"),
        (workbook(), "没有找到表头"),
        (workbook([HEADINGS, *ROWS], [HEADINGS, *ROWS]), "好几张名册"),
        (workbook([HEADINGS])[:-40], "损坏"),
        (b"PK\x03\x04 nothing", "损坏"),
        (b"\x00\x01\x02", "这种文件读不了"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "这种文件读不了"),
        (b"," * 500 + b"\n", "文件太大"),
        (b"x" * (register_files.LARGEST + 1), "文件太大"),
    ],
)
def test_what_is_no_register_is_refused_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        register_files.read(data)


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reading(data: bytes) -> None:
    with suppress(Invalid):
        register_files.read(data)


@pytest.mark.parametrize(("card", "name"), [("", "张三"), ("——", "张三"), ("A1", "123"), ("1" * 41, "张三")])
def test_one_entry_is_checked_as_a_row_is(card: str, name: str) -> None:
    with pytest.raises(Invalid):
        entry_of(card, name)

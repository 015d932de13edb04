"""Cutting words for the index: whatever stands in a text is found by any part of it that people type."""

from hypothesis import given
from hypothesis import strategies as st

from app.proposals.grams import Alternatives, asked, initials, mentions, pieces

HAN = st.text(alphabet=st.sampled_from("职工食堂宿舍空调改造心理健康"), min_size=1, max_size=12)


def fits(found: list[str], wanted: Alternatives) -> bool:
    """What both databases do with it."""
    return any(
        all(any(one.startswith(p.text) if p.begins else one == p.text for one in found) for p in alternative)
        for alternative in wanted
    )


@given(text=HAN, start=st.integers(0, 11), length=st.integers(1, 12))
def test_every_part_of_chinese_is_found(text: str, start: int, length: int) -> None:
    part = text[start : start + length]
    if part:
        assert fits(pieces("题目", f"前面，{text}。"), asked(part))


def test_what_is_not_there_is_not_found() -> None:
    found = pieces("职工宿舍加装空调", "每月10次WiFi")
    assert not fits(found, asked("食堂"))
    assert not fits(found, asked("工职"))
    assert not fits(found, asked("调每"))  # not across signs


def test_widths_and_letter_cases_do_not_matter() -> None:
    found = pieces("宿舍ＷｉＦｉ", "每月１０次")
    assert fits(found, asked("wifi"))
    assert fits(found, asked("WIF"))
    assert fits(found, asked("10次"))


def test_a_title_is_found_by_its_initials_and_a_summary_is_not() -> None:
    found = pieces("职工宿舍改造", "心理健康")
    assert fits(found, asked("zgss"))
    assert fits(found, asked("ZGSSGZ"))
    assert fits(found, asked("ss"))
    assert not fits(found, asked("xljk"))
    assert not fits(found, asked("zgssxx"))


def test_signs_alone_ask_for_nothing() -> None:
    assert asked("++") == asked("，。") == asked("'\"*") == []


def test_initials_take_latin_words_by_their_first_letter() -> None:
    assert initials("职工WiFi改造2018") == ["z", "g", "w", "g", "zc", "2"]
    assert mentions("宿舍WiFi改造", "sswgz")


def test_a_character_is_found_by_any_of_its_readings() -> None:
    for typed in ("cbxc", "zbxc"):
        assert mentions("长白新村", typed)
        assert fits(pieces("长白新村"), asked(typed))


def test_units_are_named_by_parts_and_initials() -> None:
    assert mentions("焊装车间", "车间")
    assert mentions("焊装车间", "hzcj")
    assert not mentions("焊装车间", "总装")
    assert not mentions("焊装车间", "zz")

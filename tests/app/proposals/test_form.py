"""The form of the 2018 campaign: the notice's fields in their order, and what a unit's name tells."""

import pytest

from app.campaigns.loader import load_toml
from app.conversation.form import InvalidAnswer
from app.proposals.form import AGREED, ASKED_FOR, SUPPLEMENTING, proposal_form
from tests.fixtures.service import CAMPAIGN_FILE

DEFINITION = load_toml(CAMPAIGN_FILE.read_text(encoding="utf-8"))
FORM = proposal_form(DEFINITION)
ORDER = ("consent", "category", "title", "summary", "expected_outcome", "evaluation", "unit", "name", "phone")


def test_questions_stand_in_the_order_of_the_notice() -> None:
    agreed = FORM.applying({"consent": AGREED})
    assert tuple(q.key for q in agreed if not q.key.startswith(("rating_", "evaluation_"))) == ORDER


def test_what_the_office_asks_for_comes_first_and_only_then() -> None:
    returned = FORM.applying({ASKED_FOR: "多少人？"})
    assert [q.key for q in returned[:3]] == [ASKED_FOR, SUPPLEMENTING, "consent"]
    assert FORM.by_key[ASKED_FOR].given
    assert SUPPLEMENTING in [q.key for q in FORM.card({ASKED_FOR: "多少人？"})]
    assert SUPPLEMENTING not in [q.key for q in FORM.card({})]


def test_all_are_asked_in_the_campaigns_own_words() -> None:
    for key in ORDER:
        question, wording = FORM.by_key[key], DEFINITION.wording[key]
        assert (question.name, question.prompt) == (wording.name, wording.prompt)


def test_a_category_that_is_gone_is_shown_by_its_key() -> None:
    assert FORM.by_key["category"].shown({"category": "health"}) == "健康服务"
    assert FORM.by_key["category"].shown({"category": "gone"}) == "gone"


def test_who_declines_is_not_asked_who_they_are() -> None:
    asked = {q.key for q in FORM.applying({"consent": "declined"})}
    assert asked.isdisjoint({"unit", "name", "phone"})
    assert {q.key for q in FORM.questions if q.personal} == {"unit", "name", "phone"}
    assert {"unit", "name", "phone"} <= {q.key for q in FORM.applying({"consent": "agreed"})}


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("同意", "agreed"),
        ("我同意。", "agreed"),
        ("好的", "agreed"),
        ("1", "agreed"),
        ("OK", "agreed"),
        ("不同意", "declined"),
        ("不同意！", "declined"),
        ("我不同意", "declined"),
        ("２", "declined"),
        ("拒绝", "declined"),
    ],
)
def test_consent(said: str, value: str) -> None:
    assert FORM.by_key["consent"].parse(said) == value


@pytest.mark.parametrize("said", ["", "随便", "同意不同意都行", "什么意思", "3"])
def test_consent_is_never_guessed(said: str) -> None:
    with pytest.raises(InvalidAnswer):
        FORM.by_key["consent"].parse(said)


@pytest.mark.parametrize(
    ("unit", "trade"),
    [
        ("殷行街道某养老院，护理员", "care"),
        ("五角场快递站", "delivery"),
        ("杨浦环卫所", "sanitation"),
        ("上海电机厂", "manufacturing"),
        ("延吉新村小学", "education"),
        ("平凉路街道办事处", "public"),
        ("做家政的月嫂", "household"),
        ("某某公司", None),
    ],
)
def test_a_units_name_tells_the_trade(unit: str, trade: str | None) -> None:
    question = FORM.by_key["unit"]
    assert question.parse(unit) == {"unit": unit, "trade": trade}
    assert question.shown({"unit": question.parse(unit)}) == unit


def test_every_trade_is_found_by_each_of_its_words() -> None:
    for trade in DEFINITION.trades:
        for word in trade.words:
            assert FORM.by_key["unit"].parse(f"甲{word}乙")["trade"] is not None


def test_a_phone_is_only_ever_shown_masked() -> None:
    phone = FORM.by_key["phone"]
    assert phone.sealed
    assert phone.shown({"phone": phone.parse("13800138000")}) == "138******00"

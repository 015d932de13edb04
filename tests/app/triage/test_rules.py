"""Complete cards, whose unit it is, what cards come to: without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.definition import Criterion
from app.triage import rules
from app.triage.rules import Card, IncompleteCard
from models.enums import Conclusion, DecisionKind, ProposalStatus

CRITERIA = [
    Criterion("benefits_all", "普惠职工", "principle", "惠及广大职工"),
    Criterion("feasible", "操作性", "criterion", "做得成"),
]
GOOD = Card({"benefits_all": 4, "feasible": 5}, {"benefits_all": "人多", "feasible": "有地方"}, Conclusion.HOLD)


def card(scores: dict[str, int], **reasons: str) -> Card:
    return Card(scores, reasons, Conclusion.RECOMMEND)


def test_a_complete_card_is_kept_as_it_is_but_for_blanks() -> None:
    given = Card(GOOD.scores, {"benefits_all": " 人多 \n", "feasible": "有地方"}, Conclusion.HOLD)
    assert rules.complete(CRITERIA, given) == GOOD


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (card({"feasible": 3}, benefits_all="好", feasible="好"), "普惠职工：还没有打分"),
        (card({"benefits_all": 0, "feasible": 3}, benefits_all="好", feasible="好"), "普惠职工：分数要在 1 到 5"),
        (card({"benefits_all": 3, "feasible": 6}, benefits_all="好", feasible="好"), "操作性：分数要在 1 到 5"),
        (card({"benefits_all": 3, "feasible": 3}, benefits_all="好"), "操作性：请写一句理由"),
        (card({"benefits_all": 3, "feasible": 3}, benefits_all="好", feasible=" \n\x00"), "操作性：请写一句理由"),
        (card({"benefits_all": 3, "feasible": 3}, benefits_all="好", feasible="长" * 501), "操作性：理由最多 500"),
        (card({"benefits_all": 3, "feasible": 3, "x": 1}, benefits_all="好", feasible="好"), "x：没有这一条标准"),
    ],
)
def test_what_is_missing_or_wrong_is_named(given: Card, problem: str) -> None:
    with pytest.raises(IncompleteCard, match=problem):
        rules.complete(CRITERIA, given)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(IncompleteCard) as caught:
        rules.complete(CRITERIA, card({}, feasible="好"))
    assert list(caught.value.problems) == ["benefits_all", "feasible"]
    assert caught.value.status == 422


def test_results_have_mean_and_spread_of_each_criterion() -> None:
    cards = [card({"benefits_all": 2, "feasible": 5}), card({"benefits_all": 5, "feasible": 5})]
    wide, close = rules.results(CRITERIA, cards)
    assert (wide.scores, wide.mean, wide.spread, wide.is_wide) == ((2, 5), 3.5, 3, True)
    assert (close.mean, close.spread, close.is_wide) == (5, 0, False)


def test_without_cards_there_is_no_mean() -> None:
    assert [(one.mean, one.spread, one.is_wide) for one in rules.results(CRITERIA, [])] == [
        (None, None, False)
    ] * 2


@pytest.mark.parametrize(
    ("operators", "proposers", "own"),
    [
        ("殷行街道总工会", "殷行街道总工会", True),
        ("殷行街道总工会", " 殷行街道 总工会。", True),
        ("殷行街道总工会", "杨浦区殷行街道总工会", True),
        ("杨浦区卫生系统工会", "卫生系统工会", True),
        ("殷行街道总工会", "五角场街道总工会", False),
        ("ABC公司工会", "ａｂｃ公司工会", True),
        ("一厂", "一厂", True),
        ("一厂", "第一厂工会", False),
        (None, None, False),
        ("", "", False),
        ("殷行街道总工会", None, False),
        (None, "殷行街道总工会", False),
    ],
)
def test_whose_unit_it_is(operators: str | None, proposers: str | None, own: bool) -> None:
    assert rules.is_own_unit(operators, proposers) is own


@given(st.text(max_size=20), st.text(max_size=20))
def test_one_unit_is_one_unit_whoever_is_asked(mine: str, theirs: str) -> None:
    assert rules.is_own_unit(mine, theirs) == rules.is_own_unit(theirs, mine)


def test_every_decision_has_a_status_a_power_and_a_name() -> None:
    for kind in DecisionKind:
        assert rules.STATUS_AFTER[kind] not in rules.OPEN - {ProposalStatus.RETURNED}
        assert rules.POWER_FOR[kind]
        assert rules.DECISION_TITLES[kind]
        assert rules.DECIDABLE[kind]
    assert rules.STANDING.keys() == set(ProposalStatus)


def test_many_numbers_are_told_by_the_first_few() -> None:
    assert rules.joined(["SS2018-0002", "SS2018-0001"]) == "SS2018-0001、SS2018-0002"
    assert rules.joined([f"SS2018-000{n}" for n in range(1, 8)]).endswith("SS2018-0005等 7 份")

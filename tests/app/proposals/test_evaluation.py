"""The evaluation of last year's projects: ten scores in a row, lines, one by one, or words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversation.form import InvalidAnswer
from app.proposals.evaluation import STEPWISE, evaluation_of, parse_evaluation, show_evaluation

COUNT = 10
TEN = [5, 4, 5, 3, 4, 5, 5, 2, 1, 4]


def rated(said: str) -> dict[int, int]:
    return {rating["project"]: rating["rating"] for rating in parse_evaluation(said, COUNT)["ratings"]}


@pytest.mark.parametrize(
    "said",
    [
        "5453455214",
        "5 4 5 3 4 5 5 2 1 4",
        "5,4,5,3,4,5,5,2,1,4",
        "5，4，5，3，4，5，5，2，1，4。",
        "5、4、5、3、4、5、5、2、1、4",
        "５４５３４５５２１４",
        "5 4 5 3 4\n5 5 2 1 4",
    ],
)
def test_ten_scores_in_a_row(said: str) -> None:
    assert rated(said) == dict(enumerate(TEN, start=1))


@given(
    st.lists(st.integers(1, 5), min_size=COUNT, max_size=COUNT), st.sampled_from([" ", ",", "，", "、", "", "\n"])
)
def test_any_ten_scores_come_back_in_their_order(scores: list[int], between: str) -> None:
    assert rated(between.join(map(str, scores))) == dict(enumerate(scores, start=1))


@pytest.mark.parametrize("said", ["545345521", "54534552144", "5 4 6 3 4 5 5 2 1 4", "0123456789", "12"])
def test_another_count_of_scores_is_refused_with_an_example(said: str) -> None:
    with pytest.raises(InvalidAnswer, match="10 个数字"):
        parse_evaluation(said, COUNT)


@pytest.mark.parametrize(
    ("said", "rating"),
    [
        ("3：5 场地太远", (3, 5, "场地太远")),
        ("3:5", (3, 5, "")),
        ("3、5分，场地太远", (3, 5, "场地太远")),
        ("第3项 5分 场地太远", (3, 5, "场地太远")),
        ("项目3：5分；", (3, 5, "")),
        ("10=1 看不到", (10, 1, "看不到")),
        ("３：４", (3, 4, "")),
    ],
)
def test_line_for_one_project(said: str, rating: tuple[int, int, str]) -> None:
    (found,) = parse_evaluation(said, COUNT)["ratings"]
    assert (found["project"], found["rating"], found["remark"]) == rating


def test_several_lines_and_the_last_word_on_a_project_counts() -> None:
    answer = parse_evaluation("3：5 场地太远\n1：4；3：2 还是太远", COUNT)
    assert [(r["project"], r["rating"]) for r in answer["ratings"]] == [(1, 4), (3, 2)]


def test_a_project_there_was_not_is_refused() -> None:
    with pytest.raises(InvalidAnswer, match="没有 11 号"):
        parse_evaluation("11：5", COUNT)


@pytest.mark.parametrize(
    "said", ["妈咪小屋很好，希望多建几家。", "3：5 很好\n其他的没参加过", "5", "第3项去年做得好"]
)
def test_other_words_are_kept_as_they_are(said: str) -> None:
    assert parse_evaluation(said, COUNT) == {"ratings": [], "text": said}


@pytest.mark.parametrize("said", ["逐项评分", "逐项评分。", "打分", "一项一项"])
def test_one_by_one(said: str) -> None:
    assert parse_evaluation(said, COUNT) == STEPWISE


def test_scores_given_one_by_one_are_the_same_evaluation() -> None:
    answers = {
        "evaluation": STEPWISE,
        "rating_10": "4",
        "rating_2": "5",
        "rating_3": None,
        "evaluation_remark": "好",
    }
    ratings, words = evaluation_of(answers)
    assert [(r["project"], r["rating"]) for r in ratings] == [(2, 5), (10, 4)]
    assert words == "好"
    assert show_evaluation(answers) == "2号 5分；10号 4分；好"


def test_no_evaluation_is_none() -> None:
    assert evaluation_of({}) == evaluation_of({"evaluation": None}) == ([], "")
    assert show_evaluation({"evaluation": None}) == ""


@given(st.text(max_size=80))
def test_anything_typed_is_an_evaluation_or_a_kind_refusal(said: str) -> None:
    try:
        answer = parse_evaluation(said, COUNT)
    except InvalidAnswer:
        return
    assert answer == STEPWISE or answer["ratings"] or answer["text"]

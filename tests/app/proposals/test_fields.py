"""The form as fields of a page: three versions of a text meet, and none is lost."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns.loader import load_toml
from app.conversation import engine
from app.conversation.form import Form, State
from app.proposals.evaluation import STEPWISE
from app.proposals.fields import CHAT, CONSENT_FIRST, Sent, completed, marks_after, says_the_same, take, texts_of
from app.proposals.form import proposal_form

FILE = Path(__file__).parents[3] / "deploy/campaigns/2018.toml"
FORM: Form = proposal_form(load_toml(FILE.read_text(encoding="utf-8")))
TITLES = st.text("甲乙丙丁", min_size=2, max_size=4)
WHOLE = {
    "consent": "agreed",
    "category": "health",
    "title": "接力站",
    "summary": "简介的内容",
    "expected_outcome": "一年二十个",
    "name": "王建国",
}


def mark(text: str) -> str:
    return f"<{text}>"


def sent(typed: dict[str, str], seen: dict[str, str] | None = None, **chosen: str) -> Sent:
    return Sent(typed, {key: mark(text) for key, text in (seen or {}).items()}, chosen)


def written(**answers: Any) -> State:
    return State(answers=answers)


@given(TITLES, TITLES, TITLES)
def test_of_three_versions_none_is_lost_unseen(shown: str, on_page: str, in_chat: str) -> None:
    taken = take(FORM, written(title=in_chat), sent({"title": on_page}, {"title": shown}), mark)
    if on_page == shown:
        assert taken.state.answers["title"] == in_chat
    elif in_chat in (shown, on_page):
        assert taken.state.answers["title"] == on_page
    else:
        assert taken.state.answers["title"] == in_chat
        assert (taken.conflicts, taken.held) == ({"title": in_chat}, {"title": on_page})


@given(TITLES, TITLES, TITLES)
def test_a_decision_holds_for_the_words_it_was_about(on_page: str, in_chat: str, decided_on: str) -> None:
    for_page = take(FORM, written(title=in_chat), sent({"title": on_page}, title=mark(decided_on)), mark)
    expected = on_page if decided_on == in_chat else in_chat
    assert for_page.state.answers["title"] == expected
    for_chat = take(FORM, written(title=in_chat), sent({"title": on_page}, title=CHAT), mark)
    assert for_chat.state.answers["title"] == in_chat
    assert for_chat.settled


@given(st.sets(st.sampled_from(sorted(WHOLE))))
def test_a_page_that_was_not_touched_changes_nothing(answered: set[str]) -> None:
    state = State(answers={key: WHOLE[key] for key in answered})
    texts = texts_of(FORM, state)
    assert take(FORM, state, sent(texts, texts), mark).state == state


@given(st.dictionaries(st.sampled_from([*texts_of(FORM, State()), "nonsense"]), st.text(max_size=30)))
def test_whatever_comes_back_is_taken_held_or_ignored(typed: dict[str, str]) -> None:
    taken = take(FORM, State(), sent(typed), mark)
    assert taken.state.answers.keys() <= FORM.by_key.keys()
    assert taken.written.isdisjoint(taken.held)
    assert taken.problems.keys() <= taken.held.keys() | {"consent"}


@given(st.text(max_size=30), TITLES)
def test_saving_again_from_the_same_page_is_no_conflict(first: str, second: str) -> None:
    once = sent({"name": first, "title": second, "consent": "agreed"})
    taken = take(FORM, State(), once, mark)
    seen = marks_after(FORM, taken, once, mark)
    again = take(FORM, taken.state, Sent({**once.typed, "title": second + "二"}, seen, {}), mark)
    assert again.conflicts == {}
    assert again.state.answers["title"] == second + "二"


def test_what_the_chat_wrote_meanwhile_stays_unseen_in_the_marks() -> None:
    shown = sent({"title": "甲乙", "summary": "新的简介"}, {"title": "甲乙"})
    taken = take(FORM, written(title="丙丁"), shown, mark)
    assert marks_after(FORM, taken, shown, mark) == {"title": mark("甲乙"), "summary": mark("新的简介")}


def test_personal_fields_wait_for_consent() -> None:
    undecided = take(FORM, State(), sent({"name": "王建国"}), mark)
    assert undecided.problems == {"consent": CONSENT_FIRST}
    assert undecided.held == {"name": "王建国"}
    declined = take(FORM, State(), sent({"name": "王建国", "consent": "declined"}), mark)
    assert declined.settled
    assert declined.state.answers == {"consent": "declined"}


def test_pieces_from_the_chat_are_shown_and_count() -> None:
    state = State(answers={key: text for key, text in WHOLE.items() if key != "summary"})
    state = engine.answer(FORM, engine.answer(FORM, state, "第一段", (1, 1)).state, "第二段", (2, 2)).state
    assert texts_of(FORM, state)["summary"] == "第一段\n第二段"
    ready, problems = completed(FORM, state)
    assert (ready.answers["summary"], problems) == ("第一段\n第二段", {})


def test_a_summary_being_rewritten_is_the_one_that_is_shown_and_handed_in() -> None:
    state = engine.reopen(State(answers=WHOLE), "summary")
    state = engine.answer(FORM, state, "重新写的", (1, 1)).state
    assert texts_of(FORM, state)["summary"] == "重新写的"
    assert completed(FORM, state)[0].answers["summary"] == "重新写的"


def test_writing_on_the_page_ends_the_collecting_of_pieces() -> None:
    state = engine.answer(
        FORM, written(consent="declined", category="health", title="接力站"), "第一段", (1, 1)
    ).state
    taken = take(FORM, state, sent({"summary": "第一段和第二段"}, {"summary": "第一段"}), mark)
    asked = engine.asked(FORM, taken.state)
    assert taken.state.fragments == {}
    assert asked is not None
    assert asked.key == "expected_outcome"


def test_skipping_what_may_be_skipped_completes_the_form() -> None:
    ready, problems = completed(FORM, State(answers=WHOLE))
    assert problems == {}
    assert [key for key, value in ready.answers.items() if value is None] == ["evaluation", "unit", "phone"]
    assert engine.asked(FORM, ready) is None


@pytest.mark.parametrize("key", sorted(WHOLE))
def test_what_is_required_is_missed(key: str) -> None:
    _, problems = completed(FORM, State(answers={k: v for k, v in WHOLE.items() if k != key}))
    assert list(problems) == [key]


def test_scores_of_both_doors_become_one_evaluation() -> None:
    state = written(evaluation=STEPWISE, rating_1="5", rating_2=None, evaluation_remark="都不错")
    taken = take(FORM, state, sent({"rating_2": "3"}), mark)
    assert taken.state.answers == {
        "evaluation": {
            "ratings": [{"project": 1, "rating": 5, "remark": ""}, {"project": 2, "rating": 3, "remark": ""}],
            "text": "都不错",
        }
    }


def test_taking_all_scores_away_is_no_evaluation() -> None:
    state = written(evaluation={"ratings": [{"project": 1, "rating": 5, "remark": ""}], "text": ""})
    taken = take(FORM, state, sent({"rating_1": ""}, {"rating_1": "5"}), mark)
    assert taken.state.answers == {"evaluation": None}


def test_a_page_says_the_same_only_if_every_field_does() -> None:
    state = State(answers={**WHOLE, "unit": None, "phone": "13800138000"})
    assert says_the_same(
        FORM, state, {**WHOLE, "title": " 接力站 ", "name": "我叫王建国", "phone": "138-0013-8000"}
    )
    assert not says_the_same(FORM, state, {**WHOLE, "title": "接力站二"})
    assert not says_the_same(FORM, state, dict.fromkeys(WHOLE, ""))

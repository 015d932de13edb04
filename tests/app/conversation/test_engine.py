"""Any sequence of what a person may say keeps the form in order; pieces find their place in any order."""

import json
from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.conversation import engine
from app.conversation.engine import Outcome, Turn
from app.conversation.form import Answers, Form, Option, Question, State
from app.conversation.parsers import choice, text

YES_OR_NO = (Option("yes", "是"), Option("no", "否"))


def said_yes(answers: Answers) -> bool:
    return answers.get("consent") == "yes"


FORM = Form(
    "test",
    (
        Question("consent", "同意", "同意吗？", choice(YES_OR_NO), options=YES_OR_NO),
        Question("title", "名称", "叫什么？", text(2, 10)),
        Question("summary", "简介", "怎么做？", text(2, 40), joined=True, limit=40),
        Question("remark", "评估", "还有吗？", text(1, 10), optional=True),
        Question("name", "姓名", "您是？", text(2, 10), personal=True, ask_if=said_yes),
        Question("phone", "电话", "电话？", text(2, 10), optional=True, personal=True, ask_if=said_yes),
    ),
)
GOOD = {
    "consent": "是",
    "title": "接力站",
    "summary": "一段话",
    "remark": "很好",
    "name": "王师傅",
    "phone": "123",
}


def give(form: Form, state: State, said: str, at: int) -> State:
    """Answer what is asked, with its 完 where it takes several messages (it may be full already)."""
    question = engine.asked(form, state)
    turn = engine.answer(form, state, said, (at, 0))
    if question is not None and question.joined:
        turn = engine.end(form, turn.state, (at, 1))
    assert turn.outcome is Outcome.ANSWERED, turn
    return turn.state


def finished(form: Form, state: State, at: int = 1000) -> State:
    """Go on giving good answers until nothing is asked any more."""
    for step in range(2 * len(form.questions) + 1):
        question = engine.asked(form, state)
        if question is None:
            return state
        state = give(form, state, GOOD[question.key], at + step)
    raise AssertionError("the form does not come to an end")


class Talk(RuleBasedStateMachine):
    """Somebody who says anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.at = 0

    @rule(said=st.sampled_from(["是", "否", "1", "2", "接力站", "一段话", "短", "很长" * 30, "", "　"]))
    def say(self, said: str) -> None:
        before, question = self.state, engine.asked(FORM, self.state)
        turn = self._take(engine.answer(FORM, self.state, said, self._now()))
        if turn.outcome is Outcome.COLLECTED:
            assert turn.state.answers == before.answers
        if turn.outcome is Outcome.ANSWERED and question is not None:
            assert question.key in turn.state.answers
            assert turn.state.editing is None

    @rule()
    def skip(self) -> None:
        before, question = self.state.answers, engine.asked(FORM, self.state)
        turn = self._take(engine.skip(FORM, self.state))
        if question is not None and not question.optional:
            assert turn.state.answers == before
        if question is not None and question.optional:
            assert turn.state.answers == {**before, question.key: None}

    @rule()
    def back(self) -> None:
        before, question = self.state, engine.asked(FORM, self.state)
        turn = self._take(engine.back(FORM, self.state))
        assert turn.state.answers == before.answers
        if before.editing is None and turn.outcome is Outcome.ANSWERED:
            assert engine.asked(FORM, engine.keep(turn.state).state) == question

    @rule()
    def keep(self) -> None:
        before = self.state.answers
        assert self._take(engine.keep(self.state)).state.answers == before

    @rule()
    def end(self) -> None:
        self._take(engine.end(FORM, self.state, self._now()))

    @precondition(lambda self: self.state.answers)
    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        card = FORM.card(self.state.answers)
        question = data.draw(st.sampled_from(card))
        before = self.state.answers
        self.state = engine.reopen(self.state, question.key)
        assert self.state.answers == before
        assert engine.asked(FORM, self.state) == question

    @invariant()
    def only_what_is_asked_of_them_is_answered(self) -> None:
        assert all(FORM.by_key[key].applies(self.state.answers) for key in self.state.answers)

    @invariant()
    def it_survives_being_stored(self) -> None:
        assert State.from_json(json.loads(json.dumps(self.state.to_json()))) == self.state

    @invariant()
    def it_can_be_finished(self) -> None:
        done = finished(FORM, self.state)
        assert {q.key for q in FORM.applying(done.answers)} == done.answers.keys()

    def _now(self) -> tuple[int, int]:
        self.at += 1
        return self.at, 0

    def _take(self, turn: Turn) -> Turn:
        if turn.outcome in (Outcome.INVALID, Outcome.UNCHANGED):
            assert turn.state == self.state
        self.state = turn.state
        return turn


Talk.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestTalk = Talk.TestCase


def at_summary() -> State:
    return give(FORM, give(FORM, State(), "是", 1), "接力站", 2)


def test_an_answer_holds_until_the_new_one_is_given() -> None:
    done = finished(FORM, State())
    reopened = engine.reopen(done, "title")
    assert reopened.answers["title"] == "接力站"
    refused = engine.answer(FORM, reopened, "短", (2000, 0))
    assert (refused.outcome, refused.state.answers["title"]) == (Outcome.INVALID, "接力站")
    changed = engine.answer(FORM, reopened, "换个名字", (2001, 0)).state
    assert changed.answers["title"] == "换个名字"
    assert engine.asked(FORM, changed) is None


def test_a_joined_answer_starts_afresh_and_the_old_one_may_be_kept() -> None:
    reopened = engine.reopen(finished(FORM, State()), "summary")
    begun = engine.answer(FORM, reopened, "新的一段", (2000, 0)).state
    assert begun.answers["summary"] == "一段话"
    assert engine.back(FORM, begun).state.answers["summary"] == "一段话"
    assert engine.end(FORM, begun, (2001, 0)).state.answers["summary"] == "新的一段"
    assert engine.end(FORM, reopened, (2001, 0)).state.answers["summary"] == "一段话"


def test_withdrawn_consent_takes_the_personal_answers_along() -> None:
    done = finished(FORM, State())
    changed = engine.answer(FORM, engine.reopen(done, "consent"), "否", (2000, 0)).state
    assert {"name", "phone"}.isdisjoint(changed.answers)
    assert engine.asked(FORM, changed) is None


@given(st.integers(0, len(FORM.questions)), st.integers(0, 6))
def test_a_question_put_in_between_breaks_nobody(place: int, answered: int) -> None:
    state = State()
    for step in range(answered):
        question = engine.asked(FORM, state)
        if question is not None:
            state = give(FORM, state, GOOD[question.key], step)
    added = Question("added", "新问题", "还有？", text(1, 10))
    longer = Form("test", (*FORM.questions[:place], added, *FORM.questions[place:]))
    good = {**GOOD, "added": "新答案"}
    kept, at = dict(state.answers), 1000
    while (question := engine.asked(longer, state)) is not None:
        state, at = give(longer, state, good[question.key], at), at + 1
    assert state.answers.items() >= kept.items()
    assert state.answers["added"] == "新答案"


def test_a_question_taken_out_while_it_is_asked_is_no_more_asked() -> None:
    shorter = Form("test", tuple(q for q in FORM.questions if q.key != "summary"))
    state = give(shorter, at_summary(), "很好", 9)
    assert state.answers["remark"] == "很好"


def test_six_pieces_in_any_order_are_one_answer_in_the_order_they_were_sent() -> None:
    pieces = [((10 + number // 2, 100 + number), f"第{number}段") for number in range(6)]
    for shuffled in permutations(pieces):
        state = at_summary()
        for order, said in shuffled:
            state = engine.answer(FORM, state, said, order).state
        done = engine.end(FORM, state, (20, 0)).state
        assert done.answers["summary"] == "第0段\n第1段\n第2段\n第3段\n第4段\n第5段"


def test_a_piece_overtaken_by_its_end_still_joins() -> None:
    begun = engine.answer(FORM, at_summary(), "第一段", (10, 1)).state
    ended = engine.end(FORM, begun, (12, 3)).state
    late = engine.answer(FORM, ended, "第二段", (11, 2))
    assert late.outcome is Outcome.JOINED_LATE
    assert late.state.answers["summary"] == "第一段\n第二段"
    assert engine.asked(FORM, late.state) == FORM.by_key["remark"]
    after = engine.answer(FORM, late.state, "很好", (13, 4)).state
    assert after.answers["remark"] == "很好"


def test_a_piece_that_is_too_much_is_refused_and_the_others_stay() -> None:
    begun = engine.answer(FORM, at_summary(), "字" * 30, (10, 1)).state
    refused = engine.answer(FORM, begun, "字" * 20, (11, 2))
    assert refused.outcome is Outcome.INVALID
    assert "40" in refused.problem
    assert engine.end(FORM, refused.state, (12, 3)).state.answers["summary"] == "字" * 30


def test_a_late_piece_that_is_too_much_changes_nothing() -> None:
    begun = engine.answer(FORM, at_summary(), "字" * 30, (10, 1)).state
    ended = engine.end(FORM, begun, (12, 3)).state
    assert engine.answer(FORM, ended, "字" * 20, (11, 2)) == replace(
        engine.answer(FORM, ended, "字" * 20, (11, 2)), state=ended, outcome=Outcome.INVALID
    )


def test_an_end_without_a_beginning_asks_for_words() -> None:
    turn = engine.end(FORM, at_summary(), (10, 1))
    assert turn.outcome is Outcome.INVALID
    assert turn.problem


def test_at_the_first_question_there_is_nothing_before() -> None:
    assert engine.back(FORM, State()).outcome is Outcome.UNCHANGED
    assert engine.keep(State()).outcome is Outcome.UNCHANGED

"""One turn of asking a form: from a state and what was said to the next state. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from app.conversation.form import Form, Fragments, InvalidAnswer, Order, Question, State
from app.conversation.parsers import too_long


class Outcome(Enum):
    ANSWERED = auto()  # taken; ask what `asked` now gives, or show the review card
    COLLECTED = auto()  # one piece of a joined answer is kept, more may follow
    JOINED_LATE = auto()  # a piece that was overtaken by its 完 has found its place
    INVALID = auto()  # not taken, `problem` says why
    UNCHANGED = auto()  # nothing to do here: nothing before it, nothing asked


@dataclass(frozen=True)
class Turn:
    state: State
    outcome: Outcome
    problem: str = ""


def asked(form: Form, state: State) -> Question | None:
    """The question that waits for an answer; None when all are answered and the review card is due."""
    if state.editing is not None and form.by_key[state.editing].applies(state.answers):
        return form.by_key[state.editing]
    answers = state.answers
    return next((q for q in form.questions if q.key not in answers and q.applies(answers)), None)


def answer(form: Form, state: State, text: str, order: Order) -> Turn:
    """Take what the person said as an answer."""
    overtaken = _overtaken(state, order)
    if overtaken is not None:
        return _join_late(form, state, form.by_key[overtaken], text, order)
    question = asked(form, state)
    if question is None:
        return Turn(state, Outcome.UNCHANGED)
    if question.joined:
        return _collect(state, question, text, order)
    return settle(form, state, question, text)


def end(form: Form, state: State, order: Order) -> Turn:
    """完: join the pieces of the question that is being answered."""
    question = asked(form, state)
    if question is None or not question.joined:
        return Turn(state, Outcome.UNCHANGED)
    pieces = state.fragments.get(question.key, Fragments())
    if not pieces.parts and question.key in state.answers:
        return Turn(replace(state, editing=None), Outcome.ANSWERED)
    turn = settle(form, state, question, pieces.text())
    if turn.outcome is not Outcome.ANSWERED:
        return turn
    ended = {**state.fragments, question.key: replace(pieces, ended=order)}
    return replace(turn, state=replace(turn.state, fragments=ended))


def settle(form: Form, state: State, question: Question, text: str) -> Turn:
    """Answer `question` with the whole `text`, whether it is being asked or not (a page's field)."""
    try:
        value = question.parse(text)
    except InvalidAnswer as problem:
        return Turn(state, Outcome.INVALID, str(problem))
    return Turn(_with_answer(form, state, question, value), Outcome.ANSWERED)


def skip(form: Form, state: State) -> Turn:
    question = asked(form, state)
    if question is None:
        return Turn(state, Outcome.UNCHANGED)
    if question.optional:
        return Turn(_with_answer(form, state, question, None), Outcome.ANSWERED)
    if state.editing == question.key and question.key in state.answers:
        return Turn(_as_it_was(state), Outcome.ANSWERED)
    return Turn(state, Outcome.INVALID)


def keep(state: State) -> Turn:
    """Leave the answer that was to be given anew as it is, and go on."""
    if state.editing is None:
        return Turn(state, Outcome.UNCHANGED)
    return Turn(_as_it_was(state), Outcome.ANSWERED)


def back(form: Form, state: State) -> Turn:
    """To the question before. While one answer is being changed on the review card: back to the card."""
    question = asked(form, state)
    if question is not None and state.editing == question.key and _complete(form, state):
        return Turn(_as_it_was(state), Outcome.ANSWERED)
    before = form.applying(state.answers)
    if question is not None:
        before = before[: before.index(question)]
    answered = [q for q in before if q.key in state.answers and not q.given]
    if not answered:
        return Turn(state, Outcome.UNCHANGED)
    return Turn(reopen(state, answered[-1].key), Outcome.ANSWERED)


def reopen(state: State, key: str) -> State:
    """Ask `key` again; a joined answer starts afresh, and the old one holds until the new one is given."""
    fragments = dict(state.fragments)
    if key in state.answers:
        fragments.pop(key, None)
    return replace(state, editing=key, fragments=fragments)


def _as_it_was(state: State) -> State:
    """Nothing is being changed any more; pieces of a new answer that was never ended go."""
    assert state.editing is not None
    fragments = {key: kept for key, kept in state.fragments.items() if key != state.editing or kept.ended}
    return replace(state, editing=None, fragments=fragments)


def _complete(form: Form, state: State) -> bool:
    return all(q.key in state.answers or not q.applies(state.answers) for q in form.questions)


def _overtaken(state: State, order: Order) -> str | None:
    return next((key for key, piece in state.fragments.items() if piece.ended and order < piece.ended), None)


def _collect(state: State, question: Question, text: str, order: Order) -> Turn:
    pieces = state.fragments.get(question.key, Fragments()).add(order, text)
    if len(pieces.text()) > question.limit:
        return Turn(state, Outcome.INVALID, too_long(question.limit, len(pieces.text())))
    return Turn(replace(state, fragments={**state.fragments, question.key: pieces}), Outcome.COLLECTED)


def _join_late(form: Form, state: State, question: Question, text: str, order: Order) -> Turn:
    pieces = state.fragments[question.key].add(order, text)
    turn = settle(form, state, question, pieces.text())
    if turn.outcome is Outcome.INVALID:
        return turn
    joined = replace(turn.state, fragments={**state.fragments, question.key: pieces})
    return Turn(joined, Outcome.JOINED_LATE)


def _with_answer(form: Form, state: State, question: Question, value: Any) -> State:
    """The state with one more answer; steps of the old one, and what no longer applies, are dropped."""
    answers: Mapping[str, Any] = {**state.answers, question.key: value}
    applying = {q.key for q in form.applying(answers) if q.step_of != question.key}
    kept = {key: given for key, given in answers.items() if key in applying}
    editing = None if state.editing == question.key else state.editing
    return replace(state, answers=kept, editing=editing)

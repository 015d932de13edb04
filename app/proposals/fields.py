"""A proposal's form as the fields of a page: what each shows, and taking in what came back. Pure.

A field's text is what a person may type there. The page returns with each field a mark of the text it showed, so
that only what the person changed is written, and what the chat has written meanwhile is never lost unseen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.conversation.form import Answers, Form, Fragments, InvalidAnswer, Question, State
from app.conversation.parsers import clean, text
from app.proposals.evaluation import REMARK_LIMIT, SCORE_BY_NUMBER, evaluation_of, rating_key

EVALUATION = "evaluation"
EVALUATION_TEXT = "evaluation_text"
STEPS = ("rating_", "evaluation_")  # asked one by one in the chat only; a page shows them all at once

CHAT = "chat"  # where both doors wrote: what the chat has shall stay

CONSENT_FIRST = "请先选“同意”还是“不同意”。选了“同意”，姓名、电话和单位才会保存。"
NO_SUCH_SCORE = "请在 1 到 5 分里选一个。"
# The chat's sentence speaks of replying 跳过, which a page has no place for.
BAD_PHONE = "这个号码看着不对。请写 11 位手机号或单位座机号；不想留可以空着。"

Texts = Mapping[str, str]
Mark = Callable[[str], str]


@dataclass(frozen=True)
class Sent:
    """What came back from a page, by field.

    `seen`: the mark of the text the page had shown. `chosen`: where both doors had written, the person's decision:
    the mark of the other text, to replace it, or CHAT.
    """

    typed: Texts
    seen: Texts
    chosen: Texts


@dataclass(frozen=True)
class Taken:
    """The state with all that could be taken. `held` is what was typed and is not in it, by field.

    `problems` says for a field why; `conflicts` gives for a field the other text, written in the chat since.
    """

    state: State
    written: frozenset[str]
    problems: Mapping[str, str]
    conflicts: Texts
    held: Texts

    @property
    def settled(self) -> bool:
        return not self.problems and not self.conflicts


@dataclass(frozen=True)
class _Reading:
    text: str  # as it would be shown once stored
    value: Any
    problem: str = ""


def plain_questions(form: Form) -> tuple[Question, ...]:
    """The questions that are one field each: all but those of the evaluation and what is given."""
    return tuple(q for q in form.questions if not (q.given or q.key == EVALUATION or q.key.startswith(STEPS)))


def rating_keys(form: Form) -> tuple[str, ...]:
    count = sum(key.startswith("rating_") for key in form.by_key)
    return tuple(rating_key(number) for number in range(1, count + 1))


def texts_of(form: Form, state: State) -> dict[str, str]:
    """The text of every field, with personal ones in clear: a page masks what it does not show."""
    texts = {question.key: _stored_text(question, state) for question in plain_questions(form)}
    ratings, words = evaluation_of(state.answers)
    scores = {rating_key(rating["project"]): str(rating["rating"]) for rating in ratings}
    return texts | {key: scores.get(key, "") for key in rating_keys(form)} | {EVALUATION_TEXT: words}


def pieces(state: State, key: str) -> str:
    """What the chat has collected of a joined answer that was not ended yet."""
    collected = state.fragments.get(key, Fragments())
    return "" if collected.ended else collected.text()


def take(form: Form, state: State, sent: Sent, mark: Mark) -> Taken:
    """Write into `state` what was changed on the page, where it is valid and the chat has not changed it too."""
    stored = texts_of(form, state)
    readings = {key: _read(form, key, typed) for key, typed in sent.typed.items() if key in stored}
    changed = [key for key in stored if key in readings and _was_changed(key, readings[key], stored, sent, mark)]
    conflicts = {key: stored[key] for key in changed if not _may_replace(key, stored, sent, mark)}
    problems = {key: readings[key].problem for key in changed if readings[key].problem and key not in conflicts}
    good = {key: readings[key] for key in changed if key not in conflicts and key not in problems}
    taken, written = _write(form, state, good)
    if any(key not in written for key in good) and "consent" not in taken.answers:
        problems.setdefault("consent", CONSENT_FIRST)
    held = {key: sent.typed[key] for key in changed if key not in written}
    return Taken(taken, written, problems, conflicts, held)


def marks_after(form: Form, taken: Taken, sent: Sent, mark: Mark) -> dict[str, str]:
    """The marks for a page that stays as it is: it has seen what it wrote, and what was the same anyway."""
    stored = texts_of(form, taken.state)
    agreeing = {key for key, typed in sent.typed.items() if clean(typed) == stored.get(key)}
    return {**sent.seen, **{key: mark(stored[key]) for key in stored if key in taken.written | agreeing}}


def says_the_same(form: Form, state: State, typed: Texts) -> bool:
    """Whether a page with this on it holds just what `state` does; fields that do not apply are left out."""
    stored = texts_of(form, state)
    open_keys = stored.keys() - {q.key for q in plain_questions(form) if not q.applies(state.answers)}
    return all(_read(form, key, typed[key]).text == stored[key] for key in open_keys if key in typed)


def completed(form: Form, state: State) -> tuple[State, dict[str, str]]:
    """The state ready to be handed in, and for each field that keeps it from being so, why.

    What was left empty and may be counts as skipped; collected pieces count as an answer.
    """
    problems: dict[str, str] = {}
    for question in form.questions:
        collected = pieces(state, question.key)
        if not question.applies(state.answers) or (question.key in state.answers and not collected):
            continue
        reading = _read_question(question, collected)
        if reading.problem or (reading.value is None and not question.optional):
            problems[question.key] = reading.problem or missing(question)
        else:
            state = _with_answer(form, state, question, reading.value)
    return state, problems


def missing(question: Question) -> str:
    """What to say of a required field that is empty."""
    if question.key == "consent":
        return "请选一项，同意或不同意都可以提交。"
    return f"请选一个{question.name}。" if question.options else f"请写{question.name}。"


def _stored_text(question: Question, state: State) -> str:
    collected = pieces(state, question.key) if question.joined else ""
    return collected or _text_of(state.answers.get(question.key))


def _text_of(value: Any) -> str:
    if isinstance(value, dict):
        return str(value["unit"])
    return "" if value is None else str(value)


def _read(form: Form, key: str, typed: str) -> _Reading:
    if key in rating_keys(form):
        known = typed in {"", *(score.value for score in SCORE_BY_NUMBER)}
        return _Reading(typed, typed, "" if known else NO_SUCH_SCORE)
    if key == EVALUATION_TEXT:
        return _parsed(text(1, REMARK_LIMIT), typed) if clean(typed) else _Reading("", "")
    return _read_question(form.by_key[key], typed)


def _read_question(question: Question, typed: str) -> _Reading:
    if not clean(typed):
        return _Reading("", None)
    reading = _parsed(question.parse, typed)
    return replace(reading, problem=BAD_PHONE) if reading.problem and question.key == "phone" else reading


def _parsed(parse: Callable[[str], Any], typed: str) -> _Reading:
    try:
        value = parse(typed)
    except InvalidAnswer as problem:
        return _Reading(clean(typed), None, str(problem))
    return _Reading(_text_of(value), value)


def _was_changed(key: str, reading: _Reading, stored: Texts, sent: Sent, mark: Mark) -> bool:
    if reading.text == stored[key] or sent.chosen.get(key) == CHAT:
        return False
    return mark(reading.text) != sent.seen.get(key, mark(""))


def _may_replace(key: str, stored: Texts, sent: Sent, mark: Mark) -> bool:
    return mark(stored[key]) in (mark(""), sent.seen.get(key), sent.chosen.get(key))


def _write(form: Form, state: State, good: Mapping[str, _Reading]) -> tuple[State, frozenset[str]]:
    """The state with all of `good` that applies, and which fields those were."""
    written = set()
    for question in plain_questions(form):
        if question.key in good and question.applies(state.answers):
            state = _with_answer(form, state, question, good[question.key].value)
            written.add(question.key)
    said = {key: good[key].text for key in (*rating_keys(form), EVALUATION_TEXT) if key in good}
    if said:
        state = _with_answer(form, state, form.by_key[EVALUATION], _evaluation(form, state, said))
        written |= said.keys()
    return state, frozenset(written)


def _evaluation(form: Form, state: State, changed: Texts) -> dict[str, Any] | None:
    """The evaluation with some scores or its words changed; remarks made in the chat stay with their score."""
    texts = texts_of(form, state) | dict(changed)
    remarks = {rating["project"]: rating["remark"] for rating in evaluation_of(state.answers)[0]}
    ratings = [
        {"project": number, "rating": int(texts[key]), "remark": remarks.get(number, "")}
        for number, key in enumerate(rating_keys(form), start=1)
        if texts[key]
    ]
    words = texts[EVALUATION_TEXT]
    return {"ratings": ratings, "text": words} if ratings or words else None


def _with_answer(form: Form, state: State, question: Question, value: Any) -> State:
    """The state with `question` answered, or, when it is required and was emptied, open again.

    The chat's pieces of it are done with. Answers to questions that no longer apply are dropped.
    """
    answers: Answers = {key: given for key, given in state.answers.items() if key != question.key}
    if value is not None or question.optional:
        answers = {**answers, question.key: value}
    applying = {q.key for q in form.applying(answers)}
    return State(
        answers={key: given for key, given in answers.items() if key in applying},
        editing=None if state.editing == question.key else state.editing,
        fragments={key: kept for key, kept in state.fragments.items() if key != question.key},
    )

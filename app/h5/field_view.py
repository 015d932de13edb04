"""The fields of the proposal page as its template draws them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.campaigns.definition import Definition, LastYearProject
from app.conversation.form import Option, Question
from app.phones import masked
from app.proposals import fields
from app.proposals.drafting import Sheet
from app.proposals.evaluation import REMARK_LIMIT, SCORE_BY_NUMBER, evaluation_of, rating_key
from app.proposals.fields import EVALUATION, EVALUATION_TEXT, Mark, Sent, Taken, Texts
from app.proposals.form import (
    ASKED_FOR,
    OUTCOME_LIMIT,
    SUMMARY_LIMIT,
    SUPPLEMENT_LIMIT,
    SUPPLEMENTING,
    TITLE_LIMIT,
    UNIT_LIMIT,
)

LIMITS = {
    "title": TITLE_LIMIT,
    "summary": SUMMARY_LIMIT,
    "expected_outcome": OUTCOME_LIMIT,
    "unit": UNIT_LIMIT,
    SUPPLEMENTING: SUPPLEMENT_LIMIT,
}
ROWS = {"summary": 8, "expected_outcome": 5, SUPPLEMENTING: 5}  # of what is written over several lines
FEW_ROWS, ONE_ROW = 3, 60  # what may be longer than a line's characters gets several
FILLED_IN_BY_BROWSER = {"unit": "organization", "name": "name", "phone": "tel"}
REMOVE_PHONE = "remove_phone"
CHOSEN = "chosen_"
EMPTY: Texts = MappingProxyType({})


@dataclass(frozen=True)
class FieldView:
    """`other`: what the chat has written meanwhile, to choose from; `other_mark` says which words were shown.

    `earlier`: an older answer that the shown text is about to replace. `kept`: what is stored and not shown.
    """

    key: str
    name: str
    text: str
    prompt: str = ""
    hint: str = ""
    options: Sequence[Option] = ()
    required: bool = False
    rows: int = 0
    limit: int = 0
    autocomplete: str = "off"
    problem: str = ""
    other: str = ""
    other_mark: str = ""
    earlier: str = ""
    kept: str = ""
    about: str = ""


@dataclass(frozen=True)
class PageView:
    """`seen` and `draft_id` go with the form and come back with it."""

    first: Sequence[FieldView]
    evaluation: Question
    scores: Sequence[FieldView]
    words: FieldView
    personal: Sequence[FieldView]
    seen: str
    draft_id: int | None
    number: str | None
    pictures: int
    missing: Sequence[str]

    @property
    def all_fields(self) -> Sequence[FieldView]:
        return (*self.first, *self.scores, self.words, *self.personal)

    @property
    def heading(self) -> str:
        if self.number is None:
            return "我要提案"
        is_asked = any(view.key == SUPPLEMENTING for view in self.first)
        return f"{'补充' if is_asked else '修改'} {self.number}"

    @property
    def to_mend(self) -> Sequence[FieldView]:
        return tuple(view for view in self.all_fields if view.problem or view.other)

    @property
    def evaluates(self) -> bool:
        return any(view.text or view in self.to_mend for view in (*self.scores, self.words))


def view_of(
    sheet: Sheet, definition: Definition, mark: Mark, taken: Taken | None = None, seen: Texts = EMPTY
) -> PageView:
    """The page of a sheet; with `taken` and the marks it had `seen`, the page that asks to mend something."""
    texts = fields.texts_of(sheet.form, sheet.state)
    marks = {key: mark(text) for key, text in texts.items()}
    views = _first_view(sheet, definition, texts)
    if taken is not None:
        views = {key: _once_more(view, taken, mark) for key, view in views.items()}
        marks |= {key: seen.get(key, "") for key in taken.conflicts}  # undecided, so not yet seen
    plain = _plain_questions(sheet)
    source = sheet.draft or sheet.amends
    return PageView(
        first=[views[question.key] for question in plain if not question.personal],
        evaluation=sheet.form.by_key[EVALUATION],
        scores=[views[key] for key in fields.rating_keys(sheet.form)],
        words=views[EVALUATION_TEXT],
        personal=[views[question.key] for question in plain if question.personal],
        seen=json.dumps(marks),
        draft_id=sheet.draft.id if sheet.draft else None,
        number=sheet.amends.number if sheet.amends else None,
        pictures=len(source.pictures) if source else 0,
        missing=[sheet.form.by_key[key].name for key in fields.completed(sheet.form, sheet.state)[1]],
    )


def sent_by(form: Mapping[str, str]) -> Sent:
    """What the person typed and chose. An empty phone field keeps the number; a tick removes it."""
    typed = {key: text for key, text in form.items() if not key.startswith(CHOSEN)}
    if not typed.get("phone"):
        typed.pop("phone", None)
    if form.get(REMOVE_PHONE):
        typed["phone"] = ""
    chosen = {key.removeprefix(CHOSEN): mark for key, mark in form.items() if key.startswith(CHOSEN)}
    return Sent(typed, _marks(form.get("seen", "")), chosen)


def _marks(seen: str) -> dict[str, str]:
    """What is no mark is left out: such a field then counts as one that was empty."""
    try:
        marks = json.loads(seen)
    except ValueError:
        return {}
    if not isinstance(marks, dict):
        return {}
    return {key: mark for key, mark in marks.items() if isinstance(mark, str)}


def _plain_questions(sheet: Sheet) -> list[Question]:
    """Personal ones too before there is consent: the page shows them as soon as it is given."""
    answers = sheet.state.answers
    return [q for q in fields.plain_questions(sheet.form) if q.personal or q.applies(answers)]


def _first_view(sheet: Sheet, definition: Definition, texts: Texts) -> dict[str, FieldView]:
    plain = [_plain(question, sheet, texts, definition) for question in _plain_questions(sheet)]
    remarks = {rating["project"]: rating["remark"] for rating in evaluation_of(sheet.state.answers)[0]}
    scores = [_score(project, texts, remarks.get(project.number, "")) for project in definition.last_year]
    words = FieldView(EVALUATION_TEXT, "想说的话", texts[EVALUATION_TEXT], rows=4, limit=REMARK_LIMIT)
    return {view.key: view for view in (*plain, *scores, words)}


def _plain(question: Question, sheet: Sheet, texts: Texts, definition: Definition) -> FieldView:
    key, answers = question.key, sheet.state.answers
    view = FieldView(
        key,
        question.name,
        texts[key],
        prompt=question.prompt,
        hint=question.hint,
        options=question.options,
        required=not question.optional,
        rows=ROWS.get(key, FEW_ROWS if question.limit > ONE_ROW else 0),
        limit=LIMITS.get(key, question.limit),
        autocomplete=FILLED_IN_BY_BROWSER.get(key, "off"),
    )
    if key == "phone":
        return replace(view, text="", kept=question.shown(answers))
    if key == SUPPLEMENTING:
        view = replace(view, prompt=f"工作人员想请您补充：{answers[ASKED_FOR]}")
    if question.joined:
        earlier = question.shown(answers) if fields.pieces(sheet.state, key) else ""
        view = replace(view, earlier=earlier)
    if key == "summary":
        sides = f"可以从这些方面说：{'、'.join(definition.summary_sides)}。{question.hint}"
        return replace(view, hint=sides)
    return view


def _score(project: LastYearProject, texts: Texts, remark: str) -> FieldView:
    key, name = rating_key(project.number), f"{project.number}. {project.title}"
    return FieldView(key, name, texts[key], options=SCORE_BY_NUMBER, about=project.text, kept=remark)


def _once_more(view: FieldView, taken: Taken, mark: Mark) -> FieldView:
    """With what was typed and not taken, and why."""
    other = taken.conflicts.get(view.key, "")
    return replace(
        view,
        text=taken.held.get(view.key, view.text),
        problem=taken.problems.get(view.key, ""),
        other=_readable(view, other),
        other_mark=mark(other) if other else "",
    )


def _readable(view: FieldView, text: str) -> str:
    if view.key == "phone" and text:
        return masked(text)
    return next((option.title for option in view.options if option.value == text), text)

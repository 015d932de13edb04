"""A form as data: its questions, and what somebody has answered so far. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Answers = Mapping[str, Any]
Order = tuple[int, int]  # (CreateTime in seconds, MsgId): the order in which a person sent messages


class InvalidAnswer(ValueError):
    """Why an answer was not taken, in words for the person."""


@dataclass(frozen=True)
class Option:
    """One choice: `value` is stored, `title` is shown and may be typed, `words` are further ways to say it."""

    value: str
    title: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One thing to ask.

    `parse` turns the person's text into the stored value or raises InvalidAnswer; `show` is its inverse for
    people. `joined` collects several messages until 完, `limit` characters in all; of others it is what a page
    counts. `personal` is given with consent only, `sealed` is encrypted at rest. `on_card` is False for what has
    no row of its own; the question that it is a `step_of` speaks for it with its `recap`, and when that is
    answered anew, so are the steps. What is `given` comes with the form from elsewhere and is never asked for.
    """

    key: str
    name: str
    prompt: str
    parse: Callable[[str], Any]
    show: Callable[[Any], str] = str
    recap: Callable[[Answers], str] | None = None
    hint: str = ""
    options: tuple[Option, ...] = ()
    optional: bool = False
    joined: bool = False
    limit: int = 0
    personal: bool = False
    sealed: bool = False
    on_card: bool = True
    given: bool = False
    step_of: str | None = None
    ask_if: Callable[[Answers], bool] | None = None

    def applies(self, answers: Answers) -> bool:
        return self.ask_if is None or self.ask_if(answers)

    def shown(self, answers: Answers) -> str:
        """The answer as people read it; empty when it was skipped or not yet given."""
        value = answers.get(self.key)
        if value is None:
            return ""
        return self.recap(answers) if self.recap else self.show(value)


@dataclass(frozen=True)
class Form:
    key: str
    questions: tuple[Question, ...]
    by_key: Mapping[str, Question] = field(init=False, repr=False)
    sealed: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {question.key: question for question in self.questions})
        object.__setattr__(self, "sealed", frozenset(q.key for q in self.questions if q.sealed))

    def applying(self, answers: Answers) -> tuple[Question, ...]:
        """The questions that are asked of somebody with these answers. Every turn asks for them several times."""
        return tuple(
            [question for question in self.questions if question.ask_if is None or question.ask_if(answers)]
        )

    def card(self, answers: Answers) -> tuple[Question, ...]:
        """The rows of the review card: 改 n means the n-th of these, counted from 1."""
        return tuple(question for question in self.applying(answers) if question.on_card)


@dataclass(frozen=True)
class Fragments:
    """The pieces of a joined answer; `ended` is where its 完 stood, so that a straggler still finds its place."""

    parts: tuple[tuple[int, int, str], ...] = ()
    ended: Order | None = None

    def add(self, order: Order, text: str) -> "Fragments":
        return replace(self, parts=tuple(sorted((*self.parts, (*order, text)))))

    def text(self) -> str:
        return "\n".join(part[2] for part in self.parts)


@dataclass(frozen=True)
class State:
    """What is known of one person's form. There is no position: the next question follows from the answers.

    A skipped question is answered with None. `editing` is the key being answered anew; the old answer
    stays until the new one is given.
    """

    answers: Answers = field(default_factory=dict)
    editing: str | None = None
    fragments: Mapping[str, Fragments] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "answers": dict(self.answers),
            "editing": self.editing,
            "fragments": {
                key: {"parts": [list(part) for part in piece.parts], "ended": piece.ended}
                for key, piece in self.fragments.items()
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "State":
        return cls(
            answers=stored["answers"],
            editing=stored["editing"],
            fragments={
                key: Fragments(
                    tuple((part[0], part[1], part[2]) for part in piece["parts"]),
                    tuple(piece["ended"]) if piece["ended"] else None,
                )
                for key, piece in stored["fragments"].items()
            },
        )

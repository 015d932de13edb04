"""The further questions of a campaign, asked beside the notice's own and kept with their names. Pure."""

from collections.abc import Iterable

from app.campaigns.definition import Further
from app.conversation.form import Answers, Option, Question
from app.conversation.parsers import choice, text

PREFIX = "further_"  # so that no campaign file can take the key of another question or of a page's field

Given = dict[str, str]


def further_questions(asked: Iterable[Further]) -> tuple[Question, ...]:
    return tuple(map(_question, asked))


def given_in(asked: Iterable[Further], answers: Answers) -> list[Given]:
    """As `Proposal.further` keeps them: readable without the campaign. What was skipped says nothing."""
    return [
        {"key": one.key, "name": one.wording.name, "said": answers[PREFIX + one.key] or ""}
        for one in asked
        if PREFIX + one.key in answers
    ]


def answers_of(given: Iterable[Given]) -> dict[str, str | None]:
    """The answers again, for a proposal to be amended."""
    return {PREFIX + one["key"]: one["said"] or None for one in given}


def said_in(given: Iterable[Given]) -> list[str]:
    """A line for each that was answered."""
    return [f"{one['name']}：{one['said']}" for one in given if one["said"]]


def _question(asked: Further) -> Question:
    options = tuple(Option(title, title) for title in asked.options)
    return Question(
        key=PREFIX + asked.key,
        name=asked.wording.name,
        prompt=asked.wording.prompt,
        hint=asked.wording.hint,
        parse=choice(options) if options else text(1, asked.longest),
        options=options,
        optional=asked.optional,
        limit=0 if options else asked.longest,
    )

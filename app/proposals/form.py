"""The form of a proposal: the notice's fields as questions, in the campaign's own words. Pure."""

from typing import Any

from app.campaigns.definition import Definition, Trade
from app.conversation.form import Answers, Form, Option, Question
from app.conversation.parsers import choice, person_name, phone_number, text
from app.phones import masked
from app.proposals.evaluation import evaluation_parser, rating_questions, show_evaluation
from app.proposals.further import further_questions

SUPPLEMENTING = "supplement"
ASKED_FOR = "asked_for"  # what the author of a returned proposal is asked to add
AGREED, DECLINED = "agreed", "declined"
CONSENT = (
    Option(AGREED, "同意", ("我同意", "好", "好的", "可以", "行", "是", "是的", "ok", "yes")),
    Option(DECLINED, "不同意", ("我不同意", "不", "不行", "不可以", "拒绝", "否", "不愿意", "no")),
)
TITLE_LIMIT, SUMMARY_LIMIT, OUTCOME_LIMIT, SUPPLEMENT_LIMIT, UNIT_LIMIT = 60, 6000, 3000, 3000, 60
LONGEST_REASON = 1000


def proposal_form(definition: Definition) -> Form:
    """The questions asked of a worker, in the order of the form: the same for the chat, the page and the card."""
    categories = tuple(Option(category.key, category.title) for category in definition.categories)
    titles = {category.key: category.title for category in definition.categories}
    said = definition.wording

    def question(key: str, **shape: Any) -> Question:
        return Question(key=key, name=said[key].name, prompt=said[key].prompt, hint=said[key].hint, **shape)

    return Form(
        key=f"proposal-{definition.key}",
        questions=(
            *SUPPLEMENT,
            question(
                "consent",
                parse=choice(CONSENT),
                options=CONSENT,
                show=lambda value: "同意保存" if value == AGREED else "不同意，没有问姓名、电话和单位",
                on_card=False,
            ),
            question(
                "category",
                parse=choice(categories),
                options=categories,
                show=lambda key: titles.get(key, key),  # drafts outlive the definition they were begun under
            ),
            question("title", parse=text(2, TITLE_LIMIT)),
            question("summary", parse=text(2, SUMMARY_LIMIT), joined=True, limit=SUMMARY_LIMIT),
            question("expected_outcome", parse=text(2, OUTCOME_LIMIT)),
            *further_questions(definition.further),
            question(
                "evaluation",
                parse=evaluation_parser(len(definition.last_year)),
                recap=show_evaluation,
                optional=True,
                ask_if=lambda _: bool(definition.last_year),  # a union's first year has nothing to judge
            ),
            *rating_questions(definition.last_year),
            question(
                "unit",
                parse=unit_parser(definition.trades),
                show=show_unit,
                optional=True,
                personal=True,
                ask_if=agreed,
            ),
            question("name", parse=person_name, personal=True, ask_if=agreed),
            question(
                "phone",
                parse=phone_number,
                show=masked,
                optional=True,
                personal=True,
                sealed=True,
                ask_if=agreed,
            ),
        ),
    )


def was_returned(answers: Answers) -> bool:
    """Whether this is a proposal that its author was asked to say more about."""
    return ASKED_FOR in answers


SUPPLEMENT = (
    Question(
        key=ASKED_FOR,
        name="想请您补充",
        prompt="",
        parse=text(1, LONGEST_REASON),
        on_card=False,
        given=True,
        ask_if=was_returned,
    ),
    Question(
        key=SUPPLEMENTING,
        name="补充说明",
        prompt="请写一写要补充的内容。",
        hint="知道多少写多少。原来写的都在，不用重写；想改的话，写完这一项就能改。",
        parse=text(2, SUPPLEMENT_LIMIT),
        joined=True,
        limit=SUPPLEMENT_LIMIT,
        ask_if=was_returned,
    ),
)


def agreed(answers: Answers) -> bool:
    return answers.get("consent") == AGREED


def unit_parser(trades: tuple[Trade, ...]) -> Any:
    """The unit as written, and the trade when one of its words occurs: {"unit": str, "trade": key or None}."""
    written = text(2, UNIT_LIMIT)

    def parse(said: str) -> dict[str, str | None]:
        unit = written(said)
        trade = next((trade.key for trade in trades if any(word in unit for word in trade.words)), None)
        return {"unit": unit, "trade": trade}

    return parse


def show_unit(value: dict[str, str | None]) -> str:
    return value["unit"] or ""

"""Whether what a link says when tapped means something: a word, a sentence with a number, or an option. Pure."""

from functools import cache

from app.campaigns.loader import load_toml
from app.conversation.form import Form
from app.conversation.parsers import compact
from app.proposals.form import proposal_form
from tests.fixtures.service import CAMPAIGN_FILE
from wechat_handlers.dispatch import PHRASES
from wechat_handlers.words import word_in

EXTRA = frozenset({"逐项评分"})  # asked for in the evaluation's own words


def is_understood(content: str) -> bool:
    said = compact(content)
    return (
        word_in(content) is not None
        or any(pattern.fullmatch(said) for pattern, _handler in PHRASES)
        or content in EXTRA
        or content in _choices()
    )


@cache
def _choices() -> frozenset[str]:
    options = (option for question in _form().questions for option in question.options)
    return frozenset(word for option in options for word in (option.value, option.title))


def _form() -> Form:
    return proposal_form(load_toml(CAMPAIGN_FILE.read_text(encoding="utf-8")))

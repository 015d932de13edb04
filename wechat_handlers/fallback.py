"""What is not text, what cannot be heard, and what nobody understands."""

from collections.abc import Callable

from app.conversation import engine
from app.wechat.speech import paragraphs, quoted
from wechat_handlers import supplementing
from wechat_handlers.message import UNSUPPORTED
from wechat_handlers.standing import where_we_are
from wechat_handlers.texts import account
from wechat_handlers.texts import proposing as texts
from wechat_handlers.visit import Visit


def is_sticker(said: str) -> bool:
    return said.strip() == UNSUPPORTED or not said.strip()


def not_taken(visit: Visit) -> str:
    """Kindly said, and the question once more."""
    kind = "sticker" if visit.inbound.kind == "text" else visit.inbound.kind
    return _and_on(visit, account.CANNOT_TAKE[kind])


def hearing(visit: Visit, hear: Callable[[Visit], str | None]) -> str | None:
    """A voice message is worth what the platform made of it; many accounts get no text at all."""
    if not visit.said.strip():
        return _and_on(visit, account.VOICE_UNHEARD)
    heard = "" if _is_sealed(visit) else texts.HEARD.format(said=quoted(visit.said, 60))
    return paragraphs(heard, hear(visit) or "")


def puzzled(visit: Visit) -> str:
    return paragraphs(
        supplementing.waiting(visit), account.unknown(visit.definition, visit.campaign.phase, visit.zone)
    )


def without_campaign(_visit: Visit) -> str:
    return account.NO_CAMPAIGN


def _is_sealed(visit: Visit) -> bool:
    """Whether a phone number is being asked for: replies are stored, so it is not repeated in one."""
    question = engine.asked(visit.form, visit.state) if visit.view and visit.draft else None
    return question is not None and question.sealed


def _and_on(visit: Visit, sentence: str) -> str:
    return paragraphs(sentence, where_we_are(visit)) if visit.view and visit.draft else sentence

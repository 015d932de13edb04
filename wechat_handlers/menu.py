"""Help, greetings and thanks."""

from app.wechat.speech import paragraphs
from wechat_handlers import proposing, supplementing
from wechat_handlers.standing import where_we_are
from wechat_handlers.texts import account
from wechat_handlers.visit import Visit


def helping(visit: Visit) -> str:
    """What can be said here; somebody in the middle of writing hears what moves it on, and what was asked."""
    if visit.draft:
        return paragraphs(account.help_in_writing(visit.definition), where_we_are(visit))
    help_text = account.help_text(visit.definition, visit.campaign.phase, visit.zone)
    return paragraphs(supplementing.waiting(visit), help_text)


def greeting(visit: Visit) -> str:
    if visit.draft:
        return proposing.resuming(visit)
    welcome = account.welcome(visit.definition, visit.campaign.phase, visit.zone)
    return paragraphs(welcome, supplementing.waiting(visit))


def being_thanked(visit: Visit) -> str:
    news = account.phase_news(visit.definition, visit.campaign.phase, visit.zone)
    return paragraphs(account.thanked(visit.definition), where_we_are(visit) if visit.draft else news)

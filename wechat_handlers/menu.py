"""Help and greetings."""

from wechat_handlers import proposing
from wechat_handlers.texts import account
from wechat_handlers.texts.speech import paragraphs
from wechat_handlers.visit import Visit


def helping(visit: Visit) -> str:
    """What can be said here; somebody in the middle of writing also hears what was asked."""
    text = account.help_text(visit.definition, visit.campaign.phase, visit.zone)
    return paragraphs(text, proposing.where_we_are(visit)) if visit.draft else text


def greeting(visit: Visit) -> str:
    if visit.draft:
        return proposing.resuming(visit)
    return account.welcome(visit.definition, visit.campaign.phase, visit.zone)

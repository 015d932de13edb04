"""The menu's 投票 and 结果公布: what can be said of them in each phase."""

from app.wechat.speech import paragraphs
from wechat_handlers.standing import aside
from wechat_handlers.texts import account
from wechat_handlers.visit import Visit


def voting(visit: Visit) -> str:
    return paragraphs(account.voting(visit.campaign.phase, visit.definition, visit.zone), aside(visit))


def reading_results(visit: Visit) -> str:
    return paragraphs(account.results(visit.campaign.phase, visit.definition), aside(visit))

"""The menu's 投票 and 结果公布: what can be said of them in each phase."""

from wechat_handlers.texts import account
from wechat_handlers.visit import Visit


def voting(visit: Visit) -> str:
    return account.voting(visit.campaign.phase, visit.definition, visit.zone)


def reading_results(visit: Visit) -> str:
    return account.results(visit.campaign.phase, visit.definition)

"""Where somebody can say that WeChat may notify them."""

from wechat_handlers.texts import account as texts
from wechat_handlers.visit import Visit

PAGE = "/h5/notices"


def offering(visit: Visit) -> str:
    settings = visit.house.settings
    return texts.notices(f"{settings.public_url}{PAGE}" if settings.wechat.notices else "")

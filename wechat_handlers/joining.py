"""Following, leaving, and scanning a code."""

from datetime import UTC, datetime

from app.followers import service as followers
from wechat_handlers import menu
from wechat_handlers.personal import forget
from wechat_handlers.texts import account
from wechat_handlers.visit import Visit

SCENE_PREFIX = "qrscene_"


def subscribing(visit: Visit) -> str:
    """A code's scene comes with a prefix, to be taken off once: a scene may itself begin with it."""
    key = visit.inbound.event_key
    scene = key.removeprefix(SCENE_PREFIX) if key.startswith(SCENE_PREFIX) else None
    followers.subscribe(visit.follower, scene, _moment(visit))
    return menu.greeting(visit) if visit.view else account.NO_CAMPAIGN


def unsubscribing(visit: Visit) -> None:
    """The platform wants the person's data gone; the proposals stay, without the person.

    The event may come again after the person has come back: then it is about the past.
    """
    since = visit.follower.subscribed_at
    if since is not None and _moment(visit) < since:
        return
    forget(visit)


def scanning(visit: Visit) -> str:
    visit.follower.scene = visit.inbound.event_key[: followers.SCENE_LIMIT] or visit.follower.scene
    return menu.greeting(visit) if visit.view else account.NO_CAMPAIGN


def _moment(visit: Visit) -> datetime:
    """When it happened by the platform's clock: events of coming and going are compared with one another."""
    return datetime.fromtimestamp(visit.inbound.created_at, UTC)

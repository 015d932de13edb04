"""A person's own data: given out and erased in the chat."""

import structlog

from app.ballots.own import ballots_of
from app.privacy import service as privacy
from app.privacy.queries import Reading, everything
from app.proposals import queries as proposals
from app.wechat.speech import paragraphs
from wechat_handlers.standing import aside
from wechat_handlers.texts import personal as texts
from wechat_handlers.visit import Visit

log = structlog.get_logger(__name__)


def exporting(visit: Visit) -> str:
    reading = Reading(lambda _campaign: visit.form, visit.house.keyring, visit.zone, visit.now)
    return paragraphs(texts.export(everything(visit.session, visit.follower, reading)), aside(visit))


def asking_to_erase(visit: Visit) -> str:
    own = proposals.of_follower(visit.session, visit.follower.id, visit.campaign.id)
    voted = ballots_of(visit.session, visit.follower.id, visit.house.keyring, visit.now)
    return texts.confirm_erasure(len(own), voted=bool(voted))


def erasing(visit: Visit) -> str:
    forget(visit)
    return texts.erased()


def forget(visit: Visit) -> None:
    """By what the log says of it, it can be done once more after a backup has brought the person back."""
    privacy.sever(visit.session, visit.follower.id, visit.follower.openid)
    visit.forgotten = True
    log.info("person erased", person=f"person:{visit.house.keyring.person(visit.follower.openid)}")

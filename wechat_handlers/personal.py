"""A person's own data: given out and erased in the chat."""

from app.ballots.own import ballots_of
from app.privacy import service as privacy
from app.privacy.queries import Reading, everything
from app.proposals import queries as proposals
from app.wechat.speech import paragraphs
from wechat_handlers.standing import aside
from wechat_handlers.texts import personal as texts
from wechat_handlers.visit import Visit


def exporting(visit: Visit) -> str:
    reading = Reading(lambda _campaign: visit.form, visit.house.keyring, visit.zone, visit.now)
    return paragraphs(texts.export(everything(visit.session, visit.follower, reading)), aside(visit))


def asking_to_erase(visit: Visit) -> str:
    own = proposals.of_follower(visit.session, visit.follower.id, visit.campaign.id)
    voted = ballots_of(visit.session, visit.follower.id, visit.house.keyring, visit.now)
    return texts.confirm_erasure(len(own), voted=bool(voted))


def erasing(visit: Visit) -> str:
    privacy.sever(visit.session, visit.follower.id, visit.follower.openid)
    visit.forgotten = True
    return texts.erased()

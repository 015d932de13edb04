"""Before a proposal is handed in: what colleagues have proposed that is much the same."""

from collections.abc import Sequence

from app.conversation import engine
from app.proposals import queries as proposals
from app.proposals import supporting
from app.proposals.alike.features import Text
from app.proposals.alike.queries import Offer, offers
from wechat_handlers.visit import Visit


def offered(visit: Visit) -> Sequence[Offer]:
    """At the review card of a new proposal; neither one's own nor what one stands behind already."""
    if not visit.draft or visit.draft.proposal_id or not visit.campaign.allows.support:
        return ()
    if engine.asked(visit.form, visit.state) is not None:
        return ()
    answers = visit.state.answers
    text = Text(answers["title"], answers["summary"], answers["expected_outcome"])
    return offers(visit.session, visit.campaign.id, text, without=lambda: _known(visit))


def _known(visit: Visit) -> set[int]:
    own = proposals.of_follower(visit.session, visit.follower.id, visit.campaign.id)
    given = supporting.given_by(visit.session, visit.follower.id)
    return {proposal.id for proposal in own} | {proposal.id for proposal, _ in given}

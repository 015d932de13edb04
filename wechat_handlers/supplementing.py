"""Answering the office that has asked for more: the proposal is opened again at what was asked."""

from collections.abc import Sequence

from app.proposals import queries as proposals
from app.proposals import service
from models import Proposal
from models.enums import ProposalStatus
from wechat_handlers.receipts import own_proposal, reopening
from wechat_handlers.texts import supplementing as texts
from wechat_handlers.visit import Visit


def supplementing(visit: Visit, said: str) -> str | None:
    """补充 with a number; without one, what is asked for. None: it was something else that was said."""
    if not said:
        return _the_one_asked_for(visit)
    proposal = own_proposal(visit, said)
    if isinstance(proposal, str):
        return proposal
    if not service.may_supplement(proposal, visit.campaign):
        over = proposal.status is ProposalStatus.RETURNED
        return texts.too_late(proposal.number) if over else texts.not_asked(proposal.number)
    return reopening(visit, proposal)


def waiting(visit: Visit) -> str:
    """A line on what the office waits for; empty when it waits for nothing."""
    return texts.waiting([proposal.number for proposal in _asked_for(visit)])


def _the_one_asked_for(visit: Visit) -> str | None:
    asked = _asked_for(visit)
    if len(asked) == 1:
        return reopening(visit, asked[0])
    return texts.waiting([proposal.number for proposal in asked]) or None


def _asked_for(visit: Visit) -> Sequence[Proposal]:
    own = proposals.of_follower(visit.session, visit.follower.id, visit.campaign.id)
    return [proposal for proposal in own if service.may_supplement(proposal, visit.campaign)]

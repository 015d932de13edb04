"""Answering the office that has asked for more: the proposal is opened again at what was asked."""

from collections.abc import Sequence
from dataclasses import replace

from app.conversation import drafts
from app.proposals import queries as proposals
from app.proposals import service
from app.proposals.form import ASKED_FOR
from models import Proposal
from wechat_handlers.receipts import own_proposal
from wechat_handlers.standing import where_we_are
from wechat_handlers.texts import proposing as writing
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
        return texts.not_asked(proposal.number)
    return _open(visit, proposal)


def waiting(visit: Visit) -> str:
    """A line on what the office waits for; empty when it waits for nothing."""
    return texts.waiting([proposal.number for proposal in _asked_for(visit)])


def _the_one_asked_for(visit: Visit) -> str | None:
    asked = _asked_for(visit)
    if len(asked) == 1:
        return _open(visit, asked[0])
    return texts.waiting([proposal.number for proposal in asked]) or None


def _asked_for(visit: Visit) -> Sequence[Proposal]:
    own = proposals.of_follower(visit.session, visit.follower.id, visit.campaign.id)
    return [proposal for proposal in own if service.may_supplement(proposal, visit.campaign)]


def _open(visit: Visit, proposal: Proposal) -> str:
    if visit.draft and visit.draft.proposal_id != proposal.id:
        return writing.finish_first()
    state = service.state_of(proposal, visit.house.keyring)
    if visit.draft is None:
        draft = drafts.begin(visit.follower.id, visit.campaign.id, visit.now)
        draft.proposal_id, draft.pictures = proposal.id, proposal.pictures
        visit.write_on(draft)
        visit.keep(state)
    elif ASKED_FOR not in visit.state.answers:  # it was being amended when it was returned
        asked = {**visit.state.answers, ASKED_FOR: state.answers[ASKED_FOR]}
        visit.keep(replace(visit.state, answers=asked))
    return where_we_are(visit)

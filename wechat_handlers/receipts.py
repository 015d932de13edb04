"""Proposals that were handed in: their progress, the list of one's own, amending and withdrawing."""

from app.conversation import drafts
from app.proposals import numbers, service
from app.proposals import queries as proposals
from app.settings import AccountKind
from models import Proposal
from wechat_handlers import proposing
from wechat_handlers.texts import proposing as writing
from wechat_handlers.texts import receipts as texts
from wechat_handlers.texts.speech import link
from wechat_handlers.visit import Visit


def listing(visit: Visit) -> str:
    own = proposals.of_follower(visit.session, visit.follower.id, visit.campaign.id)
    draft = ""
    if visit.draft:
        draft = str(visit.state.answers.get("title") or "刚开头")
    settings = visit.house.settings
    has_pages = settings.wechat.account_kind is AccountKind.SERVICE  # only these may sign people in on pages
    page = link(f"{settings.public_url}/h5/mine", "在网页上看") if has_pages and (own or draft) else ""
    return texts.my_proposals(own, changeable=visit.campaign.allows.amend, draft=draft, page=page)


def telling_progress(visit: Visit, said: str) -> str | None:
    """None when it is no number after all: then it was something else that was said."""
    number = numbers.parse(said, visit.definition.year)
    if number is None:
        return None
    proposal = proposals.by_number(visit.session, number)
    if proposal is None:
        return texts.NUMBER_NOT_FOUND.format(number=number)
    into = visit.session.get(Proposal, proposal.merged_into_id) if proposal.merged_into_id else None
    own = proposal.follower_id == visit.follower.id
    return texts.progress(proposal, into.number if into else None, own=own, zone=visit.zone)


def amending(visit: Visit, said: str) -> str | None:
    """Open the proposal again as a draft at its review card."""
    proposal = _own(visit, said)
    if isinstance(proposal, str):
        return proposal
    service.require_open(proposal, visit.campaign)
    if visit.draft and visit.draft.proposal_id != proposal.id:
        return writing.finish_first()
    if visit.draft is None:
        draft = drafts.begin(visit.follower.id, visit.campaign.id, visit.now)
        draft.proposal_id, draft.pictures = proposal.id, proposal.pictures
        visit.write_on(draft)
        visit.keep(service.state_of(proposal, visit.house.keyring))
    return proposing.where_we_are(visit)


def asking_to_withdraw(visit: Visit, said: str) -> str | None:
    proposal = _own(visit, said)
    if isinstance(proposal, str):
        return proposal
    service.require_open(proposal, visit.campaign)
    return texts.confirm_withdrawal(proposal)


def withdrawing(visit: Visit, said: str) -> str | None:
    proposal = _own(visit, said)
    if isinstance(proposal, str):
        return proposal
    service.withdraw(proposal, visit.campaign)
    return texts.withdrawn(proposal.number)


def _own(visit: Visit, said: str) -> Proposal | str:
    """The person's own proposal of that number, or why there is none."""
    number = numbers.parse(said, visit.definition.year) or said
    proposal = proposals.by_number(visit.session, number)
    if proposal is None:
        return texts.NUMBER_NOT_FOUND.format(number=number)
    return proposal if proposal.follower_id == visit.follower.id else texts.NOT_YOURS.format(number=number)

"""Proposals that were handed in: their progress, the list of one's own, amending and withdrawing."""

from collections.abc import Sequence

from app.conversation import drafts
from app.projects.places import placings
from app.proposals import numbers, service, supporting
from app.proposals import queries as proposals
from app.proposals.status import told
from app.settings import AccountKind
from app.wechat.speech import lines, link, paragraphs
from models import Proposal
from models.enums import ProposalStatus
from wechat_handlers.standing import aside, put_away, too_late, where_we_are
from wechat_handlers.texts import proposing as writing
from wechat_handlers.texts import receipts as texts
from wechat_handlers.texts.receipts import Entry
from wechat_handlers.visit import Visit


def listing(visit: Visit) -> str:
    own = proposals.of_follower(visit.session, visit.follower.id, visit.campaign.id)
    allows = visit.campaign.allows
    return paragraphs(
        _list(visit, own) if own else texts.none_yet(may_propose=allows.propose),
        _unfinished(visit),
        _page(visit) if own or visit.draft else "",
    )


def _list(visit: Visit, own: Sequence[Proposal]) -> str:
    supporters = supporting.counts(visit.session, own)
    return texts.my_proposals([_entry(visit, proposal, supporters[proposal.id]) for proposal in own])


def _entry(visit: Visit, proposal: Proposal, supporters: int) -> Entry:
    ways = ""
    if service.may_supplement(proposal, visit.campaign):
        ways = texts.way_to_supplement(proposal.number)
    elif visit.campaign.allows.amend and proposal.status is ProposalStatus.SUBMITTED:
        ways = texts.ways_to_change(proposal.number)
    return Entry(proposal, _told(visit, proposal, own=True), supporters, ways)


def _told(visit: Visit, proposal: Proposal, *, own: bool) -> str:
    into = visit.session.get(Proposal, proposal.merged_into_id) if proposal.merged_into_id else None
    return told(proposal.status, into.number if into else None, own=own)


def _unfinished(visit: Visit) -> str:
    if not visit.draft:
        return ""
    title = str(visit.state.answers.get("title") or "刚开头")
    return texts.unfinished(title, in_time=not too_late(visit))


def _page(visit: Visit) -> str:
    """Only service accounts may sign people in on pages."""
    settings = visit.house.settings
    has_pages = settings.wechat.account_kind is AccountKind.SERVICE
    return link(f"{settings.public_url}/h5/mine", "在网页上看") if has_pages else ""


def telling_progress(visit: Visit, said: str) -> str | None:
    """None when it is no number after all: then it was something else that was said."""
    number = numbers.parse(said, visit.definition.year)
    if number is None:
        return None
    proposal = proposals.by_number(visit.session, number)
    if proposal is None:
        return paragraphs(texts.number_not_found(number), aside(visit))
    return paragraphs(_progress(visit, proposal), _placed(visit, proposal), aside(visit))


def _progress(visit: Visit, proposal: Proposal) -> str:
    if proposal.follower_id != visit.follower.id:
        return texts.progress_to_others(proposal, _told(visit, proposal, own=False), visit.zone)
    supporters = supporting.counts(visit.session, [proposal])[proposal.id]
    return texts.progress(_entry(visit, proposal, supporters), visit.zone)


def _placed(visit: Visit, proposal: Proposal) -> str:
    """Where it stands on the published list: that everybody may know, as everybody may read the list."""
    found = placings(visit.session, proposal)
    if not found:
        return ""
    address = f"{visit.house.settings.public_url}/h5/results/{found[0].campaign}"
    return lines((*map(texts.placed, found), link(address, "看全部结果")))


def amending(visit: Visit, said: str) -> str | None:
    """Open the proposal again as a draft at its review card."""
    proposal = own_proposal(visit, said)
    if isinstance(proposal, str):
        return proposal
    service.require_open(proposal, visit.campaign)
    return reopening(visit, proposal)


def reopening(visit: Visit, proposal: Proposal) -> str:
    """Write on a proposal that its author may change. What has become too late is put away for it."""
    if visit.draft and visit.draft.proposal_id != proposal.id:
        if not too_late(visit):
            return writing.finish_first()
        put_away(visit)
    if visit.draft is None:
        draft = drafts.begin(visit.follower.id, visit.campaign.id, visit.now)
        draft.proposal_id, draft.pictures = proposal.id, proposal.pictures
        visit.write_on(draft)
        visit.keep(service.state_of(proposal, visit.house.keyring))
    visit.keep(service.asked_of(proposal, visit.state))
    return where_we_are(visit)


def asking_to_withdraw(visit: Visit, said: str) -> str | None:
    proposal = own_proposal(visit, said)
    if isinstance(proposal, str):
        return proposal
    service.require_withdrawable(proposal, visit.campaign)
    return texts.confirm_withdrawal(proposal)


def withdrawing(visit: Visit, said: str) -> str | None:
    proposal = own_proposal(visit, said)
    if isinstance(proposal, str):
        return proposal
    service.withdraw(visit.session, proposal, visit.campaign)
    if visit.draft and visit.draft.proposal_id == proposal.id:
        drafts.discard(visit.session, visit.draft)
        visit.write_on(None)
    return texts.withdrawn(proposal.number)


def own_proposal(visit: Visit, said: str) -> Proposal | str:
    """The person's own proposal of that number, or why there is none."""
    number = numbers.parse(said, visit.definition.year) or said
    proposal = proposals.by_number(visit.session, number)
    if proposal is None:
        return texts.number_not_found(number)
    return proposal if proposal.follower_id == visit.follower.id else texts.NOT_YOURS.format(number=number)

"""Standing behind a colleague's proposal: given once by each person, taken back, counted."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import CTE, ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.campaigns.queries import CampaignView
from app.campaigns.rules import require
from app.errors import Conflict
from app.followers.service import Contact
from app.proposals import locking
from app.proposals.service import Desk
from app.upserts import insert_into
from models import Proposal, Support
from models.enums import ProposalStatus

AT_ONCE = 1000  # proposals in one statement

ENDED: Mapping[ProposalStatus, str] = MappingProxyType(
    {
        ProposalStatus.WITHDRAWN: "{number} 的提案人已经把它撤回了，不能再加支持，谢谢您的热心。",
        ProposalStatus.REJECTED: "{number} 这次没有采纳，不能再加支持，谢谢您的热心。",
    }
)


class NotToBeSupported(Conflict):
    """It is one's own, of another year, or has come to its end."""

    code = "not_to_be_supported"


@dataclass(frozen=True)
class Standing:
    """How it is now with the proposal that the support counts for. `changed`: by what was just said."""

    proposal: Proposal
    supporters: int
    changed: bool


def support(session: Session, proposal: Proposal, by: Contact, desk: Desk) -> Standing:
    """Stand behind `proposal`, and so behind what it was merged into; once, however often it is said.

    The row stays with the proposal that was named: undoing a merge divides the supporters again.
    Raises PhaseClosed, NotToBeSupported.
    """
    line = locking.locked_with_all_above(session, [proposal.id])
    root = _open_root(session, proposal, desk.campaign, "加支持")
    if root.status in ENDED:
        raise NotToBeSupported(ENDED[root.status].format(number=root.number))
    if by.id in (proposal.follower_id, root.follower_id):
        raise NotToBeSupported(f"{proposal.number} 就是您自己提的，不用再加支持，可以请同事来支持。")
    given = select(Support.id).where(*_theirs(root, by, desk))
    new = session.scalars(given.limit(1)).first() is None
    if new:
        _add(session, proposal, by, desk)
        _keep_counts(session, line)
    return Standing(root, root.supporters, new)


def take_back(session: Session, proposal: Proposal, by: Contact, desk: Desk) -> Standing:
    """Stand no longer behind `proposal`, nor anything it is handled with. Raises PhaseClosed, NotToBeSupported."""
    root = _open_root(session, proposal, desk.campaign, "取消支持")
    theirs = _theirs(root, by, desk)
    supported = session.scalars(select(Support.proposal_id).where(*theirs)).all()
    line = locking.locked_with_all_above(session, supported)
    session.execute(delete(Support).where(*theirs))
    _keep_counts(session, line)
    return Standing(root, root.supporters, bool(supported))


def recount(session: Session, proposal: Proposal) -> None:
    """After something was merged into `proposal`, or taken out again: who stands behind it and all above it."""
    _keep_counts(session, locking.locked_with_all_above(session, [proposal.id]))


def root_of(session: Session, proposal: Proposal) -> Proposal:
    """What `proposal` is handled as: itself, or the end of its merges."""
    while proposal.merged_into_id is not None:
        proposal = session.get_one(Proposal, proposal.merged_into_id)
    return proposal


def counts(session: Session, proposals: Collection[Proposal]) -> Mapping[int, int]:
    """How many persons stand behind each of `proposals` or anything merged into it, by id."""
    ids = [proposal.id for proposal in proposals]
    found = dict.fromkeys(ids, 0)
    for start in range(0, len(ids), AT_ONCE):
        family = _families(ids[start : start + AT_ONCE])
        counted = (
            select(family.c.root, func.count(Support.person.distinct()))
            .join(Support, Support.proposal_id == family.c.member)
            .group_by(family.c.root)
        )
        found.update((row[0], row[1]) for row in session.execute(counted))
    return found


def given_by(session: Session, follower_id: int) -> Iterable[tuple[Proposal, Support]]:
    """What a person stands behind, the oldest first."""
    rows = session.execute(
        select(Proposal, Support)
        .join(Support, Support.proposal_id == Proposal.id)
        .where(Support.follower_id == follower_id)
        .order_by(Support.id)
    )
    return [(row[0], row[1]) for row in rows]


def _keep_counts(session: Session, proposals: Collection[Proposal]) -> None:
    """Of proposals that are locked: else somebody who counts at the same time would miss what we have changed."""
    found = counts(session, proposals)
    for proposal in proposals:
        proposal.supporters = found[proposal.id]


def _open_root(session: Session, proposal: Proposal, campaign: CampaignView, deed: str) -> Proposal:
    root = root_of(session, proposal)
    if root.campaign_id != campaign.id:
        raise NotToBeSupported(f"{root.number} 是往年的提案，不能再{deed}了。")
    require(campaign.allows.support, campaign.phase, deed)
    return root


def _families(ids: Collection[int]) -> CTE:
    """(root, member): each of `ids` with itself and all that was merged into it, however many times over."""
    family = select(Proposal.id.label("root"), Proposal.id.label("member")).where(Proposal.id.in_(ids))
    members = family.cte("family", recursive=True)
    merged = select(members.c.root, Proposal.id).join(Proposal, Proposal.merged_into_id == members.c.member)
    return members.union(merged)


def _theirs(root: Proposal, by: Contact, desk: Desk) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    purpose = _purpose(desk.campaign)
    names = desk.keyring.digests(by.openid, purpose)
    return Support.person.in_(names), Support.proposal_id.in_(select(_families([root.id]).c.member))


def _add(session: Session, proposal: Proposal, by: Contact, desk: Desk) -> None:
    row = {
        "proposal_id": proposal.id,
        "person": desk.keyring.digest(by.openid, _purpose(desk.campaign)),
        "follower_id": by.id,
        "given_at": desk.now,
    }
    session.execute(
        insert_into(session, Support).values(row).on_conflict_do_nothing(index_elements=["proposal_id", "person"])
    )


def _purpose(campaign: CampaignView) -> str:
    """Another in each campaign, so that nobody can be followed from year to year."""
    return f"support {campaign.key}"

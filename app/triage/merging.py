"""Merging proposals that mean the same: nobody's words, name or support is lost, and it can be undone exactly."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.rules import require
from app.clock import Clock
from app.errors import Conflict, Invalid, NotFound
from app.operators.queries import Account
from app.operators.reasons import clean_reason
from app.operators.rules import Power
from app.outbox import service as outbox
from app.proposals import supporting
from app.triage import decisions, notices, texts
from app.triage.families import below, in_hand, root
from app.triage.noting import note
from app.triage.rules import MERGEABLE, STANDING
from models import Candidate, CandidateSource, Merge, MergedProposal, Proposal
from models.enums import ProposalStatus


class NotToBeMerged(Conflict):
    code = "not_to_be_merged"


@dataclass(frozen=True)
class Merged:
    """A merge with the numbers it is about."""

    merge: Merge
    into: str
    numbers: tuple[str, ...]


def merge(
    session: Session, into: str, numbers: Collection[str], reason: str, *, by: Account, clock: Clock
) -> Merge:
    """Handle these proposals as one with `into` from now on; all their authors are told.

    Raises Forbidden, NotFound, Invalid, PhaseClosed, and NotToBeMerged naming what stands in the way.
    """
    by.require(Power.MERGE)
    reason = clean_reason(reason)
    numbers = sorted(set(numbers))
    if into in numbers or not numbers:
        raise Invalid("请选至少一份别的提案来合并，不能把一份提案合并到它自己。")
    proposals = in_hand(session, [into, *numbers])
    target, sources = proposals[into], [proposals[number] for number in numbers]
    _require_phase(session, target, clock)
    _refuse(session, target, sources)
    made = Merge(into_id=target.id, operator_id=by.id, reason=reason, merged_at=clock.now())
    session.add(made)
    session.flush()
    for source in sources:
        _put_in(session, made, source, target)
    supporting.recount(session, target)
    for source in sources:
        for one in [source, *below(session, source)]:
            told = texts.merged(one.number, one.title, into)
            notices.owe(session, one, f"merge:{made.id}", told, clock)
    detail = {"merge": made.id, "proposals": numbers, "reason": reason}
    note(session, by, "proposal.merge", into, detail, clock)
    return made


def undo(session: Session, merge_id: int, *, by: Account, clock: Clock) -> None:
    """Put everything back as it was before the merge; who was told of the merge is told of this too.

    Raises Forbidden, NotFound, PhaseClosed, and NotToBeMerged once a ballot was frozen that grew from it.
    """
    by.require(Power.MERGE)
    found = one(session, merge_id)
    proposals = in_hand(session, [found.into, *found.numbers])
    target = proposals[found.into]
    made = session.get(Merge, merge_id, populate_existing=True)
    if made is None:  # somebody was quicker
        raise _unknown()
    _require_phase(session, target, clock)
    if _is_on_ballot(session, target, made):
        raise NotToBeMerged(f"{found.into} 已经写进定稿的候选项目，这次合并不能再撤销了。")
    sources = {source.id: source for source in proposals.values() if source is not target}
    families = [one for source in sources.values() for one in (source, *below(session, source))]
    for before in _remembered(session, made):
        source = sources[before.proposal_id]
        source.status, source.status_reason, source.merged_into_id = before.status, before.status_reason, None
        session.delete(before)
    session.flush()
    session.delete(made)
    supporting.recount(session, target)
    _tell_undone(session, families, found, clock)
    detail = {"merge": merge_id, "proposals": list(found.numbers), "reason": made.reason}
    note(session, by, "proposal.unmerge", found.into, detail, clock)


def audience(session: Session, proposal: Proposal) -> tuple[int, int]:
    """When this one is merged: of how many proposals the authors are told, of how many there is nobody to tell."""
    family = [proposal, *below(session, proposal)]
    reachable = sum(one.follower_id is not None for one in family)
    return reachable, len(family) - reachable


def one(session: Session, merge_id: int) -> Merged:
    """Raises NotFound, also for a merge that was undone."""
    made = session.get(Merge, merge_id)
    if made is None:
        raise _unknown()
    return _with_numbers(session, [made])[0]


def of_campaign(session: Session, campaign_id: int) -> list[Merged]:
    """The merges that stand, the latest first."""
    made = session.scalars(
        select(Merge)
        .join(Proposal, Proposal.id == Merge.into_id)
        .where(Proposal.campaign_id == campaign_id)
        .order_by(Merge.id.desc())
    ).all()
    return _with_numbers(session, made)


def _with_numbers(session: Session, merges: Sequence[Merge]) -> list[Merged]:
    ids = [made.id for made in merges]
    sources = session.execute(
        select(MergedProposal.merge_id, Proposal.number)
        .join(Proposal, Proposal.id == MergedProposal.proposal_id)
        .where(MergedProposal.merge_id.in_(ids))
        .order_by(Proposal.id)
    ).all()
    targets = _numbers(session, {made.into_id for made in merges})
    return [
        Merged(made, targets[made.into_id], tuple(row.number for row in sources if row.merge_id == made.id))
        for made in merges
    ]


def _numbers(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    rows = session.execute(select(Proposal.id, Proposal.number).where(Proposal.id.in_(ids)))
    return {row.id: row.number for row in rows}


def _put_in(session: Session, made: Merge, source: Proposal, target: Proposal) -> None:
    session.add(
        MergedProposal(
            merge_id=made.id, proposal_id=source.id, status=source.status, status_reason=source.status_reason
        )
    )
    source.status, source.status_reason = ProposalStatus.MERGED, None
    source.merged_into_id = target.id


def _refuse(session: Session, target: Proposal, sources: Sequence[Proposal]) -> None:
    strangers = [source.number for source in sources if source.campaign_id != target.campaign_id]
    if strangers:
        raise Invalid(f"{'、'.join(strangers)} 不是同一次活动的提案，不能合并。")
    obstacles = [_obstacle(session, source) for source in sources]
    if target.status not in MERGEABLE:
        obstacles.insert(0, f"{target.number} {STANDING[target.status]}，别的提案不能合并进来。")
    told = [obstacle for obstacle in obstacles if obstacle]
    if told:
        raise NotToBeMerged("".join(told))


def _obstacle(session: Session, source: Proposal) -> str:
    if source.status not in MERGEABLE:
        return f"{source.number} {STANDING[source.status]}，不能合并。"
    if decisions.is_prepared(session, source):
        return f"{source.number} 有一份等着公布的答复，请先公布或者取消它。"
    if decisions.in_candidate(session, source):
        return f"{source.number} 已经写进候选项目了，请先从候选项目里取出。"
    return ""


def _require_phase(session: Session, target: Proposal, clock: Clock) -> None:
    campaign = campaigns.by_id(session, target.campaign_id, clock)
    require(campaign.allows.sort, campaign.phase, "合并提案")


def _is_on_ballot(session: Session, target: Proposal, made: Merge) -> bool:
    """Whether a candidate was frozen, with this merge in it, of the proposal that all this is now handled with."""
    frozen = (
        select(Candidate.id)
        .join(CandidateSource, CandidateSource.candidate_id == Candidate.id)
        .where(CandidateSource.proposal_id == root(session, target).id, Candidate.frozen_at >= made.merged_at)
    )
    return session.scalar(frozen.limit(1)) is not None


def _remembered(session: Session, made: Merge) -> Sequence[MergedProposal]:
    return session.scalars(select(MergedProposal).where(MergedProposal.merge_id == made.id)).all()


def _tell_undone(session: Session, families: Sequence[Proposal], undone: Merged, clock: Clock) -> None:
    """Where the notice of the merge has not gone out, taking it back is all there is to do."""
    what = f"merge:{undone.merge.id}"
    taken_back = outbox.take_back(session, [notices.key(each, what) for each in families])
    for each in families:
        if notices.key(each, what) not in taken_back:
            told = texts.unmerged(each.number, each.title, undone.into)
            notices.owe(session, each, f"un{what}", told, clock)


def _unknown() -> NotFound:
    return NotFound("没有这次合并，或者已经撤销了。")

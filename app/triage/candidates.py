"""Candidates: composed from proposals that were shortlisted, edited, ordered, and frozen for the ballot."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.campaigns.rules import PHASE_TITLES, require
from app.clock import Clock
from app.errors import Conflict, Invalid, NotFound
from app.operators import log
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals.locking import locked
from app.triage.ballot_text import CandidateText, checked
from app.triage.rules import STANDING
from models import Campaign, Candidate, CandidateSource, Proposal
from models.enums import PhaseKind, ProposalStatus


class CandidateFrozen(Conflict):
    """It stands on the ballot, or the phase in which candidates are edited is over."""

    code = "candidate_frozen"


class CandidateChanged(Conflict):
    """Somebody else has edited it since it was read."""

    code = "candidate_changed"


class NotShortlisted(Conflict):
    code = "not_shortlisted"


def compose(
    session: Session, key: str, text: CandidateText, numbers: Collection[str], *, by: Account, clock: Clock
) -> Candidate:
    """Make a candidate of the campaign `key` from these proposals. In the opinion phase it is frozen at once.

    Raises Forbidden, NoCampaign, PhaseClosed, Invalid, NotFound, NotShortlisted.
    """
    by.require(Power.MAKE_CANDIDATES)
    sources = _sources(session, numbers)
    campaign = _locked(session, campaigns.by_key(session, key, clock).id, clock)
    require(campaign.allows.make_candidates, campaign.phase, "确定候选项目")
    text = checked(text, campaign.definition)
    _require_shortlisted(sources, campaign)
    place = _last_place(session, campaign.id) + 1
    candidate = Candidate(campaign_id=campaign.id, place=place, operator_id=by.id, composed_at=clock.now())
    _write(candidate, text)
    session.add(candidate)
    session.flush()
    _connect(session, candidate, sources)
    freeze_due(session, campaign, actor=by.actor, clock=clock)
    detail = {"to": _detail(text), "proposals": [source.number for source in sources]}
    _note(session, by, "candidate.compose", candidate, detail, clock)
    return candidate


def edit(
    session: Session,
    candidate_id: int,
    changes: Mapping[str, Any],
    *,
    numbers: Collection[str] | None = None,
    seen: datetime | None = None,
    by: Account,
    clock: Clock,
) -> Candidate:
    """Change the fields of CandidateText that are named, and, if `numbers` is given, what it grew from.

    `seen`: the version that the changes were made to, so that nobody writes over what they never saw.
    Raises Forbidden, NotFound, CandidateFrozen, CandidateChanged, Invalid, NotShortlisted.
    """
    by.require(Power.MAKE_CANDIDATES)
    sources = None if numbers is None else _sources(session, numbers)
    candidate, campaign = _open(session, candidate_id, clock)
    if seen not in (None, version_of(candidate)):
        raise CandidateChanged("您改的时候，别的同事也改过这个项目，还没有保存。请比对一下，再保存一次。")
    before = text_of(candidate)
    after = checked(replace(before, **changes), campaign.definition)
    detail = _differences(before, after)
    _write(candidate, after)
    if sources is not None:
        _require_shortlisted(sources, campaign)
        detail |= _exchange(session, candidate, sources)
    if not detail:
        return candidate
    candidate.edited_at = clock.now()
    session.flush()
    _note(session, by, "candidate.edit", candidate, detail, clock)
    return candidate


def reorder(session: Session, campaign_key: str, ids: Sequence[int], *, by: Account, clock: Clock) -> None:
    """Put all candidates of a campaign in this order. Raises Forbidden, CandidateFrozen, Invalid."""
    by.require(Power.MAKE_CANDIDATES)
    campaign = _locked(session, campaigns.by_key(session, campaign_key, clock).id, clock)
    _require_open(campaign)
    found = of_campaign(session, campaign.id)
    if sorted(ids) != sorted(candidate.id for candidate in found):
        raise Invalid("候选项目有了变化，请刷新以后再排一次。")
    before = [candidate.id for candidate in found]
    for candidate in found:
        candidate.place = ids.index(candidate.id) + 1
    session.flush()
    subject, detail = f"campaign:{campaign.key}", {"from": before, "to": list(ids)}
    log.record(session, actor=by.actor, verb="candidate.reorder", subject=subject, detail=detail, clock=clock)


def drop(session: Session, candidate_id: int, *, by: Account, clock: Clock) -> None:
    """Its proposals stay shortlisted. Raises Forbidden, NotFound, CandidateFrozen."""
    by.require(Power.MAKE_CANDIDATES)
    candidate, _ = _open(session, candidate_id, clock)
    detail = {"from": _detail(text_of(candidate)), "proposals": numbers_of(session, candidate)}
    session.delete(candidate)
    session.flush()
    _note(session, by, "candidate.drop", candidate, detail, clock)


def freeze_due(session: Session, campaign: CampaignView, *, actor: str, clock: Clock) -> int:
    """In the opinion phase, give each candidate without a number the next one, for ever. How many there were."""
    campaign = _locked(session, campaign.id, clock)
    if campaign.phase is not PhaseKind.OPINION:
        return 0
    waiting = [candidate for candidate in of_campaign(session, campaign.id) if candidate.number is None]
    taken = session.scalar(select(func.max(Candidate.number)).where(Candidate.campaign_id == campaign.id)) or 0
    for number, candidate in enumerate(waiting, start=taken + 1):
        candidate.number, candidate.frozen_at = number, clock.now()
    session.flush()
    if waiting:
        subject, detail = f"campaign:{campaign.key}", {"numbers": {str(one.id): one.number for one in waiting}}
        log.record(session, actor=actor, verb="candidate.freeze", subject=subject, detail=detail, clock=clock)
    return len(waiting)


def by_id(session: Session, candidate_id: int) -> Candidate:
    """Raises NotFound."""
    candidate = session.get(Candidate, candidate_id)
    if candidate is None:
        raise _unknown()
    return candidate


def of_campaign(session: Session, campaign_id: int) -> Sequence[Candidate]:
    """In their order."""
    of_it = select(Candidate).where(Candidate.campaign_id == campaign_id)
    return session.scalars(of_it.order_by(Candidate.place, Candidate.id)).all()


def numbers_of(session: Session, candidate: Candidate) -> list[str]:
    """The proposals it was composed from."""
    sources = (
        select(Proposal.number)
        .join(CandidateSource, CandidateSource.proposal_id == Proposal.id)
        .where(CandidateSource.candidate_id == candidate.id)
        .order_by(Proposal.id)
    )
    return list(session.scalars(sources))


def version_of(candidate: Candidate) -> datetime:
    return candidate.edited_at or candidate.composed_at


def text_of(candidate: Candidate) -> CandidateText:
    values = {field.name: getattr(candidate, field.name) for field in fields(CandidateText)}
    return CandidateText(**{**values, "indicators": tuple(candidate.indicators)})


def _locked(session: Session, campaign_id: int, clock: Clock) -> CampaignView:
    """The campaign as it is now. Until the commit nobody else sets its phase or changes its candidates."""
    session.execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update())
    return campaigns.by_id(session, campaign_id, clock)


def _open(session: Session, candidate_id: int, clock: Clock) -> tuple[Candidate, CampaignView]:
    campaign = _locked(session, by_id(session, candidate_id).campaign_id, clock)
    candidate = session.get(Candidate, candidate_id, populate_existing=True)
    if candidate is None:  # somebody was quicker
        raise _unknown()
    _require_open(campaign)
    return candidate, campaign


def _require_open(campaign: CampaignView) -> None:
    """Numbers that were given stay, also when the phase was turned back for a correction."""
    if not campaign.allows.edit_candidates:
        raise CandidateFrozen(f"现在是“{PHASE_TITLES[campaign.phase]}”阶段，候选项目已经定稿，不能再改。")


def _unknown() -> NotFound:
    return NotFound("没有这个候选项目，可能已经取消了。")


def _sources(session: Session, numbers: Collection[str]) -> list[Proposal]:
    """In hand before the campaign is, as proposals that are handed in are."""
    if not numbers:
        raise Invalid("请至少选一份入选的提案，候选项目要有来处。")
    return list(locked(session, set(numbers)).values())


def _require_shortlisted(sources: Sequence[Proposal], campaign: CampaignView) -> None:
    strangers = [source.number for source in sources if source.campaign_id != campaign.id]
    if strangers:
        raise Invalid(f"{'、'.join(strangers)} 不是这次活动的提案。")
    others = [source for source in sources if source.status is not ProposalStatus.SHORTLISTED]
    if others:
        told = "；".join(f"{source.number} {STANDING[source.status]}" for source in others)
        raise NotShortlisted(f"{told}。只有入选的提案才能写进候选项目。")


def _exchange(session: Session, candidate: Candidate, sources: Sequence[Proposal]) -> dict[str, Any]:
    """Let it grow from these proposals instead; what the log has of that, nothing where they are the same."""
    before, after = numbers_of(session, candidate), [source.number for source in sources]
    if before == after:
        return {}
    session.execute(delete(CandidateSource).where(CandidateSource.candidate_id == candidate.id))
    _connect(session, candidate, sources)
    return {"proposals": {"from": before, "to": after}}


def _connect(session: Session, candidate: Candidate, sources: Sequence[Proposal]) -> None:
    session.add_all(CandidateSource(candidate_id=candidate.id, proposal_id=each.id) for each in sources)
    session.flush()


def _last_place(session: Session, campaign_id: int) -> int:
    return session.scalar(select(func.max(Candidate.place)).where(Candidate.campaign_id == campaign_id)) or 0


def _write(candidate: Candidate, text: CandidateText) -> None:
    for field in fields(CandidateText):
        setattr(candidate, field.name, getattr(text, field.name))
    candidate.indicators = [dict(one) for one in text.indicators]


def _detail(text: CandidateText) -> dict[str, Any]:
    return {name: value for name, value in asdict(text).items() if value}


def _differences(before: CandidateText, after: CandidateText) -> dict[str, Any]:
    was, now = asdict(before), asdict(after)
    return {name: {"from": was[name], "to": now[name]} for name in was if was[name] != now[name]}


def _note(
    session: Session, by: Account, verb: str, candidate: Candidate, detail: Mapping[str, Any], clock: Clock
) -> None:
    subject = f"candidate:{candidate.id}"
    log.record(session, actor=by.actor, verb=verb, subject=subject, detail=detail, clock=clock)

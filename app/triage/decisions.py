"""Deciding what becomes of proposals, and telling those who made them; many answers can be published together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.definition import Definition
from app.campaigns.queries import CampaignView
from app.campaigns.rules import PhaseClosed, require
from app.clock import Clock
from app.errors import Conflict, Invalid, NotFound
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals.locking import locked_one
from app.triage import cards, notices, rules, texts
from app.triage.families import below, in_hand
from app.triage.noting import note
from app.triage.rules import DECISION_TITLES, STATUS_AFTER
from models import CandidateSource, Decision, Proposal
from models.enums import DecisionKind


class NotToBeDecided(Conflict):
    code = "not_to_be_decided"


@dataclass(frozen=True)
class Verdict:
    """`reason` is what the author reads; `ground`, of a rejection, the key of a reason in the campaign's list."""

    kind: DecisionKind
    reason: str
    ground: str | None = None


def decide(
    session: Session, number: str, verdict: Verdict, *, by: Account, clock: Clock, hold: bool = False
) -> Decision:
    """Decide of one proposal. `hold`: only prepare it, to be published later; nobody is told before.

    Raises Forbidden, NotFound, PhaseClosed, Invalid, and NotToBeDecided, among them when cards are missing.
    """
    return decide_all(session, [number], verdict, by=by, clock=clock, hold=hold)[0]


def decide_all(
    session: Session, numbers: Collection[str], verdict: Verdict, *, by: Account, clock: Clock, hold: bool = False
) -> list[Decision]:
    """The same of several proposals: all of them or none. Raises as `decide` does, naming what is in the way."""
    by.require(rules.POWER_FOR[verdict.kind])
    verdict = Verdict(verdict.kind, rules.reason_to_tell(verdict.reason), verdict.ground)
    proposals = in_hand(session, numbers)
    for campaign in _campaigns(session, proposals.values(), clock):
        _require_phase(campaign, verdict.kind)
        _require_ground(campaign.definition, verdict)
    refuse_all(
        [_obstacle(session, one, verdict.kind) or _not_theirs(session, one, by) for one in proposals.values()]
    )
    return [_decide(session, proposal, verdict, by, clock, hold) for proposal in proposals.values()]


def publish(
    session: Session, campaign_id: int, numbers: Collection[str] | None = None, *, by: Account, clock: Clock
) -> int:
    """Publish what was prepared, in one go: of these proposals, or of the whole campaign. How many there were.

    Raises Forbidden, PhaseClosed, and NotToBeDecided when a proposal has moved on since it was prepared.
    """
    by.require(Power.RETURN)  # whoever decides anything may do that
    proposals = in_hand(session, [proposal.number for _, proposal in prepared(session, campaign_id, numbers)])
    waiting = prepared(session, campaign_id, proposals.keys())  # what nobody published or took back meanwhile
    campaign = campaigns.by_id(session, campaign_id, clock)
    for decision, _ in waiting:
        by.require(rules.POWER_FOR[decision.kind])
        _require_phase(campaign, decision.kind)
    refuse_all([_changed_since(decision, proposals[one.number]) for decision, one in waiting])
    refuse_all([_obstacle(session, proposals[one.number], decision.kind) for decision, one in waiting])
    for decision, proposal in waiting:
        _apply(session, decision, proposal, by, clock)
    return len(waiting)


def take_back(session: Session, number: str, *, by: Account, clock: Clock) -> None:
    """Drop what was prepared and not published. Raises Forbidden, NotFound."""
    by.require(Power.RETURN)
    proposal = locked_one(session, number)
    decision = prepared_for(session, proposal)
    if decision is None:
        raise NotFound(f"{number} 没有等着公布的答复。")
    by.require(rules.POWER_FOR[decision.kind])
    _drop(session, decision, number, by, clock)


def prepared(
    session: Session, campaign_id: int, numbers: Collection[str] | None = None
) -> list[tuple[Decision, Proposal]]:
    """What waits to be published, the oldest first."""
    waiting = (
        select(Decision, Proposal)
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .where(Proposal.campaign_id == campaign_id, Decision.published_at.is_(None))
        .order_by(Decision.id)
    )
    if numbers is not None:
        waiting = waiting.where(Proposal.number.in_(numbers))
    return [(row[0], row[1]) for row in session.execute(waiting)]


def prepared_for(session: Session, proposal: Proposal) -> Decision | None:
    """What waits to be published of it."""
    waiting = select(Decision).where(Decision.proposal_id == proposal.id, Decision.published_at.is_(None))
    return session.scalars(waiting).one_or_none()


def obstacle_to(session: Session, campaign: CampaignView, proposal: Proposal, kind: DecisionKind) -> str:
    """Why this cannot be decided of this proposal now; empty when it can."""
    try:
        _require_phase(campaign, kind)
    except PhaseClosed as closed:
        return closed.message
    return _obstacle(session, proposal, kind)


def message(definition: Definition, proposal: Proposal, verdict: Verdict) -> str:
    """What the author is going to read."""
    reason = rules.told_reason(verdict.reason, _sentence(definition, verdict.ground))
    return texts.decided(verdict.kind, proposal.number, proposal.title, reason)


def history(session: Session, proposal: Proposal) -> Sequence[Decision]:
    """All decisions of a proposal, also what is only prepared, the oldest first."""
    return session.scalars(select(Decision).where(Decision.proposal_id == proposal.id).order_by(Decision.id)).all()


def is_prepared(session: Session, proposal: Proposal) -> bool:
    return prepared_for(session, proposal) is not None


def refuse_all(obstacles: Collection[str]) -> None:
    """Raises NotToBeDecided when there is any obstacle, telling the first few."""
    told = [obstacle for obstacle in obstacles if obstacle]
    if told:
        more = f"（还有 {len(told) - 3} 份也不行。）" if len(told) > 3 else ""
        raise NotToBeDecided("".join(told[:3]) + more)


def in_candidate(session: Session, proposal: Proposal) -> bool:
    return bool(session.scalar(select(exists().where(CandidateSource.proposal_id == proposal.id))))


def _decide(
    session: Session, proposal: Proposal, verdict: Verdict, by: Account, clock: Clock, hold: bool
) -> Decision:
    if (waiting := prepared_for(session, proposal)) is not None:
        _drop(session, waiting, proposal.number, by, clock)
    decision = Decision(
        proposal_id=proposal.id,
        kind=verdict.kind,
        ground=verdict.ground,
        reason=verdict.reason,
        operator_id=by.id,
        decided_at=clock.now(),
    )
    session.add(decision)
    session.flush()
    if not hold:
        _apply(session, decision, proposal, by, clock)
        return decision
    detail = {"decision": verdict.kind, "ground": verdict.ground, "reason": verdict.reason}
    note(session, by, "proposal.prepare_decision", proposal.number, detail, clock)
    return decision


def _drop(session: Session, decision: Decision, number: str, by: Account, clock: Clock) -> None:
    session.delete(decision)
    session.flush()
    detail = {"decision": decision.kind, "reason": decision.reason}
    note(session, by, "proposal.decision_taken_back", number, detail, clock)


def _apply(session: Session, decision: Decision, proposal: Proposal, by: Account, clock: Clock) -> None:
    definition = campaigns.by_id(session, proposal.campaign_id, clock).definition
    reason = rules.told_reason(decision.reason, _sentence(definition, decision.ground))
    before = proposal.status
    decision.published_at = clock.now()
    proposal.status = STATUS_AFTER[decision.kind]
    proposal.status_reason = None if decision.kind is DecisionKind.SHORTLIST else reason
    session.flush()
    _tell(session, decision, proposal, reason, clock)
    detail = {
        "decision": decision.kind,
        "ground": decision.ground,
        "reason": decision.reason,
        "from": before,
        "to": proposal.status,
    }
    note(session, by, "proposal.decide", proposal.number, detail, clock)


def _tell(session: Session, decision: Decision, proposal: Proposal, reason: str, clock: Clock) -> None:
    """The author is told, and those whose proposals are handled with it; for more only the author is asked."""
    others = [] if decision.kind is DecisionKind.RETURN else below(session, proposal)
    for each in [proposal, *others]:
        leading = "" if each is proposal else proposal.number
        told = texts.decided(decision.kind, each.number, each.title, reason, leading)
        notices.owe(session, each, f"decision:{decision.id}", told, clock)


def _campaigns(session: Session, proposals: Collection[Proposal], clock: Clock) -> list[CampaignView]:
    ids = sorted({proposal.campaign_id for proposal in proposals})
    return [campaigns.by_id(session, one, clock) for one in ids]


def _require_phase(campaign: CampaignView, kind: DecisionKind) -> None:
    allows = campaign.allows
    allowed = allows.sort if kind is DecisionKind.RETURN else allows.assess
    require(allowed, campaign.phase, f"作出“{DECISION_TITLES[kind]}”的答复")


def _require_ground(definition: Definition, verdict: Verdict) -> None:
    if verdict.ground is None:
        return
    if verdict.kind is not DecisionKind.REJECT:
        raise Invalid("只有不采纳才选原因。")
    if verdict.ground not in _sentences(definition):
        raise Invalid(f"没有“{verdict.ground}”这个原因，可以写：{'、'.join(_sentences(definition))}。")


def _changed_since(decision: Decision, proposal: Proposal) -> str:
    """Why what was prepared may no longer fit; empty when the proposal is as it was read."""
    if proposal.amended_at is None or proposal.amended_at <= decision.decided_at:
        return ""
    return f"{proposal.number} 的提案人后来又改过内容，请看一看，重新准备答复。"


def _obstacle(session: Session, proposal: Proposal, kind: DecisionKind) -> str:
    """Why this cannot be decided of this proposal; empty when it can."""
    number = proposal.number
    if proposal.status not in rules.DECIDABLE[kind]:
        return f"{number} {rules.STANDING[proposal.status]}，不能再作“{DECISION_TITLES[kind]}”的答复。"
    if kind is not DecisionKind.SHORTLIST:
        return f"{number} 已经写进候选项目了，请先从候选项目里取出。" if in_candidate(session, proposal) else ""
    given, needed = cards.standing(session, proposal)
    if given < needed:
        return f"{number} 要有 {needed} 位同事评审过才能入选，现在有 {given} 位。"
    return ""


def _not_theirs(session: Session, proposal: Proposal, by: Account) -> str:
    """Why `by` may not put another answer in the place of the one that waits; empty when there is no reason."""
    waiting = prepared_for(session, proposal)
    if waiting is None or by.may(rules.POWER_FOR[waiting.kind]):
        return ""
    prepared = DECISION_TITLES[waiting.kind]
    return f"{proposal.number} 有一份等着公布的“{prepared}”答复，请评审的同事先公布或者取消它。"


def _sentences(definition: Definition) -> Mapping[str, str]:
    return {ground.key: ground.sentence for ground in definition.grounds}


def _sentence(definition: Definition, ground: str | None) -> str | None:
    return _sentences(definition).get(ground or "")

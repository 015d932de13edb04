"""Assessing proposals: reviewers' cards, blind to one another until all are in, and second looks."""

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.rules import require
from app.clock import Clock
from app.errors import Conflict, Forbidden
from app.operators.queries import Account
from app.operators.reasons import clean_reason
from app.operators.rules import Power
from app.proposals.locking import locked_one
from app.triage import cards, notices, rules, texts
from app.triage.families import below, in_hand
from app.triage.noting import note
from app.triage.rules import OPEN, Card
from models import Assessment, Proposal, SecondLook
from models.enums import ProposalStatus


class NotToBeAssessed(Conflict):
    code = "not_to_be_assessed"


class OwnUnit(Forbidden):
    code = "own_unit"


def assess(session: Session, number: str, card: Card, *, by: Account, clock: Clock) -> Assessment:
    """Hand in a card; one's own may be replaced for as long as nobody else could have read it.

    Raises Forbidden (OwnUnit for a proposal of the reviewer's own unit), PhaseClosed, NotToBeAssessed, Invalid.
    """
    by.require(Power.ASSESS)
    proposal = locked_one(session, number)
    campaign = campaigns.by_id(session, proposal.campaign_id, clock)
    require(campaign.allows.assess, campaign.phase, "评审")
    if refusal := cards.refusal(session, proposal, by):
        raise OwnUnit(refusal)
    if proposal.status not in OPEN:
        raise NotToBeAssessed(f"{number} 现在不在评审当中，不用再打分了。")
    own = _own(session, proposal, by)
    given, needed = cards.standing(session, proposal)
    look = cards.look_at(session, proposal)
    if own is not None:
        _require_blind(own, look, given >= needed)
    complete = rules.complete(campaign.definition.criteria, card)
    assessment = own or Assessment(proposal_id=proposal.id, operator_id=by.id, look=look)
    before = _sealed(assessment) if own else None
    assessment.scores, assessment.reasons = dict(complete.scores), dict(complete.reasons)
    assessment.conclusion, assessment.assessed_at = complete.conclusion, clock.now()
    session.add(assessment)
    session.flush()
    detail = {"from": before, "to": _sealed(assessment), "look": assessment.look}
    note(session, by, "proposal.assess", number, detail, clock)
    return assessment


def ask_again(session: Session, number: str, reason: str, *, by: Account, clock: Clock) -> SecondLook:
    """Ask that a reviewer who has not assessed it yet looks too; a rejected proposal is then open again.

    Raises Forbidden, PhaseClosed, NotToBeAssessed, Invalid.
    """
    by.require(Power.ASSESS)
    reason = clean_reason(reason)
    proposal = in_hand(session, [number])[number]
    campaign = campaigns.by_id(session, proposal.campaign_id, clock)
    require(campaign.allows.assess, campaign.phase, "提请再看一次")
    if proposal.status not in OPEN | {ProposalStatus.REJECTED}:
        raise NotToBeAssessed(f"{number} 现在不能提请再看一次。")
    given, needed = cards.standing(session, proposal)
    if given < needed:
        raise NotToBeAssessed("这一轮评审表还没有收齐，收齐以后再提请。")
    before = proposal.status
    look = SecondLook(proposal_id=proposal.id, operator_id=by.id, reason=reason, asked_at=clock.now())
    session.add(look)
    session.flush()
    if before is ProposalStatus.REJECTED:
        proposal.status, proposal.status_reason = ProposalStatus.SUBMITTED, None
        _tell_reopened(session, look, proposal, clock)
    detail = {"reason": reason, "from": before, "to": proposal.status}
    note(session, by, "proposal.second_look", number, detail, clock)
    return look


def _tell_reopened(session: Session, look: SecondLook, proposal: Proposal, clock: Clock) -> None:
    for each in [proposal, *below(session, proposal)]:
        leading = "" if each is proposal else proposal.number
        told = texts.reconsidered(each.number, each.title, leading)
        notices.owe(session, each, f"second_look:{look.id}", told, clock)


def _own(session: Session, proposal: Proposal, by: Account) -> Assessment | None:
    given = select(Assessment).where(Assessment.proposal_id == proposal.id, Assessment.operator_id == by.id)
    return session.scalars(given).one_or_none()


def _require_blind(own: Assessment, look: int, complete: bool) -> None:
    if own.look < look:
        raise NotToBeAssessed("这次要请另一位同事来看，您已经评过了。")
    if complete:
        raise NotToBeAssessed("评审表已经收齐、互相公开了，不能再改。确有必要，可以提请再看一次。")


def _sealed(assessment: Assessment) -> str:
    """What the log has of a card: it proves what was on it, and keeps reviewers blind who may read the log."""
    card = [assessment.scores, assessment.reasons, assessment.conclusion]
    return hashlib.sha256(json.dumps(card, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

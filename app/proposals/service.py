"""Handing in, amending and withdrawing a proposal."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from app.campaigns.queries import CampaignView
from app.campaigns.rules import PhaseClosed, in_grace
from app.conversation import drafts
from app.conversation.drafts import OpenDraft
from app.conversation.form import Answers, State
from app.crypto import Keyring
from app.errors import Conflict
from app.proposals import numbers
from app.proposals.evaluation import evaluation_of
from app.proposals.form import AGREED, ASKED_FOR, DECLINED, SUPPLEMENTING
from app.proposals.further import answers_of, given_in
from models import Campaign, Proposal
from models.enums import IntakeChannel, ProposalStatus

CAMPAIGNS: Table = Campaign.metadata.tables[Campaign.__tablename__]
TAKE_NUMBER = (
    update(CAMPAIGNS)
    .where(CAMPAIGNS.c.id == bindparam("campaign"))
    .values(last_number=CAMPAIGNS.c.last_number + 1)
    .returning(CAMPAIGNS.c.last_number)
)

AUTHORS_OWN = frozenset({ProposalStatus.SUBMITTED, ProposalStatus.RETURNED})
PHONE_SEALED_FOR = "proposals.phone"


class AlreadyTaken(Conflict):
    """Screening has it in hand, or it was withdrawn: it no longer changes by its author's word."""

    code = "already_taken"


@dataclass(frozen=True)
class Desk:
    """What handing in needs besides the person: the campaign, the keys, the time."""

    campaign: CampaignView
    keyring: Keyring
    now: datetime


def may_submit(draft: OpenDraft, campaign: CampaignView, now: datetime) -> bool:
    """While proposals are collected; a draft begun in time also in the stated grace after.

    What the office has asked for is taken as long as it is sifting.
    """
    if draft.campaign_id != campaign.id:
        return False
    if campaign.allows.propose or _supplements(draft, campaign):
        return True
    closed, grace = campaign.collecting_closed_at, campaign.definition.draft_grace
    return draft.proposal_id is None and in_grace(draft.begun_at, closed, grace, now)


def submit(session: Session, draft: OpenDraft, answers: Answers, desk: Desk) -> Proposal:
    """Make a complete draft its author's proposal with a number, or amend the one it came from; it is then gone.

    Raises PhaseClosed when it is too late, AlreadyTaken when the proposal being amended has moved on.
    """
    if not may_submit(draft, desk.campaign, desk.now):
        raise PhaseClosed("征集已经截止，这份提案现在不能提交了。")
    if draft.proposal_id is None:
        proposal = _new(session, draft.follower_id, desk)
    else:
        proposal = _locked(session, draft.proposal_id)
        require_open(proposal, desk.campaign)
        proposal.amended_at = desk.now
        _supplement(proposal, answers, desk.now)
    proposal.pictures = draft.pictures
    _write(proposal, answers, desk.keyring)
    proposal.further = given_in(desk.campaign.definition.further, answers)
    drafts.discard(session, draft)
    return proposal


def require_open(proposal: Proposal, campaign: CampaignView) -> None:
    """Raises unless the author may still amend it: until screening begins, or when asked to."""
    if not may_supplement(proposal, campaign):
        require_withdrawable(proposal, campaign)


def may_supplement(proposal: Proposal, campaign: CampaignView) -> bool:
    """Whether its author was asked for more, and the answer can still be used."""
    returned = proposal.status is ProposalStatus.RETURNED
    return returned and proposal.campaign_id == campaign.id and campaign.allows.sort


def require_withdrawable(proposal: Proposal, campaign: CampaignView) -> None:
    """Raises unless the author may still take it back: until screening begins."""
    if proposal.status is ProposalStatus.WITHDRAWN:
        raise AlreadyTaken(f"{proposal.number} 已经撤回了。")
    if proposal.campaign_id != campaign.id:
        raise AlreadyTaken(f"{proposal.number} 是往年的提案，不能再修改或撤回了。")
    if proposal.status not in AUTHORS_OWN:
        raise AlreadyTaken(f"{proposal.number} 已经有了答复，不能再修改或撤回了。")
    if not campaign.allows.amend:
        raise AlreadyTaken(f"征集已经截止，{proposal.number} 正在汇总梳理，不能再修改或撤回了。")


def withdraw(session: Session, proposal: Proposal, campaign: CampaignView) -> None:
    """Raises AlreadyTaken, also when others are handled with it. An amendment that was begun goes with it."""
    require_withdrawable(proposal, campaign)
    joined = select(Proposal.id).where(Proposal.merged_into_id == proposal.id)
    if session.scalar(joined.limit(1)) is not None:
        raise AlreadyTaken(f"已经有同事的提案合并到 {proposal.number} 一起办理，不能撤回了；要改内容，可以修改。")
    proposal.status = ProposalStatus.WITHDRAWN
    session.execute(delete(drafts.TABLE).where(drafts.TABLE.c.proposal_id == proposal.id))


def state_of(proposal: Proposal, keyring: Keyring) -> State:
    """A proposal as a complete form again, for its author to amend."""
    answers = {
        "consent": AGREED if proposal.consented else DECLINED,
        "category": proposal.category,
        "title": proposal.title,
        "summary": proposal.summary,
        "expected_outcome": proposal.expected_outcome,
        "evaluation": _evaluation_answer(proposal),
        **answers_of(proposal.further),
    }
    if proposal.consented:
        answers |= {
            "unit": {"unit": proposal.unit, "trade": proposal.trade} if proposal.unit else None,
            "name": proposal.proposer_name,
            "phone": phone_of(proposal, keyring),
        }
    return asked_of(proposal, State(answers=answers))


def asked_of(proposal: Proposal, state: State) -> State:
    """`state` with what its author is asked for now, also when that came while it was being amended."""
    asked = proposal.status_reason or ""
    if proposal.status is not ProposalStatus.RETURNED or state.answers.get(ASKED_FOR) == asked:
        return state
    editing = SUPPLEMENTING if SUPPLEMENTING in state.answers else state.editing  # it answered something else
    return replace(state, answers={**state.answers, ASKED_FOR: asked}, editing=editing)


def phone_of(proposal: Proposal, keyring: Keyring) -> str | None:
    return keyring.open(proposal.phone, PHONE_SEALED_FOR) if proposal.phone else None


def _evaluation_answer(proposal: Proposal) -> dict[str, object] | None:
    if not proposal.evaluations and not proposal.evaluation_text:
        return None
    return {"ratings": proposal.evaluations, "text": proposal.evaluation_text or ""}


def _supplements(draft: OpenDraft, campaign: CampaignView) -> bool:
    return draft.proposal_id is not None and ASKED_FOR in draft.state["answers"] and campaign.allows.sort


def _supplement(proposal: Proposal, answers: Answers, now: datetime) -> None:
    """Each answer stays beside its question. If it is what is asked for now, the office has its turn again."""
    if proposal.status is not ProposalStatus.RETURNED or SUPPLEMENTING not in answers:
        return
    added = {"asked": answers[ASKED_FOR], "said": answers[SUPPLEMENTING], "at": now.isoformat()}
    proposal.supplements = [*proposal.supplements, added]
    if answers[ASKED_FOR] == proposal.status_reason:
        proposal.status, proposal.status_reason = ProposalStatus.SUBMITTED, None


def _new(session: Session, follower_id: int, desk: Desk) -> Proposal:
    proposal = Proposal(
        campaign_id=desk.campaign.id,
        number=numbers.make(desk.campaign.definition.year, _next_number(session, desk.campaign.id)),
        channel=IntakeChannel.WECHAT,
        status=ProposalStatus.SUBMITTED,
        follower_id=follower_id,
        submitted_at=desk.now,
    )
    session.add(proposal)
    return proposal


def _next_number(session: Session, campaign_id: int) -> int:
    """Taken from the campaign's row, which stays locked until the commit: no number twice, none left out."""
    number: int = session.execute(TAKE_NUMBER, {"campaign": campaign_id}).scalar_one()
    return number


def _locked(session: Session, proposal_id: int) -> Proposal:
    return session.scalars(select(Proposal).where(Proposal.id == proposal_id).with_for_update()).one()


def _write(proposal: Proposal, answers: Answers, keyring: Keyring) -> None:
    unit = answers.get("unit") or {}
    phone = answers.get("phone")
    ratings, words = evaluation_of(answers)
    proposal.consented = answers.get("consent") == AGREED
    proposal.category = answers["category"]
    proposal.title = answers["title"]
    proposal.summary = answers["summary"]
    proposal.expected_outcome = answers["expected_outcome"]
    proposal.evaluations = ratings
    proposal.evaluation_text = words or None
    proposal.unit = unit.get("unit")
    proposal.trade = unit.get("trade")
    proposal.proposer_name = answers.get("name")
    proposal.phone = keyring.seal(phone, PHONE_SEALED_FOR) if phone else None

"""What the office asks for and its author answers: each answer beside its question, and whose turn it is."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.campaigns import queries
from app.campaigns.rules import PhaseClosed
from app.campaigns.service import set_phase
from app.conversation import drafts
from app.conversation.drafts import OpenDraft
from app.conversation.form import State
from app.crypto import Keyring
from app.database import Database
from app.followers.service import meet
from app.proposals import service
from app.proposals.form import ASKED_FOR, SUPPLEMENTING
from app.proposals.forms import form_of
from app.proposals.service import AlreadyTaken, Desk
from models import Proposal
from models.enums import IntakeChannel, PhaseKind, ProposalStatus
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.service import load_campaign

FIRST, SECOND = "多少人？", "经费从哪里来？"


@pytest.fixture
def session(database: Database, clock: SteppingClock) -> Iterator[Session]:
    load_campaign(database, clock)
    with database.writing() as session:
        set_phase(session, "2018", PhaseKind.SCREENING, "开会定的", actor="cli:tester", clock=clock)
        yield session


@pytest.fixture
def desk(session: Session, clock: SteppingClock, keyring: Keyring) -> Desk:
    return Desk(queries.current(session, clock), keyring, clock.now())


@pytest.fixture
def proposal(session: Session) -> Proposal:
    person = meet(session, ["oAuthor"], START)["oAuthor"]
    proposal = Proposal(
        campaign_id=1,
        number="SS2018-0001",
        channel=IntakeChannel.WECHAT,
        status=ProposalStatus.RETURNED,
        status_reason=FIRST,
        category="health",
        title="食堂",
        summary="热饭",
        expected_outcome="吃好",
        evaluations=[],
        pictures=[],
        supplements=[],
        follower_id=person.id,
        submitted_at=START,
    )
    session.add(proposal)
    session.flush()
    return proposal


def answer(proposal: Proposal, said: str | None, desk: Desk) -> tuple[OpenDraft, State]:
    """What the author has in hand once `said` is written."""
    assert proposal.follower_id is not None
    draft = drafts.begin(proposal.follower_id, proposal.campaign_id, desk.now)
    draft.proposal_id = proposal.id
    state = service.state_of(proposal, desk.keyring)
    if said is not None:
        state = State(answers={**state.answers, SUPPLEMENTING: said})
    drafts.keep(draft, state, form_of(desk.campaign.definition), desk.keyring, desk.now)
    return draft, state


def test_an_answer_stands_beside_its_question_and_the_office_has_its_turn(
    session: Session, proposal: Proposal, desk: Desk
) -> None:
    draft, state = answer(proposal, "六百人", desk)
    service.submit(session, draft, state.answers, desk)
    assert proposal.supplements == [{"asked": FIRST, "said": "六百人", "at": desk.now.isoformat()}]
    assert (proposal.status, proposal.status_reason) == (ProposalStatus.SUBMITTED, None)
    assert (proposal.summary, proposal.amended_at) == ("热饭", desk.now)


def test_an_answer_to_what_was_asked_before_is_kept_and_the_new_question_stands(
    session: Session, proposal: Proposal, desk: Desk
) -> None:
    draft, state = answer(proposal, "六百人", desk)
    proposal.status_reason = SECOND
    service.submit(session, draft, state.answers, desk)
    assert [(one["asked"], one["said"]) for one in proposal.supplements] == [(FIRST, "六百人")]
    assert (proposal.status, proposal.status_reason) == (ProposalStatus.RETURNED, SECOND)


def test_a_new_question_is_put_although_the_one_before_is_answered(proposal: Proposal, desk: Desk) -> None:
    _, state = answer(proposal, "六百人", desk)
    assert service.asked_of(proposal, state) is state
    proposal.status_reason = SECOND
    anew = service.asked_of(proposal, state)
    assert (anew.answers[ASKED_FOR], anew.answers[SUPPLEMENTING], anew.editing) == (
        SECOND,
        "六百人",
        SUPPLEMENTING,
    )


def test_nothing_is_taken_that_nobody_waits_for_any_more(session: Session, proposal: Proposal, desk: Desk) -> None:
    draft, state = answer(proposal, "六百人", desk)
    proposal.status = ProposalStatus.REJECTED
    with pytest.raises(AlreadyTaken, match="已经有了答复"):
        service.submit(session, draft, state.answers, desk)
    assert proposal.supplements == []
    assert not draft.gone


def test_it_is_asked_for_until_the_results_are_out(
    session: Session, proposal: Proposal, desk: Desk, clock: SteppingClock
) -> None:
    draft, state = answer(proposal, "六百人", desk)
    for phase in (PhaseKind.COLLECTING, PhaseKind.OPINION, PhaseKind.PUBLISHED):
        set_phase(session, "2018", phase, "开会定的", actor="cli:tester", clock=clock)
        campaign = queries.current(session, clock)
        assert service.may_supplement(proposal, campaign) is (phase is not PhaseKind.PUBLISHED)
    with pytest.raises(PhaseClosed):
        service.submit(session, draft, state.answers, Desk(campaign, desk.keyring, desk.now))


def test_who_was_not_asked_is_not_asked(proposal: Proposal, desk: Desk) -> None:
    proposal.status = ProposalStatus.SUBMITTED
    assert ASKED_FOR not in service.state_of(proposal, desk.keyring).answers

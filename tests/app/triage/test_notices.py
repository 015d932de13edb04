"""What proposers are told: in one message, with a way to answer, and whether they have heard it."""

import pytest
from sqlalchemy import update

from app.outbox.rules import TEXT_LIMIT
from app.triage import notices, rules, texts
from app.triage.notices import HEARD_TITLES, Heard
from models import Delivery
from models.enums import DecisionKind, DeliveryState, ProposalStatus
from tests.app.triage.room import Room

NUMBER, TITLE = "SS2018-0001", "为户外职工建爱心接力站"


def test_a_returned_proposal_can_be_written_on_by_tapping() -> None:
    told = texts.decided(DecisionKind.RETURN, NUMBER, TITLE, "请写一写经费从哪里来")
    assert "补充 SS2018-0001" in told
    assert "msgmenucontent=补充 SS2018-0001&" in told
    assert "请写一写经费从哪里来" in told


@pytest.mark.parametrize("kind", DecisionKind)
def test_every_decision_names_number_and_title(kind: DecisionKind) -> None:
    told = texts.decided(kind, NUMBER, TITLE, "大家讨论过了")
    assert f"{NUMBER}《{TITLE}》" in told


@pytest.mark.parametrize("kind", DecisionKind)
def test_the_longest_answer_fits_into_one_message(room: Room, kind: DecisionKind) -> None:
    proposal = room.proposal("小王", title="长" * 200, number="SS2018-123456")
    grounds = [ground.sentence for ground in room.campaign.definition.grounds]
    reason = rules.reason_to_tell("长" * rules.REASON_TOLD)
    for sentence in (None, *grounds):
        told = texts.decided(kind, proposal.number, proposal.title, rules.told_reason(reason, sentence), NUMBER)
        assert len(told.encode()) <= TEXT_LIMIT


def test_words_of_a_title_are_never_a_link() -> None:
    told = texts.merged(NUMBER, '<a href="http://x.example">看</a>', "SS2018-0002")
    assert '<a href="http' not in told


@pytest.mark.parametrize(
    ("state", "heard"),
    [
        (DeliveryState.PENDING, Heard.ON_ITS_WAY),
        (DeliveryState.SENDING, Heard.ON_ITS_WAY),
        (DeliveryState.SENT, Heard.SENT),
        (DeliveryState.SKIPPED, Heard.WAITS),
        (DeliveryState.FAILED, Heard.FAILED),
        (DeliveryState.UNKNOWN, Heard.UNKNOWN),
    ],
)
def test_the_board_knows_whether_it_was_heard(room: Room, state: DeliveryState, heard: Heard) -> None:
    proposal = room.proposal("小王")
    room.decided(proposal, DecisionKind.REJECT)
    room.session.execute(update(Delivery).values(state=state))
    assert notices.heard(room.session, [proposal]) == {proposal.id: heard}
    assert HEARD_TITLES[heard]


def test_of_a_form_there_is_nobody_to_be_told(room: Room) -> None:
    form, fresh = room.proposal(), room.proposal("小王")
    room.decided(form, DecisionKind.REJECT)
    assert notices.heard(room.session, [form, fresh]) == {form.id: Heard.NOBODY, fresh.id: Heard.NOTHING}
    assert form.status is ProposalStatus.REJECTED
    assert notices.heard(room.session, []) == {}


def test_the_last_notice_counts(room: Room) -> None:
    proposal = room.proposal("小王")
    room.decided(proposal, DecisionKind.RETURN)
    room.session.execute(update(Delivery).values(state=DeliveryState.SENT))
    room.decided(proposal, DecisionKind.REJECT)
    assert notices.heard(room.session, [proposal]) == {proposal.id: Heard.ON_ITS_WAY}
    assert len(room.told("小王")) == 2


def test_what_is_owed_once_is_owed_once(room: Room) -> None:
    proposal = room.proposal("小王")
    for _ in range(2):
        notices.owe(room.session, proposal, "decision:1", "您好", room.clock)
    assert room.told("小王") == ["您好"]

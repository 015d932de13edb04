"""What proposers hear of what became of their words, and whether they have heard it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.outbox import service as outbox
from app.outbox.rules import Kind
from models import Follower, Proposal
from models.enums import DeliveryState, ProposalStatus


class Heard(StrEnum):
    """What is known of the last notice about a proposal."""

    NOTHING = "nothing"  # there was nothing to tell
    NOBODY = "nobody"  # the proposal came by a form, or its author has gone
    ON_ITS_WAY = "on_its_way"
    SENT = "sent"
    WAITS = "waits"  # for the author's next contact
    FAILED = "failed"
    UNKNOWN = "unknown"


NEWS = frozenset(ProposalStatus) - {ProposalStatus.SUBMITTED, ProposalStatus.WITHDRAWN}
BY_STATE: Mapping[DeliveryState, Heard] = {
    DeliveryState.PENDING: Heard.ON_ITS_WAY,
    DeliveryState.SENDING: Heard.ON_ITS_WAY,
    DeliveryState.SENT: Heard.SENT,
    DeliveryState.SKIPPED: Heard.WAITS,
    DeliveryState.FAILED: Heard.FAILED,
    DeliveryState.UNKNOWN: Heard.UNKNOWN,
}
HEARD_TITLES: Mapping[Heard, str] = {
    Heard.NOTHING: "",
    Heard.NOBODY: "没有微信可通知，请另行答复",
    Heard.ON_ITS_WAY: "正在发送",
    Heard.SENT: "已告知提案人",
    Heard.WAITS: "等提案人下次来信时告知",
    Heard.FAILED: "没有发成功",
    Heard.UNKNOWN: "不确定是否收到",
}


def owe(session: Session, proposal: Proposal, what: str, text: str, clock: Clock) -> None:
    """Tell the author, in the transaction that decided it. `what` names the cause and so makes it owed once.

    Of a form, or when the author has gone, there is nobody to be told inside WeChat.
    """
    openid = session.scalar(select(Follower.openid).where(Follower.id == proposal.follower_id))
    if openid is None:
        return
    outbox.enqueue(
        session,
        key=key(proposal, what),
        channel=outbox.CUSTOMER,
        kind=Kind.DECISION,
        openid=openid,
        body={"text": text},
        due_at=clock.now(),
        about=_about(proposal),
    )


def key(proposal: Proposal, what: str) -> str:
    return f"{_about(proposal)}:{what}"


def heard(session: Session, proposals: Sequence[Proposal]) -> Mapping[int, Heard]:
    """What is known of the last notice about each proposal, by id."""
    states = outbox.latest_about(session, [_about(proposal) for proposal in proposals])
    return {proposal.id: _heard(proposal, states.get(_about(proposal))) for proposal in proposals}


def _heard(proposal: Proposal, state: DeliveryState | None) -> Heard:
    if state is not None:
        return BY_STATE[state]
    return Heard.NOBODY if proposal.status in NEWS else Heard.NOTHING


def _about(proposal: Proposal) -> str:
    return f"proposal:{proposal.id}"

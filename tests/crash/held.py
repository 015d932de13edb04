"""What the database holds of somebody, read while no server runs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversation import drafts
from app.conversation.form import Form, State
from app.crypto import Keyring
from app.proposals.service import state_of
from models import Follower, Proposal


@dataclass(frozen=True)
class Held:
    """Answers with the pieces that were collected; `number` once it was handed in."""

    answers: dict[str, Any]
    number: str | None = None


def held_of(session: Session, openid: str, form: Form, keyring: Keyring) -> list[Held]:
    """In the order in which they were begun; a draft comes last."""
    follower = session.scalar(select(Follower.id).where(Follower.openid == openid))
    if follower is None:
        return []
    proposals = session.scalars(select(Proposal).where(Proposal.follower_id == follower).order_by(Proposal.id))
    written = drafts.all_of(session, follower)
    return [
        *(Held(_answers(state_of(proposal, keyring)), proposal.number) for proposal in proposals),
        *(Held(_answers(drafts.read(draft, form, keyring))) for draft in written),
    ]


def _answers(state: State) -> dict[str, Any]:
    pieces = {key: kept.text() for key, kept in state.fragments.items() if not kept.ended}
    return {**pieces, **state.answers}

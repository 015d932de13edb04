"""What would still tell who voted once the round's key is gone, and goes with it."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.ballots.electorate import Electorate
from models import Broadcast, Delivery, RegisterEntry, Round
from models.enums import RoundState


def who_voted(session: Session, round: Round) -> None:
    """Whom reminders went to had not voted; whoever is bound on a register came to vote."""
    reminders = [one.id for one in session.scalars(select(Broadcast)) if _asked_about(one) == round.id]
    sent = update(Delivery).where(Delivery.broadcast_id.in_(reminders), Delivery.openid.is_not(None))
    session.execute(sent.values(openid=None))
    register_id = Electorate.from_json(round.electorate).register_id
    if register_id is not None and not _is_used_on(session, round, register_id):
        bound = update(RegisterEntry).where(RegisterEntry.register_id == register_id)
        session.execute(bound.values(follower_id=None, phone=None))


def _asked_about(broadcast: Broadcast) -> int | None:
    asked = broadcast.audience.get("not_voted")
    return None if asked is None else int(asked)


def _is_used_on(session: Session, published: Round, register_id: int) -> bool:
    """Whether another round by the same register is still to come to its end."""
    others = select(Round).where(Round.campaign_id == published.campaign_id, Round.id != published.id)
    unfinished = (one for one in session.scalars(others) if one.state is not RoundState.PUBLISHED)
    return any(Electorate.from_json(one.electorate).register_id == register_id for one in unfinished)

"""What may be told of ballot boxes to anybody who watches: ends of chains, and how many voted where that is open.

A chain's end changes with each ballot: while ballots are taken, only its beginning is told (decision 0012).
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots import queries
from models import Box, Round
from models.enums import RoundState, Turnout

UNDECIDED = (RoundState.DRAFT, RoundState.OPEN)


class Told(NamedTuple):
    """Of one round. `closed` is where its chain ends, None until the close; `voted` None where nobody may know."""

    round_id: int
    opened: str
    closed: str | None
    voted: int | None


def rounds(session: Session, now: datetime) -> list[Told]:
    """Those that have been opened."""
    rows = session.execute(select(Round, Box).join(Box, Box.round_id == Round.id).order_by(Round.id))
    opened = [(round, box) for round, box in rows if queries.state_of(round, now) is not RoundState.DRAFT]
    return [
        Told(
            round.id,
            box.head_at_open,
            None if round.state in UNDECIDED else box.head,
            queries.votes_cast(session, round.id) if _is_open_to_all(round) else None,
        )
        for round, box in opened
    ]


def _is_open_to_all(round: Round) -> bool:
    return round.turnout is Turnout.EVERYONE or round.state not in UNDECIDED

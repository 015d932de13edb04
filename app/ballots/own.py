"""What somebody has cast, round by round: for that person, and for nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots import queries
from app.ballots.queries import RoundView, Standing
from app.ballots.reasons import REASON_TITLES
from app.crypto import Keyring
from models import Round


@dataclass(frozen=True)
class OwnBallot:
    round: RoundView
    standing: Standing
    opinions: int  # how many were written

    @property
    def told(self) -> str:
        told, invalid = (
            self.round.fixed.ballot_type.told(self.round.slip, self.standing.choices),
            self.standing.invalid,
        )
        return f"{told}（没有计票：{REASON_TITLES[invalid]}）" if invalid else told


def ballots_of(session: Session, follower_id: int, keyring: Keyring, now: datetime) -> Sequence[OwnBallot]:
    """Of all rounds whose key is still kept, the oldest first."""
    with_key = select(Round).where(Round.key.is_not(None), Round.released_by.is_not(None)).order_by(Round.id)
    rounds = [queries.view(session, round, keyring, now) for round in session.scalars(with_key)]
    return [own for round in rounds if (own := _in_round(session, round, follower_id, keyring))]


def _in_round(session: Session, round: RoundView, follower_id: int, keyring: Keyring) -> OwnBallot | None:
    person = queries.people(session, [follower_id], round.fixed.electorate).get(follower_id)
    standing = queries.standing(session, round, person) if person else None
    if not isinstance(standing, Standing):
        return None
    return OwnBallot(round, standing, len(queries.opinions_of(session, standing.voter_id, keyring)))

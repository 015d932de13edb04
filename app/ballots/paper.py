"""One person's part in a round: whether they may vote, and the ballot of theirs that counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.ballots import queries
from app.ballots.electorate import Person
from app.ballots.queries import NoRound, RoundView, Standing
from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.crypto import Keyring
from models.enums import RoundState


@dataclass(frozen=True)
class Paper:
    """A round as one person finds it. `opinions` are by candidate number; `person` is None for a stranger."""

    round: RoundView
    campaign: CampaignView
    person: Person | None
    standing: Standing | None
    opinions: Mapping[int, str]

    @property
    def open(self) -> bool:
        """Whether the round takes ballots; whether it takes this person's is for the electorate."""
        return self.round.state is RoundState.OPEN and self.campaign.allows.vote


def paper(session: Session, round_id: int, follower_id: int, keyring: Keyring, clock: Clock) -> Paper:
    """Raises NoRound, also for a round that nobody has released."""
    row = session.execute(queries.FIND_RELEASED, {"round": round_id}).first()
    if row is None:
        raise NoRound("没有这一轮投票，或者还没有开始。")
    round = queries.view(session, row, keyring, clock.now())
    person = queries.people(session, [follower_id], round.fixed.electorate).get(follower_id)
    standing = queries.standing(session, round, person) if person else None
    campaign = campaigns.by_id(session, round.campaign_id, clock)
    return Paper(round, campaign, person, standing, _opinions(session, round, standing, keyring))


def _opinions(
    session: Session, round: RoundView, standing: Standing | None, keyring: Keyring
) -> Mapping[int, str]:
    if standing is None:
        return {}
    number = dict(zip(round.fixed.candidates, round.slip.numbers, strict=True))
    written = queries.opinions_of(session, standing.voter_id, keyring)
    return {number[candidate_id]: text for candidate_id, text in written.items()}

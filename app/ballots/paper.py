"""One person's part in a round: whether they may vote, and the ballot of theirs that counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.ballots import queries
from app.ballots.electorate import Person
from app.ballots.queries import Elsewhere, NoRound, RoundView, Standing
from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.crypto import Keyring
from app.writer import Work
from models.enums import RoundState


class Paper(NamedTuple):
    """A round as one person finds it. `opinions` are by candidate number; `person` is None for a stranger.

    `elsewhere`: another hand has cast a ballot for the same card.
    """

    round: RoundView
    campaign: CampaignView
    person: Person | None
    standing: Standing | None
    opinions: Mapping[int, str]
    elsewhere: Elsewhere | None = None

    @property
    def open(self) -> bool:
        """Whether the round takes ballots; whether it takes this person's is for the electorate."""
        return self.round.state is RoundState.OPEN and self.campaign.allows.vote

    @property
    def counted(self) -> Standing | None:
        """The ballot of theirs that counts; one that was made invalid does not."""
        return self.standing if self.standing and not self.standing.invalid else None


@dataclass
class FindPaper(Work[Paper]):
    """For the reader: many who open the page at once are looked up in the same few statements."""

    round_id: int
    follower_id: int
    keyring: Keyring
    clock: Clock
    _found: Mapping[int, Paper] | NoRound = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def prepare(cls, session: Session, works: Sequence["FindPaper"]) -> None:
        for round_id in {work.round_id for work in works}:
            own = [work for work in works if work.round_id == round_id]
            try:
                found: Mapping[int, Paper] | NoRound = papers(
                    session, round_id, {work.follower_id for work in own}, own[0].keyring, own[0].clock
                )
            except NoRound as refusal:
                found = refusal
            for work in own:
                work._found = found

    def run(self, session: Session) -> Paper | NoRound:  # noqa: ARG002 - all was looked up together
        return self._found if isinstance(self._found, NoRound) else self._found[self.follower_id]


def papers(
    session: Session, round_id: int, follower_ids: Collection[int], keyring: Keyring, clock: Clock
) -> Mapping[int, Paper]:
    """By follower. Raises NoRound, also for a round that nobody has released."""
    row = session.execute(queries.FIND_RELEASED, {"round": round_id}).first()
    if row is None:
        raise NoRound("没有这一轮投票，或者还没有开始。")
    round = queries.view(session, row, keyring, clock.now())
    campaign = campaigns.by_id(session, round.campaign_id, clock)
    people = queries.people(session, follower_ids, round.fixed.electorate)
    voters = {one: voter for one, person in people.items() if (voter := round.voter(person))}
    standings = queries.standings(session, round, voters.values())
    seen = {
        one: standings[voter].as_seen_by(round.hand(people[one]))
        for one, voter in voters.items()
        if voter in standings
    }
    own = {one: standing for one, standing in seen.items() if isinstance(standing, Standing)}
    opinions = queries.opinions(session, [standing.voter_id for standing in own.values()], keyring)
    number = dict(zip(round.fixed.candidates, round.slip.numbers, strict=True))

    def paper_of(follower_id: int) -> Paper:
        standing, other = own.get(follower_id), seen.get(follower_id)
        written = opinions[standing.voter_id] if standing else {}
        said = {number[candidate_id]: text for candidate_id, text in written.items()}
        elsewhere = other if isinstance(other, Elsewhere) else None
        return Paper(round, campaign, people.get(follower_id), standing, said, elsewhere)

    return {follower_id: paper_of(follower_id) for follower_id in follower_ids}


def paper(session: Session, round_id: int, follower_id: int, keyring: Keyring, clock: Clock) -> Paper:
    """Of one person. Raises NoRound, also for a round that nobody has released."""
    return papers(session, round_id, [follower_id], keyring, clock)[follower_id]

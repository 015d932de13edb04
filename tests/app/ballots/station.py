"""A polling station: candidates that are frozen, operators, voters, and a round as a test needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.ballots import composing, queries, running
from app.ballots.booth import Booth, Cast
from app.ballots.choices import Stance
from app.ballots.electorate import Person
from app.ballots.queries import RoundView
from app.ballots.rules import RoundText
from app.campaigns.service import set_phase
from app.crypto import Keyring
from app.database import Database
from app.triage.candidates import freeze_due, of_campaign
from models import Candidate, CandidateSource, Round
from models.enums import BallotWay, IntakeChannel, PhaseKind, ProposalStatus
from tests.app.triage.room import Room, furnish
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import load_campaign

DAYS = timedelta(days=7)
TITLES = (
    "职工书屋",
    "户外职工接力站",
    "爱心妈咪小屋",
    "职工夜校",
    "体检专车",
    "暑期托管班",
    "心理热线",
    "班车加密",
)


def furnish_station(database: Database, clock: SteppingClock, titles: Sequence[str] = TITLES) -> None:
    """The campaign of 2018 while opinions are asked, with operators by role and frozen candidates; committed."""
    load_campaign(database, clock)
    with database.writing() as session:
        room = Room(session, clock)
        furnish(room)
        put_up(room, titles)


def put_up(room: Room, titles: Sequence[str] = TITLES) -> None:
    """Candidates, which are frozen since opinions are asked now. There is an operator "campaigner"."""
    for title in titles:
        add_candidate(room, title)
    set_phase(room.session, "2018", PhaseKind.OPINION, "开会定的", actor="cli:tester", clock=room.clock)
    freeze_due(room.session, room.campaign, actor="cli:tester", clock=room.clock)


def add_candidate(room: Room, title: str) -> Candidate:
    """Grown from one proposal that was shortlisted."""
    source = room.proposal(title[:4], title=title, status=ProposalStatus.SHORTLISTED, channel=IntakeChannel.WECHAT)
    place = len(_candidates(room)) + 1
    candidate = Candidate(
        campaign_id=room.campaign.id,
        place=place,
        title=title,
        summary=f"{title}怎么办，分三步走",
        expected_outcome="一年服务五百人次",
        indicators=[{"title": "服务人次", "target": "500"}],
        operator_id=room.account("campaigner").id,
        composed_at=room.clock.now(),
    )
    room.session.add(candidate)
    room.session.flush()
    room.session.add(CandidateSource(candidate_id=candidate.id, proposal_id=source.id))
    room.session.flush()
    return candidate


def _candidates(room: Room) -> Sequence[Candidate]:
    return of_campaign(room.session, room.campaign.id)


@dataclass
class Station:
    """What a test does in one transaction: `campaigner` composes, `approver` opens, closes, confirms."""

    session: Session
    clock: SteppingClock
    keyring: Keyring

    @property
    def room(self) -> Room:
        return Room(self.session, self.clock)

    def candidates(self) -> list[int]:
        return [one.id for one in _candidates(self.room)]

    def text(self, **changes: Any) -> RoundText:
        """At most three of all candidates, for a week from now on."""
        return replace(
            RoundText(
                title="二〇一八年实事项目征求意见",
                candidates=tuple(self.candidates()),
                min_choices=1,
                max_choices=3,
                closes_at=self.clock.now() + DAYS,
            ),
            **changes,
        )

    def composed(self, **changes: Any) -> Round:
        by = self.room.account("campaigner")
        return composing.compose(
            self.session, "2018", self.text(**changes), by=by, keyring=self.keyring, clock=self.clock
        )

    def opened(self, **changes: Any) -> Round:
        round = self.composed(**changes)
        return running.open_round(self.session, round.id, by=self.room.account("approver"), clock=self.clock)

    def closed(self, round: Round) -> Round:
        by = self.room.account("approver")
        return running.close(self.session, round.id, by=by, keyring=self.keyring, clock=self.clock)

    def published(self, round: Round) -> Round:
        """Confirmed by the approver, published by the owner."""
        for verb, name in ((running.confirm, "approver"), (running.publish, "owner")):
            verb(self.session, round.id, by=self.room.account(name), keyring=self.keyring, clock=self.clock)
        return round

    def view(self, round: Round) -> RoundView:
        return queries.by_id(self.session, round.id, self.keyring, self.clock.now())

    def person(self, name: str, round: Round) -> Person:
        """A follower of this made-up name, who is met now if nobody knew them."""
        id = self.room.follower_id(name)
        return queries.people(self.session, [id], self.view(round).fixed.electorate)[id]

    def votes(
        self,
        name: str,
        round: Round,
        *numbers: int,
        against: Sequence[int] = (),
        opinions: Mapping[int, str] | None = None,
    ) -> Cast:
        """Approves of these numbers, refuses those `against`, abstains from the rest."""
        person = self.person(name, round)
        booth = Booth.enter(self.session, round.id, [person.id], self.keyring, self.clock)
        stances = dict.fromkeys(numbers, Stance.FOR) | dict.fromkeys(against, Stance.AGAINST)
        choices = booth.round.slip.choices(stances)
        cast = booth.cast(person, choices, opinions, BallotWay.PAGE)
        booth.leave(self.session)
        return cast

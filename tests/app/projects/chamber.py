"""Where the year's projects are decided: a vote that is published, projects chosen, an announcement released."""

from dataclasses import dataclass

from app.campaigns.queries import CampaignView
from app.operators.queries import Account
from app.projects import announcing, choosing, queries
from app.projects.rules import AnnouncementText
from app.triage import candidates
from models import Announcement, Candidate, CandidateSource, Project, Proposal, Round
from tests.app.ballots.station import Station

ADDRESS = "https://shishi.example/h5/results/2018"
TEXT = AnnouncementText("关于公布实事项目的公告", "广大职工：\n经大家投票，定下这些项目。\n上海市杨浦区总工会")


@dataclass
class Chamber:
    """`campaigner` prepares, `approver` releases, as the roles have it."""

    station: Station

    @property
    def campaign(self) -> CampaignView:
        return self.station.room.campaign

    def account(self, name: str) -> Account:
        return self.station.room.account(name)

    def vote(self) -> Round:
        """A round in which candidate 1 gets eight votes and candidate 8 one; published."""
        round = self.station.opened(max_choices=8)
        for number in range(1, 9):
            self.station.votes(f"选民{number}", round, *range(1, number + 1))
        return self.station.published(self.station.closed(round))

    def candidate(self, number: int) -> Candidate:
        return next(one for one in self._candidates() if one.number == number)

    def choose(self, *numbers: int) -> list[Project]:
        """Candidates by the numbers they have on the ballot."""
        by, clock = self.account("campaigner"), self.station.clock
        return [
            choosing.choose(self.station.session, "2018", self.candidate(number).id, by=by, clock=clock)
            for number in numbers
        ]

    def propose(self, count: int) -> list[str]:
        """The titles of all projects after the first `count` were taken."""
        by, clock = self.account("campaigner"), self.station.clock
        return [one.title for one in choosing.propose(self.station.session, "2018", count, by=by, clock=clock)]

    def write(self, by: str = "campaigner") -> Announcement:
        account = self.account(by)
        return announcing.write(self.station.session, "2018", TEXT, by=account, clock=self.station.clock)

    def submit(self, by: str = "campaigner") -> Announcement:
        account = self.account(by)
        return announcing.submit(self.station.session, "2018", by=account, clock=self.station.clock)

    def release(self, by: str = "approver") -> Announcement:
        account, clock = self.account(by), self.station.clock
        return announcing.release(self.station.session, "2018", address=ADDRESS, by=account, clock=clock)

    def released(self, *numbers: int) -> Announcement:
        """All of it, with these candidates as projects."""
        self.choose(*numbers)
        self.write()
        self.submit()
        return self.release()

    def projects(self) -> list[tuple[int, str]]:
        found = queries.of_campaign(self.station.session, self.campaign.id)
        return [(one.place, one.title) for one in found]

    def grows_from(self, number: int, *proposals: Proposal) -> None:
        """Let a candidate have these sources too, as it might have been composed."""
        one = self.candidate(number)
        self.station.session.add_all(
            CandidateSource(candidate_id=one.id, proposal_id=each.id) for each in proposals
        )
        self.station.session.flush()

    def _candidates(self) -> list[Candidate]:
        return list(candidates.of_campaign(self.station.session, self.campaign.id))

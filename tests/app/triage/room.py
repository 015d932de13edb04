"""A campaign being sifted: made-up operators, proposals and authors, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.followers.service import meet
from app.operators import queries as operators
from app.operators.queries import Account
from app.triage import assessments, decisions
from app.triage.decisions import Verdict
from app.triage.rules import Card
from models import Action, Base, Delivery, Operator, Proposal
from models.enums import Conclusion, DecisionKind, IntakeChannel, ProposalStatus, Role
from tests.fixtures.clocks import SteppingClock

REASON = "大家讨论过了"


@dataclass
class Room:
    """What a test does in one transaction. Operators are known by their names, authors too."""

    session: Session
    clock: SteppingClock
    _running: int = field(default=0, repr=False)

    @property
    def campaign(self) -> CampaignView:
        return campaigns.by_key(self.session, "2018", self.clock)

    def operator(self, name: str, *roles: Role, unit: str | None = None) -> Account:
        row = Operator(
            name=name,
            password_hash="-",
            roles=[role.value for role in roles],
            created_at=self.clock.wall(),
            unit=unit,
        )
        self.session.add(row)
        self.session.flush()
        return self.account(name)

    def account(self, name: str) -> Account:
        found = operators.by_id(
            self.session, self.session.scalars(select(Operator.id).where(Operator.name == name)).one()
        )
        assert found is not None
        return found

    def proposal(self, author: str | None = None, **changes: object) -> Proposal:
        """Handed in by `author` in the chat; without one, by a union's form."""
        self._running += 1
        values = {
            "campaign_id": self.campaign.id,
            "number": f"SS2018-{self._running:04d}",
            "channel": IntakeChannel.WECHAT if author else IntakeChannel.ORGANISATION,
            "status": ProposalStatus.SUBMITTED,
            "title": f"为户外职工建第{self._running}个接力站",
            "summary": "有热水、有座位",
            "expected_outcome": "一年服务五百人次",
            "follower_id": self.follower_id(author) if author else None,
            "submitted_at": self.clock.now(),
        }
        proposal = Proposal(**{**values, **changes})
        self.session.add(proposal)
        self.session.flush()
        return proposal

    def follower_id(self, name: str) -> int:
        openid = openid_of(name)
        return meet(self.session, [openid], self.clock.now())[openid].id

    def card(self, score: int = 4, conclusion: Conclusion = Conclusion.RECOMMEND) -> Card:
        keys = [criterion.key for criterion in self.campaign.definition.criteria]
        return Card(dict.fromkeys(keys, score), dict.fromkeys(keys, "说得通"), conclusion)

    def assessed(self, proposal: Proposal, *reviewers: str, score: int = 4) -> None:
        for name in reviewers:
            assessments.assess(
                self.session, proposal.number, self.card(score), by=self.account(name), clock=self.clock
            )

    def decided(self, proposal: Proposal, kind: DecisionKind, by: str = "甲", *, hold: bool = False) -> int:
        """The id of the decision."""
        verdict = Verdict(kind, REASON)
        made = decisions.decide(
            self.session, proposal.number, verdict, by=self.account(by), clock=self.clock, hold=hold
        )
        return made.id

    def shortlisted(self, author: str | None = None) -> Proposal:
        proposal = self.proposal(author)
        self.assessed(proposal, "甲", "乙")
        self.decided(proposal, DecisionKind.SHORTLIST)
        return proposal

    def told(self, author: str) -> list[str]:
        """The texts that are owed to `author`, in the order in which they came to be."""
        owed = select(Delivery.body).where(Delivery.openid == openid_of(author)).order_by(Delivery.id)
        return [body["text"] for body in self.session.scalars(owed)]

    def done(self) -> list[tuple[str, str, str]]:
        """(actor, verb, subject) of everything in the action log, the oldest first."""
        rows = self.session.scalars(select(Action).order_by(Action.id))
        return [(row.actor, row.verb, row.subject) for row in rows]

    def dump(self, without: Sequence[str] = ()) -> dict[str, list[str]]:
        """Every row of every table but these, in a fixed order."""
        self.session.flush()
        return {
            table.name: sorted(repr(tuple(row)) for row in self.session.execute(select(table)))
            for table in Base.metadata.sorted_tables
            if table.name not in without
        }


def openid_of(name: str) -> str:
    return f"oWorker{name.encode().hex()}"


def furnish(room: Room) -> None:
    """Three reviewers 甲, 乙, 丙, and one operator of each other role, by the name of the role."""
    for name in "甲乙丙":
        room.operator(name, Role.REVIEWER)
    for role in Role:
        room.operator(role.value, role)

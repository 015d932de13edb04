"""What the office does in a story, and what then comes to a phone by itself."""

import asyncio

from sqlalchemy import exists, select

from app.campaigns import queries as campaigns
from app.operators import queries, service
from app.operators.passwords import PasswordHash
from app.operators.queries import Account
from app.triage import assessments, decisions, merging
from app.triage.decisions import Verdict
from app.triage.rules import Card
from models import Delivery
from models.enums import Conclusion, DecisionKind, DeliveryState, Role
from tests.journeys.stage import Stage
from tests.standin.pushing import PushResult

UNPAID = (DeliveryState.PENDING, DeliveryState.SENDING)
A_WHILE = 10  # seconds of real time, of which a fraction is needed


async def decide(stage: Stage, said: str) -> None:
    """KIND NUMBER REASON. What is shortlisted is assessed by two reviewers before."""
    kind, number, reason = said.split(maxsplit=2)
    if kind == DecisionKind.SHORTLIST:
        _assess(stage, number)
    with stage.service.database.writing() as session:
        verdict = Verdict(DecisionKind(kind), reason)
        decisions.decide(session, number, verdict, by=_operator(stage, "李梅"), clock=stage.clock)


async def merge(stage: Stage, said: str) -> None:
    """NUMBER into NUMBER"""
    number, into = said.split(" into ")
    with stage.service.database.writing() as session:
        merging.merge(session, into, [number], "说的是一件事", by=_operator(stage, "李梅"), clock=stage.clock)


async def unmerge(stage: Stage, _: str) -> None:
    """The first merge there was."""
    with stage.service.database.writing() as session:
        merging.undo(session, 1, by=_operator(stage, "李梅"), clock=stage.clock)


async def receive(stage: Stage, _: str) -> PushResult:
    """What has come to the phone by itself since it was last looked at; all that was owed has been tried."""
    async with asyncio.timeout(A_WHILE):
        while _owing(stage):
            stage.service.installation.wake_up()
            await asyncio.sleep(0.01)
    received = stage.new_messages()
    return PushResult("", "reply", {"Content": "\n\n".join(received)}) if received else PushResult("", "success")


def _owing(stage: Stage) -> bool:
    due = exists().where(Delivery.state.in_(UNPAID), Delivery.due_at <= stage.clock.now())
    with stage.service.database.reading() as session:
        return bool(session.scalar(select(due)))


def _assess(stage: Stage, number: str) -> None:
    for name in ("李梅", "陈亮"):
        operator = _operator(stage, name)
        with stage.service.database.writing() as session:
            criteria = campaigns.current(session, stage.clock).definition.criteria
            keys = [criterion.key for criterion in criteria]
            card = Card(dict.fromkeys(keys, 4), dict.fromkeys(keys, "合适"), Conclusion.RECOMMEND)
            assessments.assess(session, number, card, by=operator, clock=stage.clock)


def _operator(stage: Stage, name: str) -> Account:
    with stage.service.database.writing() as session:
        if not any(operator.name == name for operator in queries.everyone(session)):
            password, clock = PasswordHash("nobody signs in"), stage.clock
            service.add(session, name, password, [Role.REVIEWER], actor="cli:tester", clock=clock)
        found = next(operator for operator in queries.everyone(session) if operator.name == name)
        account = queries.by_id(session, found.id)
    assert account is not None
    return account

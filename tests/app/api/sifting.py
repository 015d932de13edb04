"""The API while the office sifts: cards, shortlisted proposals, and how they are asked for."""

from collections.abc import Iterable
from typing import Any

from app.campaigns import queries
from app.installation import Installation
from app.operators.queries import Account
from app.triage import assessments, decisions
from app.triage.decisions import Verdict
from app.triage.phases import set_phase
from app.triage.rules import Card
from models import Operator
from models.enums import Conclusion, DecisionKind, Role


def turn_to(installation: Installation, phase: str) -> None:
    with installation.database.writing() as session:
        set_phase(session, "2018", phase, "开会定的", actor="cli:tester", clock=installation.clock)


def criteria(installation: Installation) -> list[str]:
    with installation.database.reading() as session:
        definition = queries.by_key(session, "2018", installation.clock).definition
    return [criterion.key for criterion in definition.criteria]


def card(installation: Installation, score: int = 4, conclusion: str = "recommend") -> dict[str, Any]:
    """The body of an assessment."""
    keys = criteria(installation)
    return {
        "scores": dict.fromkeys(keys, score),
        "reasons": dict.fromkeys(keys, "说得具体"),
        "conclusion": conclusion,
    }


def candidate(*numbers: str, **more: Any) -> dict[str, Any]:
    """The body of a candidate."""
    text = {"title": "爱心接力站", "summary": "户外职工歇脚的地方", "expected_outcome": "建成三十个"}
    return {"campaign": "2018", **text, "proposals": list(numbers), **more}


def shortlist(installation: Installation, numbers: Iterable[str]) -> None:
    """Assessed by two reviewers, and decided."""
    keys, clock = criteria(installation), installation.clock
    given = Card(dict.fromkeys(keys, 4), dict.fromkeys(keys, "说得具体"), Conclusion.RECOMMEND)
    for number in numbers:
        for role in (Role.REVIEWER, Role.OWNER):
            by = account(installation, role)
            with installation.database.writing() as session:
                assessments.assess(session, number, given, by=by, clock=clock)
        with installation.database.writing() as session:
            verdict = Verdict(DecisionKind.SHORTLIST, "值得做")
            decisions.decide(session, number, verdict, by=account(installation, Role.OWNER), clock=clock)


def account(installation: Installation, role: Role) -> Account:
    """The operator named by the role."""
    with installation.database.reading() as session:
        found = session.query(Operator).filter_by(name=role.value).one()
        return Account(found.id, found.name, frozenset({role}))

"""The description of the API against the API: whatever is sent, the answer is one of those it names."""

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from app.installation import Installation
from models.enums import Role
from tests.app.api.polling import at_station
from tests.app.ballots.station import TITLES, Station, put_up
from tests.app.triage.room import Room

# Not checked: that all that fits the description is accepted, since no description holds which categories a
# campaign has or which operators there are.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.ignored_auth,
]
EXISTING = {"key": "2018", "number": "SS2018-0001"}


def says_nothing(case: Case[Any]) -> bool:
    """An empty list in a query is written like an empty text, which is no mistake."""
    return not all(case.query.values())


def fuzz(app: FastAPI, token: str, examples: int) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    cases = st.one_of([schema.as_strategy(mode) for mode in GenerationMode])

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.booleans())
    def check(case: Case[Any], existing: bool) -> None:
        if existing:  # a made-up number finds nothing, and then little is tried
            case.path_parameters = {name: EXISTING.get(name, "1") for name in case.path_parameters}
        rejecting = [] if says_nothing(case) else [checks.negative_data_rejection]
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=[*CHECKS, *rejecting])

    check()


@pytest.fixture
def voting(installation: Installation, tokens: dict[Role, str]) -> None:
    """A round of one candidate, which is open, with a ballot in the box."""

    def open_round(station: Station) -> None:
        put_up(Room(station.session, station.clock, 10), TITLES[:1])  # the first numbers are other proposals'
        station.votes("张三", station.opened(max_choices=1), 1)

    at_station(installation, open_round)


@pytest.mark.usefixtures("voting")
def test_nothing_sent_breaks_it(app: FastAPI, tokens: dict[Role, str], proposals: list[str]) -> None:
    fuzz(app, tokens[Role.OWNER], 60)


@pytest.mark.long
@pytest.mark.usefixtures("voting")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", list(Role))
def test_nothing_sent_breaks_it_however_often(
    app: FastAPI, tokens: dict[Role, str], proposals: list[str], role: Role
) -> None:
    fuzz(app, tokens[role], 400)

"""Who may open and press what in the console: every route, for every role and for nobody.

A route that stands in no line here fails the first test, so whoever adds a page says who it is for.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from app import console
from app.database import Database
from models.enums import Role
from tests.app.console.conftest import Desk, OpenConsole

PUBLIC = None  # also nobody
OPERATORS = frozenset(Role)
OWNER = frozenset({Role.OWNER})
IMPORTERS = frozenset({Role.INTAKE, Role.OWNER})
REVIEWERS = frozenset({Role.REVIEWER, Role.OWNER})
ANSWERERS = frozenset({Role.INTAKE, Role.REVIEWER, Role.OWNER})
MAKERS = frozenset({Role.CAMPAIGNER, Role.OWNER})
CLERKS = MAKERS | {Role.INTAKE}
APPROVERS = frozenset({Role.APPROVER, Role.OWNER})
LOG_READERS = frozenset({Role.AUDITOR, Role.OWNER})

MATRIX: Mapping[str, Collection[Role] | None] = {
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-in/code": PUBLIC,
    "POST /sign-out": OPERATORS,
    "GET /": OPERATORS,
    "GET /last-year": OPERATORS,
    "GET /last-year.csv": OPERATORS,
    "GET /board": OPERATORS,
    "POST /board/sort": IMPORTERS,
    "POST /board/reject": REVIEWERS,
    "POST /board/views": OPERATORS,
    "POST /board/views/{view_id}/delete": OPERATORS,
    "GET /proposals/{number}": OPERATORS,
    "POST /proposals/{number}/sort": IMPORTERS,
    "GET /forms": IMPORTERS,
    "POST /forms": IMPORTERS,
    "POST /forms/import": IMPORTERS,
    "POST /forms/{import_id}/undo": IMPORTERS,
    "GET /alike": REVIEWERS,
    "GET /alike/{number}": OPERATORS,
    "GET /exports": OPERATORS,
    "POST /exports": OPERATORS,  # with names and phones only the owner
    "GET /exports/blank-{channel}.docx": OPERATORS,
    "GET /proposals/{number}/form.docx": OPERATORS,
    "GET /assess": REVIEWERS,
    "GET /assess/{number}": REVIEWERS,
    "POST /assess/{number}": REVIEWERS,
    "POST /assess/{number}/second-look": REVIEWERS,
    "GET /decisions": OPERATORS,
    "GET /proposals/{number}/decide": ANSWERERS,
    "POST /proposals/{number}/decide": ANSWERERS,
    "POST /proposals/{number}/decide/take-back": ANSWERERS,
    "POST /decisions/publish": ANSWERERS,
    "GET /merge": REVIEWERS,
    "POST /merge": REVIEWERS,
    "GET /merges": OPERATORS,
    "POST /merges/{merge_id}/undo": REVIEWERS,
    "GET /candidates": OPERATORS,
    "GET /candidates/preview": OPERATORS,
    "GET /candidates/{candidate_id}": OPERATORS,
    "GET /candidates/{candidate_id}/preview": OPERATORS,
    "GET /candidates/new": MAKERS,
    "POST /candidates": MAKERS,
    "POST /candidates/order": MAKERS,
    "POST /candidates/{candidate_id}": MAKERS,
    "POST /candidates/{candidate_id}/drop": MAKERS,
    "GET /rounds": OPERATORS,
    "GET /rounds/{round_id}": OPERATORS,
    "GET /rounds/{round_id}/preview": OPERATORS,
    "GET /rounds/new": MAKERS,
    "POST /rounds": MAKERS,
    "GET /rounds/{round_id}/edit": MAKERS,
    "POST /rounds/{round_id}/edit": MAKERS,
    "POST /rounds/{round_id}/turnout": MAKERS,
    "POST /rounds/{round_id}/drop": MAKERS,
    "GET /rounds/{round_id}/doubts": OPERATORS,
    "POST /rounds/{round_id}/doubts/review": MAKERS | APPROVERS,
    "POST /rounds/{round_id}/doubts/propose": MAKERS | APPROVERS,
    "POST /rounds/{round_id}/doubts/{proposal}/agree": APPROVERS,
    "POST /rounds/{round_id}/doubts/{proposal}/drop": APPROVERS,
    "GET /rounds/{round_id}/units": OPERATORS,
    "GET /rounds/{round_id}/units/blank.docx": OPERATORS,
    "POST /rounds/{round_id}/units/links": MAKERS,
    "POST /rounds/{round_id}/units/links/{link_id}/withdraw": MAKERS,
    "GET /rounds/{round_id}/units/entering": MAKERS,
    "POST /rounds/{round_id}/units/entering": MAKERS,
    "GET /rounds/{round_id}/paper": OPERATORS,
    "POST /rounds/{round_id}/paper": CLERKS,
    "POST /rounds/{round_id}/paper/{paper_id}/drop": CLERKS,
    "GET /rounds/{round_id}/{step}": APPROVERS,
    "POST /rounds/{round_id}/{step}": APPROVERS,
    "GET /posters": OPERATORS,
    "POST /posters": MAKERS,
    "GET /posters/print": OPERATORS,
    "GET /broadcasts": OPERATORS,
    "GET /broadcasts/new": MAKERS,
    "GET /broadcasts/templates": MAKERS,
    "POST /broadcasts": MAKERS,
    "GET /broadcasts/{broadcast_id}": OPERATORS,
    "GET /broadcasts/{broadcast_id}/edit": MAKERS,
    "POST /broadcasts/{broadcast_id}/edit": MAKERS,
    "POST /broadcasts/{broadcast_id}/drop": MAKERS,
    "POST /broadcasts/{broadcast_id}/preview": MAKERS,
    "GET /broadcasts/{broadcast_id}/progress": OPERATORS,
    "GET /broadcasts/{broadcast_id}/failures.csv": OPERATORS,
    "POST /broadcasts/{broadcast_id}/deliveries/{delivery_id}": APPROVERS,
    "POST /broadcasts/{broadcast_id}/{taken}": MAKERS,
    "POST /broadcasts/{broadcast_id}/jobs/ask": MAKERS,
    "POST /broadcasts/{broadcast_id}/jobs/delete": APPROVERS,
    "GET /projects": OPERATORS,
    "POST /projects": MAKERS,
    "POST /projects/propose": MAKERS,
    "POST /projects/order": MAKERS,
    "GET /projects/session.docx": OPERATORS,
    "GET /projects/next-year.toml": OPERATORS,
    "GET /projects/{project_id}": OPERATORS,
    "POST /projects/{project_id}": MAKERS,
    "POST /projects/{project_id}/drop": MAKERS,
    "GET /projects/announcement": OPERATORS,
    "POST /projects/announcement": MAKERS,
    "POST /projects/announcement/submit": MAKERS,
    "POST /projects/announcement/take-back": MAKERS | APPROVERS,
    "POST /projects/announcement/release": APPROVERS,
    "GET /phase": OPERATORS,
    "POST /phase": APPROVERS,
    "GET /registers": OPERATORS,
    "POST /registers": MAKERS,
    "GET /registers/{register_id}": OPERATORS,
    "POST /registers/{register_id}/add": MAKERS,
    "POST /registers/{register_id}/release": MAKERS,
    "POST /registers/{register_id}/drop": MAKERS,
    "GET /lists/": OPERATORS,
    "GET /lists/campaigns/list": OPERATORS,
    "GET /lists/deliveries/list": OPERATORS,
    "GET /lists/imports/list": OPERATORS,
    "GET /log": LOG_READERS,
    "POST /log/verify": LOG_READERS,
    "POST /log/export": LOG_READERS,
    "GET /operators": OWNER,
    "POST /operators": OWNER,
    "GET /operators/{operator_id}": OWNER,
    "POST /operators/{operator_id}/roles": OWNER,
    "POST /operators/{operator_id}/password": OWNER,
    "POST /operators/{operator_id}/totp/off": OWNER,
    "POST /operators/{operator_id}/unlock": OWNER,
    "POST /operators/{operator_id}/disable": OWNER,
    "POST /operators/{operator_id}/enable": OWNER,
    "POST /operators/{operator_id}/tokens": OWNER,
    "POST /operators/{operator_id}/tokens/revoke": OWNER,
    "GET /account": OPERATORS,
    "POST /account/password": OPERATORS,
    "GET /account/totp": OPERATORS,
    "POST /account/totp": OPERATORS,
    "POST /account/totp/off": OPERATORS,
    "POST /account/sessions/end-others": OPERATORS,
    "POST /account/sessions/{session_id}/end": OPERATORS,
    "POST /account/tokens": OPERATORS,
    "POST /account/tokens/{token_id}/revoke": OPERATORS,
}

PRESENT = {
    "number": "SS2018-0001",
    "channel": "organisation",
    "step": "open",
    "taken": "submit",
}  # other names in braces are ids
ROLE_REFUSED = "您的角色不能做这一步"
MOUNTS = {"/static/tabler", "/static", "/lists"}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Who may do what is no matter of the database."""
    return sqlite_database


def routes() -> set[str]:
    return {
        f"{method} {route.path}"  # type: ignore[attr-defined]
        for router in console.ROUTERS
        for route in router.routes
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
    }


def test_every_route_is_in_the_table() -> None:
    listed = {line for line in MATRIX if " /lists/" not in line}
    assert routes() - listed == set(), "say in MATRIX whom these are for"
    assert listed - routes() == set(), "these are gone"


def test_nothing_else_is_served(app: FastAPI) -> None:
    inner: Any = next(each.app for each in app.routes if isinstance(each, Mount))
    mounted = {each.path for each in inner.routes if isinstance(each, Mount)}
    assert mounted == MOUNTS
    assert len(inner.routes) == len(MOUNTS) + len(routes())


async def ask(desk: Desk, line: str) -> httpx.Response:
    method, path = line.split()
    path = "/console" + re.sub(r"\{(\w+)\}", lambda name: PRESENT.get(name[1], "1"), path)
    return await (desk.open(path) if method == "GET" else desk.post(path, follow=False))


@pytest.mark.parametrize("line", MATRIX)
async def test_who_may(open_console: OpenConsole, line: str) -> None:
    expected = MATRIX[line]
    for role in Role:
        answer = await ask(open_console(role), line)
        assert answer.status_code < 500, role
        is_in = "/console/sign-in" not in answer.headers.get("location", "") or line == "POST /sign-out"
        assert is_in or expected is PUBLIC, role
        is_refused = answer.status_code == 403 and ROLE_REFUSED in answer.text
        assert is_refused == (expected is not PUBLIC and role not in expected), role


@pytest.mark.parametrize("line", [line for line, expected in MATRIX.items() if expected is not PUBLIC])
async def test_nobody_may(open_console: OpenConsole, line: str) -> None:
    answer = await ask(open_console(None), line)
    if line.startswith("GET"):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/console/sign-in")
    else:
        assert answer.status_code == 401

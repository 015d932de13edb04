"""The console against somebody who means harm: forms from elsewhere, forged cookies, others' things, too much."""

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.console.session import NOTICE, SESSION
from app.installation import Installation
from app.operators import service as operators
from app.operators import sessions
from app.proposals import views
from app.triage import phases
from models import Candidate, FormImport, Merge, SavedView
from models.enums import PhaseKind, Role
from tests.app.console.attacking import FIRST, PAGES, dump, path_of
from tests.app.console.conftest import OpenConsole
from tests.app.console.test_forms import carried, look_over, sample, take_in
from tests.app.console.test_matrix import MATRIX

WRITES = [line for line in MATRIX if line.startswith("POST ") and "/sign-in" not in line]
NINES = "9" * 5000


async def test_no_other_site_writes(open_console: OpenConsole, installation: Installation) -> None:
    desk, other = open_console(Role.OWNER), open_console(Role.AUDITOR)
    before, ours = dump(installation), installation.settings.public_url
    for path in map(path_of, WRITES):
        for fields, headers in (
            ({}, {}),
            ({"token": other.token}, {}),
            ({"token": desk.token}, {"origin": "https://evil.test"}),
            ({"token": desk.token}, {"origin": "null"}),
            ({"token": desk.token}, {"origin": f"{ours}.evil.test"}),
        ):
            answer = await desk.browser.post(path, data={"number": FIRST, **fields}, headers=headers)
            assert answer.status_code == 403, (path, fields, headers)
    assert dump(installation) == before


async def test_reading_writes_nothing(
    open_console: OpenConsole, installation: Installation, furnished: None
) -> None:
    """So that a link or a picture on another site can do nothing."""
    desk = open_console(Role.OWNER)
    before = dump(installation)
    for page in PAGES:
        assert (await desk.open(path_of(page))).status_code in (200, 303), page
    changed = {name for name, rows in dump(installation).items() if rows != before[name]}
    own = {"access_tokens"}  # where the platform is asked: who may call it is remembered
    assert changed <= {"proposal_grams", "proposal_texts"} | own, changed


@pytest.mark.parametrize("cookie", ["", "x", "../..", "%00", "' OR 1=1 --", "A" * 6000])
async def test_a_forged_cookie_is_nobody(open_console: OpenConsole, cookie: str) -> None:
    desk = open_console(None)
    desk.browser.cookies.set(SESSION, cookie, path="/console")
    answer = await desk.open("/console/board")
    assert answer.status_code == 303
    assert "/console/sign-in" in answer.headers["location"]


@pytest.mark.parametrize("kept", ["W10=", "e30=", "WyI8aT4iLCAxXQ==", "W1tb" * 900, "é", "bnVsbA=="])
async def test_a_forged_notice_breaks_no_page(open_console: OpenConsole, kept: str) -> None:
    desk = open_console(Role.INTAKE)
    sent = {"cookie": f"{SESSION}={desk.browser.cookies[SESSION]}; {NOTICE}={kept}"}
    desk.browser.cookies.clear()
    answer = await desk.browser.get("/console/account", headers=httpx.Headers(sent, encoding="latin-1"))
    assert answer.status_code == 200
    assert "<i>" not in answer.text


async def test_a_role_taken_away_is_gone_at_once(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.INTAKE)
    assert desk.account is not None
    assert (await desk.open("/console/forms")).status_code == 200
    with installation.database.writing() as session:
        name, clock = desk.account.name, installation.clock
        operators.set_roles(session, name, [Role.AUDITOR], actor="cli:tester", clock=clock)
    assert (await desk.open("/console/forms")).status_code == 403
    assert (await desk.post("/console/board/sort", number=FIRST, category="health")).status_code == 403


async def test_others_things_cannot_be_named(open_console: OpenConsole, installation: Installation) -> None:
    """A view, a browser: each belongs to whoever made it, even before the owner."""
    mine, other = open_console(Role.REVIEWER), open_console(Role.OWNER)
    assert mine.account is not None
    with installation.database.writing() as session:
        view = views.save(session, "只看空调", {"q": "空调"}, by=mine.account, clock=installation.clock).id
        here = sessions.of_operator(session, mine.account.id, installation.clock)[0].id
    assert (await other.post(f"/console/board/views/{view}/delete")).status_code == 404
    await other.post(f"/console/account/sessions/{here}/end")
    assert "只看空调" not in (await other.open("/console/board")).text
    with installation.database.reading() as session:
        assert session.get(SavedView, view) is not None
    assert (await mine.open("/console/board")).status_code == 200


async def test_roles_cannot_undo_each_others_work(
    open_console: OpenConsole, installation: Installation, furnished: None
) -> None:
    intake = open_console(Role.INTAKE)
    await take_in(intake, **carried(await look_over(intake, sample("A01"))))
    for who, path in (
        (Role.REVIEWER, "/console/forms/1/undo"),
        (Role.INTAKE, "/console/merges/1/undo"),
        (Role.REVIEWER, "/console/candidates/1/drop"),
    ):
        assert (await open_console(who).post(path)).status_code == 403, path
    with installation.database.reading() as session:
        assert session.scalars(select(FormImport.undone_at)).all() == [None]
        assert session.scalars(select(Merge.id)).all() == [1]
        assert len(session.scalars(select(Candidate)).all()) == 1


@pytest.mark.parametrize(
    "path",
    [
        "static/../pages.py",
        "static/..%2fpages.py",
        "static/%2e%2e/%2e%2e/settings.py",
        "static/tabler/..%2f..%2f..%2fpyproject.toml",
        "static/%2fetc/passwd",
        "exports/blank-..%2f..%2fx.docx",
        "lists/campaigns/edit/1",
        "lists/operators/list",
        "lists/campaigns/list?where=%7B%22id%22%3A1%7D",
        "proposals/..%2f..%2fapi",
    ],
)
async def test_no_address_leads_out(open_console: OpenConsole, path: str) -> None:
    assert (await open_console(Role.OWNER).open(f"/console/{path}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("candidates/order", {"id": [NINES]}),
        ("candidates/order", {"id": ["1"], "move": f"up {NINES}"}),
        ("candidates/1", {"seen": "2018-01-01", "title": "甲"}),
        ("candidates", {"more": NINES}),
        ("merge", {"into": NINES, "number": [NINES], "reason": "一样"}),
        ("board/sort", {"number": ["SS2018-" + "9" * 9], "category": "health"}),
        ("board/sort", {"number": [f"SS2018-{at:04d}" for at in range(1, 1900)], "category": "health"}),
        ("board/reject", {"number": ["SS2018-9999"], "do": "now", "ground": "routine", "reason": "一样"}),
        ("board/views", {"name": "甲" * 5000, "back": "&".join(["q=1"] * 5000)}),
        ("decisions/publish", {"number": [FIRST] * 1900}),
        ("assess/SS2018-0003", {"score_feasible": NINES}),
    ],
)
async def test_far_too_much_is_told_so(
    open_console: OpenConsole, furnished: None, path: str, fields: dict[str, Any]
) -> None:
    answer = await open_console(Role.OWNER).post(f"/console/{path}", **fields)
    assert answer.status_code < 500, path


@pytest.mark.parametrize(
    "address", ["merge?with=" + "9" * 5000, "log?before=" + "9" * 9, "log?day=9999-12-31", "decisions?before=0"]
)
async def test_an_address_of_no_sense_is_no_failure(open_console: OpenConsole, address: str) -> None:
    assert (await open_console(Role.OWNER).open(f"/console/{address}")).status_code < 500


async def test_once_results_are_out_nothing_changes(
    open_console: OpenConsole, installation: Installation, furnished: None
) -> None:
    """Not even by who has kept a page open."""
    with installation.database.writing() as session:
        phases.set_phase(
            session, "2018", PhaseKind.PUBLISHED, "公布了", actor="cli:tester", clock=installation.clock
        )
    desk = open_console(Role.OWNER)
    before = dump(installation)
    late: dict[str, dict[str, Any]] = {
        "board/sort": {"number": "SS2018-0003", "category": "health"},
        "board/reject": {"number": "SS2018-0003", "ground": "routine", "reason": "一样", "do": "now"},
        "proposals/SS2018-0003/decide": {"kind": "return", "reason": "再说说", "do": "now"},
        "merges/1/undo": {},
        "candidates/1/drop": {},
        "candidates/order": {"id": "1"},
    }
    for path, fields in late.items():
        await desk.post(f"/console/{path}", **fields)
    assert dump(installation) == before

"""What axe-core, the usual measure of accessibility, finds on the pages: nothing, by WCAG 2.2 at level AA."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.ballots import queries
from app.console.nav import NAV
from models.enums import Role
from tests.browser.conftest import OpenDesk
from tests.browser.test_vote import Vote, send, station_in, tick, vote

__all__ = ["vote"]

pytestmark = pytest.mark.browser

LEVEL = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
BELOW_THE_NAV = (
    "/console/proposals/SS2018-0001",
    "/console/candidates/1",
    "/console/candidates/preview",
    "/console/rounds/new",
    "/console/projects/announcement",
    "/console/lists/campaigns/list",
)


def found_by_axe(page: Page, *schemes: Literal["light", "dark"]) -> list[str]:
    """Each rule that is broken, with the places, on a phone set to light and on one set to dark."""
    found = []
    for scheme in schemes or ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for one in Axe().run(page, options=LEVEL).response["violations"]:
            nodes = [f"{node['target']} {node['html'][:120]}" for node in one["nodes"]]
            found += [f"{scheme} {one['impact']} {one['id']}: {node}" for node in nodes]
    return found


@pytest.mark.parametrize("type", ["approval", "yes_no_abstain"])
def test_the_ballot(vote: Vote, type: str) -> None:
    page = vote(ballot_type=type, max_choices=8).paper()
    page.locator("details summary").first.click()
    page.get_by_text("怎么保证").click()
    assert found_by_axe(page) == []


def test_the_ballot_as_it_is_counted_and_refused(vote: Vote) -> None:
    poll = vote()
    page = poll.paper()
    tick(page, 1, 2, 3, 4)
    send(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert found_by_axe(page) == []
    tick(page, 4)
    send(page)
    expect(page.get_by_role("status").first).to_contain_text("已计票")
    assert found_by_axe(page) == []
    poll.close()
    page.reload()
    assert found_by_axe(page) == []


@pytest.mark.parametrize("path", ["/h5/proposal", "/h5/mine", "/h5/nowhere"])
def test_the_other_pages_in_wechat(vote: Vote, path: str) -> None:
    page = vote().phone().new_page()
    page.goto(path)
    assert found_by_axe(page) == []


def test_the_published_result(vote: Vote) -> None:
    poll = vote()
    page = poll.paper()
    tick(page, 1)
    send(page)
    poll.close()
    with poll.town.database.writing() as session:
        station_in(poll.town, session).published(queries.row(session, poll.round_id))
    page.goto("/h5/results/2018")
    for summary in page.locator("summary").all():
        summary.click()
    assert found_by_axe(page) == []


def test_the_console(open_desk: OpenDesk) -> None:
    page = open_desk(Role.OWNER)
    found = {}
    for path in (*(entry.path for entry in NAV), *BELOW_THE_NAV):
        page.goto(path)
        if told := found_by_axe(page, "light"):
            found[path] = told
    assert found == {}

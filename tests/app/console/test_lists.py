"""The read-only lists: found, sorted and paged, and nothing else of the library is served."""

import re
from typing import Any

import pytest
from sqlalchemy import insert

from app.installation import Installation
from models import Delivery
from models.enums import Role
from tests.app.console.conftest import OpenConsole
from tests.fixtures.clocks import START

OPENID = "oAbCd0123456789_-EfGhIjKlMnO"


def deliveries(installation: Installation, many: int) -> None:
    rows: list[dict[str, Any]] = [
        {
            "key": f"decision:{number}",
            "channel": "customer",
            "kind": "decision" if number % 2 else "reminder",
            "openid": OPENID,
            "body": {"text": "您的提案"},
            "state": "sent",
            "due_at": START,
            "created_at": START,
        }
        for number in range(1, many + 1)
    ]
    with installation.database.writing() as session:
        session.execute(insert(Delivery), rows)


async def test_the_lists_stand_in_our_shell(open_console: OpenConsole) -> None:
    desk = open_console(Role.AUDITOR)
    page = await desk.open("/console/lists/")
    assert page.status_code == 200
    assert 'href="/console/lists/" aria-current="page"' in page.text
    page = await desk.open("/console/lists/campaigns/list")
    assert "汇总梳理" in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert f'value="{desk.token}"' in page.text  # the button to sign out


async def test_a_delivery_tells_neither_to_whom_nor_what(
    open_console: OpenConsole, installation: Installation
) -> None:
    deliveries(installation, 3)
    page = await open_console(Role.OWNER).open("/console/lists/deliveries/list")
    assert "已发出" in page.text
    assert OPENID not in page.text
    assert "您的提案" not in page.text


async def test_pages_sorting_and_search(open_console: OpenConsole, installation: Installation) -> None:
    deliveries(installation, 120)
    desk = open_console()
    page = await desk.open("/console/lists/deliveries/list", sort="id__asc", page=2)
    assert "第 2 页，共 3 页" in page.text
    first = re.search(r"<tbody>\s*<tr><td>(\d+)", page.text)
    assert first
    assert first[1] == "51"
    page = await desk.open("/console/lists/deliveries/list", q="reminder")
    assert "共 60 条" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "page=x",
        "page=-1",
        "page=99999999999999999999",
        "sort=nothing",
        "filter=%7B",
        "page_size=-1",
        "cols=x",
        "q=%00",
    ],
)
async def test_a_strange_address_is_no_failure(open_console: OpenConsole, query: str) -> None:
    page = await open_console().open(f"/console/lists/deliveries/list?{query}")
    assert page.status_code in {200, 400, 404}


@pytest.mark.parametrize(
    "path",
    [
        "campaigns/create",
        "campaigns/edit?pk=1",
        "campaigns/detail?pk=1",
        "campaigns/export/csv",
        "operators/list",
        "api",
        "login",
    ],
)
async def test_nothing_else_of_the_library_is_served(open_console: OpenConsole, path: str) -> None:
    desk = open_console()
    assert (await desk.open(f"/console/lists/{path}")).status_code == 404
    assert (await desk.post(f"/console/lists/{path}")).status_code == 404


async def test_nobody_reads_the_lists(open_console: OpenConsole) -> None:
    answer = await open_console(None).open("/console/lists/deliveries/list")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in")


async def test_the_library_leaves_no_cookie(open_console: OpenConsole) -> None:
    page = await open_console().open("/console/lists/")
    assert "set-cookie" not in page.headers

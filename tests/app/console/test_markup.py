"""Words that workers and operators write stay words: on every page, and in the programs that open our files."""

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.installation import Installation
from models.enums import Role
from tests.app.console.attacking import FIRST, every_page
from tests.app.console.conftest import OpenConsole
from tests.app.console.evil import EVIL
from tests.app.console.sifting import then


class Markup(HTMLParser):
    """What a browser would act on: handlers, scripts that are not ours, pictures and frames nobody put there."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.harm += [f"<{tag} {name}>" for name in given if name.startswith("on") or name == "style"]
        self.harm += [
            f"<{tag} {value}>" for value in given.values() if value.strip().lower().startswith("javascript:")
        ]
        if tag in {"img", "iframe", "object", "embed", "base"}:
            self.harm.append(f"<{tag}>")
        if tag == "script" and not given.get("src", "").startswith("/console/static/"):
            self.harm.append("<script>")


def harm_in(answer: httpx.Response) -> list[str]:
    markup = Markup()
    markup.feed(answer.text)
    return markup.harm


async def test_words_never_become_markup(open_console: OpenConsole, furnished: None) -> None:
    desk = open_console(Role.OWNER)
    await desk.post("/console/board/views", name=EVIL[:40], back=httpx.QueryParams(q=EVIL, unit=EVIL))
    shown = 0
    for address in every_page():
        answer = await desk.open(address)
        if answer.headers.get("content-type", "").startswith("application/json"):
            continue  # for a script, which shows it as text
        assert harm_in(answer) == [], address
        assert "49" not in re.findall(r"\{\{7\*7\}\}|\b49\b", answer.text), address
        shown += "onerror" in answer.text
    assert shown > 10  # it stands there as text


@pytest.mark.parametrize(
    "field", ["q", "unit", "status", "assignee", "since", "into", "with", "from", "kind", "to"]
)
async def test_addresses_never_become_markup(open_console: OpenConsole, furnished: None, field: str) -> None:
    desk = open_console(Role.OWNER)
    for path in ("board", "merge", "candidates/new", "log", "alike", f"proposals/{FIRST}", "lists/campaigns/list"):
        assert harm_in(await desk.open(f"/console/{path}", **{field: EVIL})) == [], path
    assert harm_in(await open_console(None).open("/console/sign-in", to=EVIL)) == []


async def test_what_is_refused_comes_back_as_text(open_console: OpenConsole, furnished: None) -> None:
    desk = open_console(Role.OWNER)
    for path in (
        "board/reject",
        "merge",
        "candidates",
        "candidates/1",
        "assess/SS2018-0003",
        f"proposals/{FIRST}/decide",
        f"proposals/{FIRST}/sort",
        "exports",
        "account/password",
        "operators",
    ):
        names = ("back", "reason", "title", "name", "into", "more", "category", "kind", "unit", "format", "ground")
        fields: dict[str, Any] = dict.fromkeys(names, EVIL)
        answer = await desk.post(f"/console/{path}", number=FIRST, **fields)
        assert answer.status_code < 500, path
        assert harm_in(answer) == [], path


async def test_no_cell_becomes_a_formula(open_console: OpenConsole, installation: Installation) -> None:
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1", "＝1+1", '=HYPERLINK("http://evil.test")']
    then(installation, lambda room: [room.proposal(title=one, unit=one, summary=one) for one in evil])
    desk = open_console(Role.AUDITOR)
    answer = await desk.post("/console/exports", format=".csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == len(evil) + 1
    assert [cell for row in rows for cell in row if re.match(r"[=+\-@＝\t\r]", cell.lstrip(" "))] == []


def test_no_template_trusts_words() -> None:
    templates = Path(__file__).parents[3] / "app/console/templates"
    trusting = [
        path.name
        for path in templates.rglob("*.html")
        if re.search(r"\|\s*safe|autoescape false", path.read_text())
    ]
    assert trusting == []

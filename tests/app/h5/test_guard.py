"""What every page promises: nobody else's hands, no change by looking, a kind page for whatever goes wrong."""

import re

import httpx
import pytest
from sqlalchemy import MetaData, select, update

from app.database import Database
from app.h5.pages import STATIC
from models import Base, Draft
from tests.app.h5.conftest import WebView, World
from tests.app.h5.markup import Markup
from tests.app.h5.samples import WHOLE

PAGES = (
    "/h5/proposal",
    "/h5/mine",
    "/h5/mine/SS2018-0001",
    "/h5/mine/SS2018-0001/withdraw",
    "/h5/proposal/SS2018-0001",
)


async def handed_in(world: World, name: str = "王建国") -> WebView:
    """The phone of somebody with one proposal handed in and another begun."""
    phone = world.phone_of(world.worker(name))
    await (await phone.open("/h5/proposal")).press("submit", **WHOLE)
    return phone


def everything(database: Database, metadata: MetaData = Base.metadata) -> dict[str, list[object]]:
    with database.reading() as session:
        return {name: list(session.execute(select(table))) for name, table in metadata.tables.items()}


async def test_looking_changes_nothing(world: World) -> None:
    phone = await handed_in(world)
    before = everything(world.database)
    for path in (*PAGES, "/h5/mine?news=withdrawn", "/h5/proposal?deed=submit&title=x"):
        assert (await phone.open(path)).answer.status_code == 200
    assert everything(world.database) == before


@pytest.mark.parametrize("token", ["", "0" * 32, "令牌"])
async def test_a_form_made_elsewhere_is_refused(world: World, token: str) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    answer = await page.press("submit", **WHOLE, token=token)
    assert answer.answer.status_code == 403
    assert (world.proposals(), world.drafts()) == ([], [])


async def test_the_token_of_one_person_is_worth_nothing_to_another(world: World) -> None:
    mine = await world.phone_of(world.worker("林芳")).open("/h5/proposal")
    theirs = await world.phone_of(world.worker("陈飞")).open("/h5/proposal")
    answer = await theirs.press("save", title="接力站", token=mine.fields["token"])
    assert answer.answer.status_code == 403


async def test_who_somebody_says_they_are_does_not_matter(world: World) -> None:
    victim, attacker = world.worker("林芳"), world.phone_of(world.worker("陈飞"))
    await world.phone_of(victim).open("/h5/mine")
    page = await attacker.open(f"/h5/proposal?openid={victim.openid}&follower=1")
    await page.press("submit", **WHOLE, openid=victim.openid, follower="1", follower_id="1")
    assert [proposal.follower_id for proposal in world.proposals()] == [2]


@pytest.mark.parametrize("path", PAGES[2:])
async def test_other_peoples_proposals_are_not_there(world: World, path: str) -> None:
    await handed_in(world)
    stranger = world.phone_of(world.worker("陈飞"))
    page = await stranger.open(path)
    assert page.answer.status_code == 404
    assert WHOLE["title"] not in page.text
    own = await stranger.open("/h5/proposal")
    answer = await stranger.browser.post(path, data={**own.fields, "title": "换掉", "deed": "submit"})
    assert answer.status_code in {404, 405}
    assert world.proposals()[0].title == WHOLE["title"]


@pytest.mark.parametrize("draft", ["99", "x", "-1", "9" * 30, "１"])
async def test_a_made_up_draft_is_one_that_is_gone(world: World, draft: str) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    answer = await page.press("save", title="接力站", draft=draft)
    assert answer.answer.status_code == 409
    assert world.drafts() == []


@pytest.mark.parametrize(
    "path",
    ["/h5", "/h5/", "/h5/nothing", "/h5/mine/x", "/h5/mine/%00", "/h5/proposal/SS2018-9999", "/h5/static/x.css"],
)
async def test_an_unknown_address_gets_a_page(world: World, path: str) -> None:
    phone = world.phone_of(world.worker())
    await phone.open("/h5/mine")
    page = await phone.open(path)
    assert page.answer.status_code == 404
    assert 'lang="zh-CN"' in page.answer.text
    assert "没有" in page.text


async def test_too_much_is_refused_with_a_page(world: World) -> None:
    phone = world.phone_of(world.worker())
    page = await phone.open("/h5/proposal")
    for typed in ({"summary": "长" * 100_000}, {str(number): "" for number in range(300)}):
        answer = await page.press("save", **typed)
        assert answer.answer.status_code == 413
        assert "内容太多" in answer.text
    assert world.drafts() == []


async def test_a_long_proposal_fits(world: World) -> None:
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    whole = {**WHOLE, "summary": "长" * 6000, "expected_outcome": "长" * 3000, "evaluation_text": "长" * 2000}
    assert (await page.press("submit", **whole)).path == "/h5/mine/SS2018-0001"


async def test_wrong_methods_and_wrong_bodies_get_pages(world: World) -> None:
    phone = world.phone_of(world.worker())
    await phone.open("/h5/mine")
    assert (await phone.browser.delete("/h5/mine")).status_code == 405
    for content, kind in (
        (b"\xff\x00{", "application/json"),
        (b"", "multipart/form-data; boundary=x"),
        (b"\xff%zz=&&=", ""),
    ):
        answer = await phone.browser.post("/h5/proposal", content=content, headers={"content-type": kind})
        assert answer.status_code == 403
        assert "Traceback" not in answer.text


async def test_what_breaks_inside_is_a_page_too(world: World) -> None:
    phone = world.phone_of(world.worker())
    await (await phone.open("/h5/proposal")).press("save", title="接力站")
    with world.database.writing() as session:
        session.execute(update(Draft).values(state={"answers": "damaged"}))
    phone.browser._transport = httpx.ASGITransport(world.service, raise_app_exceptions=False)
    page = await phone.open("/h5/proposal")
    assert page.answer.status_code == 500
    assert "过一会儿再试" in page.text
    assert "Traceback" not in page.text


async def test_headers_of_pages_and_of_fixed_files(world: World) -> None:
    phone = await handed_in(world)
    for path in (*PAGES, "/h5/nothing"):
        headers = (await phone.open(path)).answer.headers
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
    css = (await phone.open("/h5/static/h5.css")).answer.headers
    assert (css["cache-control"], css["x-content-type-options"]) == ("public, max-age=86400", "nosniff")


async def test_pages_are_light_and_hold_no_script_or_style(world: World) -> None:
    phone = await handed_in(world)
    fixed = sum(path.stat().st_size for path in STATIC.iterdir())
    assert (STATIC / "h5.css").stat().st_size < 15_000
    for path in PAGES:
        html = (await phone.open(path)).answer.text
        assert len(html.encode()) + fixed < 100_000
        assert not re.search(r"<style|<script(?! src=)| style=| on\w+=|javascript:|https?://", html)


@pytest.mark.parametrize("path", PAGES)
async def test_every_control_has_a_label_and_every_reference_leads_somewhere(world: World, path: str) -> None:
    phone = await handed_in(world)
    page = await phone.open(path)
    pages = [page, await page.press("submit", title="", phone="1")] if "proposal" in path else [page]
    for markup in (one.markup for one in pages):
        for control in markup.controls:
            if control.get("type") != "hidden":
                assert control["in_label"] or control["id"] in markup.labelled, control["name"]
        for described in markup.described.values():
            assert set(described) <= markup.texts.keys()


def test_markup_reads_what_a_browser_would_send() -> None:
    radio = '<input type="radio" name="b" value="2" checked><input type="radio" name="b" value="3">'
    markup = Markup(f'<form action="/x"><input name="a" value="1">{radio}<textarea name="c">d\n</textarea>')
    assert (markup.action, markup.fields) == ("/x", {"a": "1", "b": "2", "c": "d\n"})

"""A headless browser before the running demonstration: a phone in a worker's hand, or an operator's desk."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.fixtures.browsers import CHROMIUM, QUIET
from tests.pictures.shot import PHONE, Shot, Whoever
from tests.standin.demo.place import Place
from tests.standin.demo.secrets import Secrets

QUALITY = 48  # of WebP, of a hundred: letters stay sharp
PATIENCE = 20_000  # milliseconds


@contextmanager
def opened() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def take(browser: Browser, place: Place, shot: Shot, folder: Path) -> None:
    context = browser.new_context(
        viewport={"width": shot.view.width, "height": shot.view.height},
        device_scale_factor=shot.view.scale,
        base_url=place.service_url,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    context.request.post(f"{place.standin_url}/phone/faults", data=dict(shot.faults))
    page = _on_phone(context, place, shot) if shot.view == PHONE else _at_desk(context, place, shot)
    for step in shot.steps:
        step(page)
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    _keep(page, shot, folder / f"{shot.name}.webp")
    context.request.post(f"{place.standin_url}/phone/faults", data={"reset": True})
    context.close()


def _at_desk(context: BrowserContext, place: Place, shot: Shot) -> Page:
    """With the operator signed in."""
    password = next(one.password for one in Secrets.of(place.secrets).operators if one.name == shot.who)
    page = context.new_page()
    page.goto(f"{place.service_url}/console/sign-in")
    page.get_by_label("名字").fill(str(shot.who))
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/console/")
    page.goto(f"{place.service_url}{shot.path}")
    return page


def _on_phone(context: BrowserContext, place: Place, shot: Shot) -> Page:
    """The chat, or a page that is opened from it. Whoever does not follow yet does so first."""
    person = _holder(context, place, shot.who)
    phone = f"{place.standin_url}/phone/people/{person['id']}"
    if not person["following"]:
        context.request.post(f"{phone}/follow", data={})
    page = context.new_page()
    if shot.path:
        page.goto(f"{phone}/open?url={quote(place.service_url + shot.path, safe='')}")
    else:
        page.goto(place.standin_url)
        page.get_by_role("button", name=person["name"]).click()
        page.locator("#chat .line").last.wait_for()
        page.locator("#unread-total").evaluate("total => total.style.visibility = 'hidden'")  # other people's
    return page


def _holder(context: BrowserContext, place: Place, who: str | Whoever) -> dict[str, Any]:
    """Raises AssertionError when nobody is meant."""
    phones = f"{place.standin_url}/phone/people"
    for person in context.request.get(phones).json()["people"]:
        if isinstance(who, Whoever):
            chat = context.request.get(f"{phones}/{person['id']}/chat").json()["entries"]
            is_it = any(who.heard in entry["text"] for entry in chat)
        else:
            is_it = person["name"] == who
        if is_it:
            return dict(person)
    raise AssertionError(f"nobody is {who}")


def _keep(page: Page, shot: Shot, file: Path) -> None:
    """As WebP, which only the browser's own protocol offers."""
    area = {"x": 0, "y": page.evaluate("window.scrollY"), "width": shot.view.width, "height": shot.view.height}
    clip = {**area, "scale": 1}
    asked = {"format": "webp", "quality": QUALITY, "clip": clip}
    answer = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(base64.b64decode(answer["data"]))

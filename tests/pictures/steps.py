"""What is done on a page before its picture is taken. Each step is made of words as a person reads them."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

Role = Literal["button", "link", "radio"]
Step = Callable[[Page], None]


def press(name: str, role: Role = "button") -> Step:
    """The first button, or whatever else has this name."""

    def step(page: Page) -> None:
        page.get_by_role(role, name=name).first.click()
        page.wait_for_load_state()

    return step


def wait_for(selector: str) -> Step:
    def step(page: Page) -> None:
        page.locator(selector).first.wait_for()

    return step


def follow(selector: str) -> Step:
    """The first link that is found so."""

    def step(page: Page) -> None:
        page.goto(page.locator(selector).first.get_attribute("href") or "")

    return step


def tick(*selectors: str) -> Step:
    def step(page: Page) -> None:
        for one in selectors:
            page.locator(one).first.check()
            page.locator(one).first.blur()

    return step


def write(selector: str, words: str) -> Step:
    def step(page: Page) -> None:
        field = page.locator(selector).first
        field.fill(words)
        field.blur()

    return step


def hand_over(selector: str, *files: Path) -> Step:
    """Choose these files of the computer."""

    def step(page: Page) -> None:
        page.locator(selector).set_input_files(files)

    return step


def show(selector: str, below: int = 0) -> Step:
    """Scroll until it stands at the top, or so many pixels below."""

    def step(page: Page) -> None:
        page.locator(selector).first.evaluate(
            "(one, below) => scrollTo(0, one.getBoundingClientRect().top + scrollY - below)", below
        )

    return step


def unfold(selector: str) -> Step:
    """What is folded is unfolded."""

    def step(page: Page) -> None:
        page.locator(selector).evaluate_all("all => all.forEach(one => one.open = true)")

    return step


def say(*words: str) -> Step:
    """In the chat, each after the account has answered the one before."""

    def step(page: Page) -> None:
        keyboard, box = page.get_by_role("button", name="切换到键盘"), page.get_by_role("textbox", name="输入消息")
        keyboard.or_(box).first.wait_for()
        if keyboard.is_visible():
            keyboard.click()
        theirs = page.locator("#chat .line:not(.mine)")
        for one in words:
            before = theirs.count()
            box.fill(one)
            page.get_by_role("button", name="发送", exact=True).click()
            theirs.nth(before).wait_for()
        box.blur()

    return step

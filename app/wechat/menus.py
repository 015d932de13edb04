"""The account's menu on the platform (/cgi-bin/menu/…)."""

from typing import Any

from app.wechat.client import WeChatClient

Button = dict[str, Any]


async def current(client: WeChatClient) -> list[Button]:
    """The buttons as they are now; none when there is no menu."""
    answer = await client.call("GET", "/cgi-bin/menu/get")
    return [_stripped(button) for button in (answer.get("menu") or {}).get("button") or ()]


async def publish(client: WeChatClient, buttons: list[Button]) -> bool:
    """Make these the menu; false when they already were, so that phones need not load them again."""
    if await current(client) == [_stripped(button) for button in buttons]:
        return False
    await client.call("POST", "/cgi-bin/menu/create", json={"button": buttons})
    return True


def _stripped(button: Button) -> Button:
    """Without the empty parts the platform adds when it tells a menu."""
    kept = {name: value for name, value in button.items() if value not in ("", [], None)}
    if "sub_button" in kept:
        kept["sub_button"] = [_stripped(sub) for sub in kept["sub_button"]]
    return kept

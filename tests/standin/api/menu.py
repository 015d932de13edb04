"""The menu: made, read, deleted, and the variants for a tag (/doc/service/api/custommenu)."""

from typing import Any

from tests.standin.api.call import OK, Call, Endpoint, number
from tests.standin.errors import Refused
from tests.standin.menus import check


async def create(call: Call) -> dict[str, Any]:
    await call.platform.set_menu(check(_body(call).get("button")))
    return OK


async def get(call: Call) -> dict[str, Any]:
    menu = call.platform.menu
    if not menu.buttons:
        raise Refused(46003)
    told: dict[str, Any] = {"menu": {"button": menu.buttons, "menuid": menu.menu_id}}
    return {**told, "conditionalmenu": menu.conditional} if menu.conditional else told


async def delete(call: Call) -> dict[str, Any]:
    """Takes the conditional menus along."""
    call.platform.menu.conditional.clear()
    await call.platform.set_menu([])
    return OK


async def get_current(call: Call) -> dict[str, Any]:
    menu = call.platform.menu
    return {"is_menu_open": int(bool(menu.buttons)), "selfmenu_info": {"button": menu.buttons}}


async def add_conditional(call: Call) -> dict[str, Any]:
    body = _body(call)
    menu = call.platform.menu
    if not menu.buttons:
        raise Refused(65303)
    rule = _rule(call, body.get("matchrule"))
    menu_id = str(call.platform.new_id())
    buttons = check(body.get("button"))
    menu.conditional.append({"button": buttons, "matchrule": rule, "menuid": menu_id})
    return {"menuid": menu_id}


async def delete_conditional(call: Call) -> dict[str, Any]:
    menu, menu_id = call.platform.menu, str(call.json().get("menuid"))
    left = [variant for variant in menu.conditional if variant["menuid"] != menu_id]
    if len(left) == len(menu.conditional):
        raise Refused(65301)
    menu.conditional = left
    return OK


async def try_match(call: Call) -> dict[str, Any]:
    person = call.person(call.json().get("user_id"))
    return {"button": call.platform.menu.shown_to(person.tags)}


def _body(call: Call) -> dict[str, Any]:
    """Menus are where escaped Chinese is refused outright."""
    if call.escaped:
        raise Refused(40033)
    return call.json()


def _rule(call: Call, rule: object) -> dict[str, Any]:
    """Only the tag and the client platform still count; sex, place and language were withdrawn."""
    if not isinstance(rule, dict) or not any(rule.values()):
        raise Refused(65307)
    if rule.keys() - {"tag_id", "client_platform_type"}:
        raise Refused(65320)
    if "tag_id" in rule and number(rule["tag_id"]) not in call.platform.stores.tags:
        raise Refused(45159)
    return rule


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/menu/create", create),
    Endpoint("GET", "/cgi-bin/menu/get", get),
    Endpoint("GET", "/cgi-bin/menu/delete", delete),
    Endpoint("GET", "/cgi-bin/get_current_selfmenu_info", get_current),
    Endpoint("POST", "/cgi-bin/menu/addconditional", add_conditional),
    Endpoint("POST", "/cgi-bin/menu/delconditional", delete_conditional),
    Endpoint("POST", "/cgi-bin/menu/trymatch", try_match),
)

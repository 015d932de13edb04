"""Tags of followers: making them, and putting them on people fifty at a time."""

from typing import Any

from tests.standin.api.call import OK, Call, Endpoint, number
from tests.standin.api.users import page_of
from tests.standin.errors import Refused

TAGS, PER_PERSON, BATCH = 100, 20, 50
NAME_LENGTH = 30
SYSTEM = {0, 1, 2}


async def create(call: Call) -> dict[str, Any]:
    tags = call.platform.stores.tags
    name = _name(call, call.json().get("tag"))
    if len(tags) >= TAGS:
        raise Refused(45056)
    tag = max([*tags, 99]) + 1
    tags[tag] = name
    return {"tag": {"id": tag, "name": name}}


async def get(call: Call) -> dict[str, Any]:
    tags = call.platform.stores.tags
    return {"tags": [{"id": tag, "name": name, "count": len(_bearers(call, tag))} for tag, name in tags.items()]}


async def update(call: Call) -> dict[str, Any]:
    about = call.json().get("tag") or {}
    call.platform.stores.tags[_tag(call, about.get("id"))] = _name(call, about)
    return OK


async def delete(call: Call) -> dict[str, Any]:
    """Not while too many bear it: first it has to be taken off some of them."""
    tag = _tag(call, (call.json().get("tag") or {}).get("id"))
    bearers = _bearers(call, tag)
    if len(bearers) > call.platform.account.most_bearers:
        raise Refused(45057)
    for openid in bearers:
        call.platform.people[openid].tags.remove(tag)
    del call.platform.stores.tags[tag]
    return OK


async def get_bearers(call: Call) -> dict[str, Any]:
    body = call.json()
    openids, after = _bearers(call, _tag(call, body.get("tagid"))), body.get("next_openid")
    return page_of(call, openids, openids.index(after) + 1 if after in openids else 0)


async def put_on(call: Call) -> dict[str, Any]:
    """Those it fails for are named, and the others have it; of one alone it is told why."""
    openids, tag = _batch(call)
    failed = {openid: why for openid in openids if (why := _put(call, openid, tag))}
    if failed:
        raise Refused(failed[openids[0]] if len(openids) == 1 else 45171, fail_openid_list=list(failed))
    return OK


async def take_off(call: Call) -> dict[str, Any]:
    openids, tag = _batch(call)
    for openid in openids:
        person = call.person(openid)
        person.tags = [kept for kept in person.tags if kept != tag]
    return OK


async def get_of_person(call: Call) -> dict[str, Any]:
    return {"tagid_list": call.person(call.json().get("openid")).tags}


def _bearers(call: Call, tag: int) -> list[str]:
    return [person.openid for person in call.platform.people.values() if tag in person.tags]


def _put(call: Call, openid: str, tag: int) -> int:
    """The code of what is in the way, 0 where nothing is."""
    person = call.platform.people.get(openid)
    if person is None:
        return 49003
    if not person.following:
        return 45171  # no code of its own is known
    if tag in person.tags:
        return 0
    if len(person.tags) >= PER_PERSON:
        return 45059
    person.tags.append(tag)
    return 0


def _batch(call: Call) -> tuple[list[str], int]:
    body = call.json()
    openids = body.get("openid_list")
    if not isinstance(openids, list) or not 1 <= len(openids) <= BATCH:
        raise Refused(40032)
    return openids, _tag(call, body.get("tagid"))


def _tag(call: Call, tag: object) -> int:
    known = number(tag)
    if known in SYSTEM:
        raise Refused(45058)
    if known not in call.platform.stores.tags:
        raise Refused(45159)
    return known


def _name(call: Call, about: object) -> str:
    name = about.get("name") if isinstance(about, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH:
        raise Refused(45158)
    if name in call.platform.stores.tags.values():
        raise Refused(45157)
    return name


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/tags/create", create),
    Endpoint("GET", "/cgi-bin/tags/get", get),
    Endpoint("POST", "/cgi-bin/tags/update", update),
    Endpoint("POST", "/cgi-bin/tags/delete", delete),
    Endpoint("POST", "/cgi-bin/user/tag/get", get_bearers),
    Endpoint("POST", "/cgi-bin/tags/members/batchtagging", put_on),
    Endpoint("POST", "/cgi-bin/tags/members/batchuntagging", take_off),
    Endpoint("POST", "/cgi-bin/tags/getidlist", get_of_person),
)

"""Followers: the list page by page, one person, and many (/doc/service/api/usermanage)."""

from typing import Any

from tests.standin.api.call import OK, Call, Endpoint
from tests.standin.errors import Refused
from tests.standin.state import Person

BATCH = 100
REMARK_BYTES = 30


async def get_followers(call: Call) -> dict[str, Any]:
    """Page by page. The last page still names a next_openid, and then comes an empty one."""
    followers = [person.openid for person in call.platform.people.values() if person.following]
    start = 0
    if after := call.query("next_openid"):
        if after not in followers:
            raise Refused(40003)
        start = followers.index(after) + 1
    return {"total": len(followers), **page_of(call, followers, start)}


def page_of(call: Call, openids: list[str], start: int) -> dict[str, Any]:
    """An empty page has no `data` at all, and only that tells the end."""
    page = openids[start : start + call.platform.account.user_page]
    if not page:
        return {"count": 0, "next_openid": ""}
    return {"count": len(page), "data": {"openid": page}, "next_openid": page[-1]}


async def get_info(call: Call) -> dict[str, Any]:
    return _told(call.person(call.query("openid")))


async def get_many(call: Call) -> dict[str, Any]:
    wanted = call.json().get("user_list") or []
    if not 1 <= len(wanted) <= BATCH:
        raise Refused(40032)
    return {"user_info_list": [_told(call.person(entry.get("openid"))) for entry in wanted]}


async def set_remark(call: Call) -> dict[str, Any]:
    body = call.json()
    remark = str(body.get("remark", ""))
    if len(remark.encode()) >= REMARK_BYTES:
        raise Refused(40035)
    call.person(body.get("openid")).remark = remark
    return OK


def _told(person: Person) -> dict[str, Any]:
    """No nickname, no picture: not told since the end of 2021."""
    if not person.following:
        return {"subscribe": 0, "openid": person.openid}
    by_qr = bool(person.scene)
    return {
        "subscribe": 1,
        "openid": person.openid,
        "language": "zh_CN",
        "subscribe_time": int(person.followed_at),
        "remark": person.remark,
        "groupid": 0,
        "tagid_list": person.tags,
        "subscribe_scene": "ADD_SCENE_QR_CODE" if by_qr else "ADD_SCENE_SEARCH",
        "qr_scene": int(person.scene) if person.scene.isdecimal() else 0,
        "qr_scene_str": "" if person.scene.isdecimal() else person.scene,
    }


ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/user/get", get_followers),
    Endpoint("GET", "/cgi-bin/user/info", get_info),
    Endpoint("POST", "/cgi-bin/user/info/batchget", get_many),
    Endpoint("POST", "/cgi-bin/user/info/updateremark", set_remark),
)

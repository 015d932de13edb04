"""Tags of followers (/cgi-bin/tags/…): making them, putting them on people and taking them off, deleting them.

An account has at most 100 (45056), a person bears at most 20 (45059). One with more than 100 000 people cannot be
deleted (45057) before it has been taken off some of them.
"""

from collections.abc import Sequence

from app.wechat.client import WeChatClient
from app.wechat.wire import required

AT_ONCE = 50  # people in one call
NAME_TAKEN, TOO_MANY_PEOPLE, NO_SUCH_TAG, NOT_ALL_TAGGED = 45157, 45057, 45159, 45171


async def names(client: WeChatClient) -> dict[int, str]:
    """The account's tags: their names by their ids."""
    answer = await client.call("GET", "/cgi-bin/tags/get")
    return {int(entry["id"]): str(entry["name"]) for entry in answer.get("tags") or ()}


async def create(client: WeChatClient, name: str) -> int:
    """Its id. `name` is at most 30 characters, and no other tag's (45157)."""
    answer = await client.call("POST", "/cgi-bin/tags/create", json={"tag": {"name": name}})
    return int(required(required(answer, "tag"), "id"))


async def delete(client: WeChatClient, tag_id: int) -> None:
    """Off everybody who bears it as well."""
    await client.call("POST", "/cgi-bin/tags/delete", json={"tag": {"id": tag_id}})


async def put_on(client: WeChatClient, tag_id: int, openids: Sequence[str]) -> list[str]:
    """Those of up to 50 people on whom it could not be put; a person of another account may spoil the call."""
    body = {"tagid": tag_id, "openid_list": list(openids)}
    answer = await client.call("POST", "/cgi-bin/tags/members/batchtagging", json=body)
    if not answer.get("errcode"):
        return []
    failed = frozenset(answer.get("fail_openid_list") or openids)
    return [openid for openid in openids if openid in failed]


async def take_off(client: WeChatClient, tag_id: int, openids: Sequence[str]) -> None:
    """Up to 50 people."""
    body = {"tagid": tag_id, "openid_list": list(openids)}
    await client.call("POST", "/cgi-bin/tags/members/batchuntagging", json=body)


async def bearers(client: WeChatClient, tag_id: int) -> list[str]:
    """The first 10 000 of those who bear it."""
    answer = await client.call("POST", "/cgi-bin/user/tag/get", json={"tagid": tag_id})
    return list((answer.get("data") or {}).get("openid") or ())

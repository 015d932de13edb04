"""Messages to people (/cgi-bin/message/…): customer, template and subscription messages, and mass jobs."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.wechat.client import WeChatClient
from app.wechat.wire import required

MESSAGE = "/cgi-bin/message"


async def send_text(client: WeChatClient, openid: str, text: str) -> None:
    """Free words inside an open window. The platform gives it no id and no key: what was lost on the way cannot be
    sent again safely.
    """
    message = {"touser": openid, "msgtype": "text", "text": {"content": text}}
    await client.call("POST", f"{MESSAGE}/custom/send", json=message)


async def send_template(client: WeChatClient, openid: str, body: Mapping[str, Any], key: str) -> str:
    """The id by which its end is told. The same `key` to the same person goes out once within ten minutes."""
    message = {"touser": openid, "template_id": body["template_id"], "client_msg_id": key, "data": _data(body)}
    if body.get("url"):
        message["url"] = body["url"]
    return str(required(await client.call("POST", f"{MESSAGE}/template/send", json=message), "msgid"))


async def send_subscription(client: WeChatClient, openid: str, body: Mapping[str, Any]) -> None:
    """Uses up one time the person has said yes."""
    message = {"touser": openid, "template_id": body["template_id"], "data": _data(body)}
    if body.get("url"):
        message["page"] = body["url"]
    await client.call("POST", f"{MESSAGE}/subscribe/bizsend", json=message)


async def send_to_list(client: WeChatClient, openids: Sequence[str], part: Mapping[str, Any], key: str) -> str:
    """The job's id; of one handed in before by the same `key` (45065) that one's. 2 to 10 000 people."""
    job = {"touser": list(openids), "clientmsgid": key, **part}
    return str(required(await client.call("POST", f"{MESSAGE}/mass/send", json=job), "msg_id"))


async def send_to_all(client: WeChatClient, part: Mapping[str, Any], key: str) -> str:
    """The same for all followers."""
    return await _send_filtered(client, {"is_to_all": True}, part, key)


async def send_to_tag(client: WeChatClient, tag_id: int, part: Mapping[str, Any], key: str) -> str:
    """The same for all followers with a tag."""
    return await _send_filtered(client, {"is_to_all": False, "tag_id": tag_id}, part, key)


async def job_status(client: WeChatClient, msg_id: str) -> str:
    """SENDING, SEND_SUCCESS, SEND_FAIL or DELETE; how many it reached is told by the event alone."""
    answer = await client.call("POST", f"{MESSAGE}/mass/get", json={"msg_id": msg_id})
    return str(required(answer, "msg_status"))


async def delete_job(client: WeChatClient, msg_id: str) -> None:
    """Articles and videos alone, and only what they show when opened: what lies in the chats stays."""
    await client.call("POST", f"{MESSAGE}/mass/delete", json={"msg_id": int(msg_id)})


async def preview(client: WeChatClient, openid: str, part: Mapping[str, Any]) -> None:
    await client.call("POST", f"{MESSAGE}/mass/preview", json={"touser": openid, **part})


async def _send_filtered(
    client: WeChatClient, range_: Mapping[str, Any], part: Mapping[str, Any], key: str
) -> str:
    job = {"filter": range_, "clientmsgid": key, "send_ignore_reprint": 0, **part}
    return str(required(await client.call("POST", f"{MESSAGE}/mass/sendall", json=job), "msg_id"))


def _data(body: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {field: {"value": text} for field, text in body["data"].items()}

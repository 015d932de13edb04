"""Customer messages: free words to one person inside an open window (/cgi-bin/message/custom/send)."""

from app.wechat.client import WeChatClient


async def send_text(client: WeChatClient, openid: str, text: str) -> None:
    """The platform gives it no id and no key: what was lost on the way cannot be sent again safely."""
    message = {"touser": openid, "msgtype": "text", "text": {"content": text}}
    await client.call("POST", "/cgi-bin/message/custom/send", json=message)

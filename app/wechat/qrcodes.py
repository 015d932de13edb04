"""QR codes that bring people to the account (/cgi-bin/qrcode/create)."""

from app.wechat.client import WeChatClient
from app.wechat.wire import required


async def permanent(client: WeChatClient, scene: str) -> str:
    """The address to draw as a code. Who follows or scans by it comes with this scene of up to 64 characters.

    An account has 100 000 of them; asking again for a scene uses up none.
    """
    action = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
    return str(required(await client.call("POST", "/cgi-bin/qrcode/create", json=action), "url"))

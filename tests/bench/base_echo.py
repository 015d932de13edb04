"""The base of the turns: a bare FastAPI + wechatpy echo that stores nothing, as its tutorials write it."""

import os

from fastapi import FastAPI, Request, Response
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply

app = FastAPI()
crypto = WeChatCrypto(
    os.environ["SHISHI_WECHAT__TOKEN"],
    os.environ["SHISHI_WECHAT__ENCODING_AES_KEY"],
    os.environ["SHISHI_WECHAT__APP_ID"],
)


@app.post("/wechat")
async def wechat(request: Request, msg_signature: str, timestamp: str, nonce: str) -> Response:
    body = await request.body()
    message = parse_message(crypto.decrypt_message(body, msg_signature, timestamp, nonce))
    reply = TextReply(content=message.content, message=message).render()
    return Response(crypto.encrypt_message(reply, nonce, timestamp), media_type="text/xml")

"""The platform's wire format: signatures, encryption, XML in and out. The only file that knows wechatpy.

Source: /doc/subscription/guide/dev/push/encryption and /doc/service/guide/product/message/ of the platform.
"""

import json
import secrets
import struct
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest
from xml.etree.ElementTree import ParseError

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException
from wechatpy.utils import WeChatSigner

from app.settings import WeChatSettings
from wechat_handlers import elements
from wechat_handlers.message import Inbound
from wechat_handlers.query import Refused, check_time, parameters

BROKEN = (
    ParseError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    RecursionError,
    struct.error,
    InvalidAppIdException,
)

REPLY = (
    "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
    "<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content></xml>"
)
ENVELOPE = (
    "<xml><Encrypt><![CDATA[{Encrypt}]]></Encrypt><MsgSignature><![CDATA[{MsgSignature}]]></MsgSignature>"
    "<TimeStamp>{TimeStamp}</TimeStamp><Nonce><![CDATA[{Nonce}]]></Nonce></xml>"
)


class Cipher(PrpCrypto):  # type: ignore[misc]
    """The platform's AES-CBC with the 16 random bytes, length and appid; ours takes them from a sound source."""

    def get_random_string(self) -> str:
        return secrets.token_hex(8)


@dataclass(frozen=True)
class Opened:
    """A push that was verified. `fingerprint` identifies its signature, `body` its bytes, both 16 bytes.

    `cipher` is the key it came under (None in plain mode): the answer goes back under the same.
    """

    inbound: Inbound
    fingerprint: bytes
    body: bytes
    nonce: str
    cipher: Cipher | None
    is_json: bool


def signature_of(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


class Codec:
    """Opens pushes and seals replies for one account."""

    def __init__(self, account: WeChatSettings) -> None:
        self._app_id = account.app_id
        self._token = account.token.get_secret_value()
        self._is_safe = account.mode == "safe"
        keys = (account.encoding_aes_key, account.previous_encoding_aes_key)
        self._ciphers = [Cipher(b64decode(key.get_secret_value() + "=")) for key in keys if key.get_secret_value()]

    def verify_address(self, query: bytes) -> str:
        """GET: the echostr to send back, plain in every mode. Raises Refused."""
        said = parameters(query)
        self._check(said, "signature")
        return said.get("echostr", "")

    def open(self, query: bytes, body: bytes, now: float) -> Opened:
        """POST: verify, decrypt and read a push. `now` is in seconds since the epoch. Raises Refused."""
        said = parameters(query)
        try:
            return self._open_safe(said, body, now) if self._is_safe else self._open_plain(said, body, now)
        except BROKEN:
            raise Refused("malformed push") from None

    def _open_plain(self, said: Mapping[str, str], body: bytes, now: float) -> Opened:
        self._check(said, "signature")
        check_time(said, now)
        return self._opened(said, "signature", body, body.decode(), None)

    def _open_safe(self, said: Mapping[str, str], body: bytes, now: float) -> Opened:
        if said.get("encrypt_type") != "aes" or "msg_signature" not in said:
            raise Refused("safe mode takes encrypted pushes only", 403)
        encrypted = elements.encrypted_part(body.decode())
        self._check(said, "msg_signature", encrypted)
        check_time(said, now)
        text, cipher = self.decrypt(encrypted)
        return self._opened(said, "msg_signature", body, text, cipher)

    def _opened(
        self, said: Mapping[str, str], signed: str, body: bytes, text: str, cipher: Cipher | None
    ) -> Opened:
        request = "\0".join((said[signed], said["timestamp"], said["nonce"]))
        return Opened(
            inbound=Inbound.of(elements.read(text)),
            fingerprint=blake2b(request.encode(), digest_size=16).digest(),
            body=blake2b(body, digest_size=16).digest(),
            nonce=said["nonce"],
            cipher=cipher,
            is_json=body.lstrip().startswith(b"{"),
        )

    def decrypt(self, encrypted: str) -> tuple[str, Cipher]:
        """The text and the key that opened it: the current one, or the previous for a while after a change."""
        for cipher in self._ciphers[:-1]:
            try:
                return cipher.decrypt(encrypted, self._app_id), cipher
            except BROKEN:
                continue
        return self._ciphers[-1].decrypt(encrypted, self._app_id), self._ciphers[-1]

    def seal(self, opened: Opened, text: str, now: float) -> str:
        """The passive reply to `opened`, encrypted if the push was."""
        reply = _reply(opened, text, int(now))
        return self.encrypt(reply, opened, int(now)) if opened.cipher else reply

    def encrypt(self, reply: str, opened: Opened, now: int) -> str:
        assert opened.cipher is not None
        encrypted = opened.cipher.encrypt(reply, self._app_id).decode()
        fields = {
            "Encrypt": encrypted,
            "MsgSignature": signature_of(self._token, str(now), opened.nonce, encrypted),
            "TimeStamp": now,
            "Nonce": opened.nonce,
        }
        return json.dumps(fields) if opened.is_json else ENVELOPE.format_map(fields)

    def _check(self, said: Mapping[str, str], name: str, *more: str) -> None:
        expected = signature_of(self._token, said.get("timestamp", ""), said.get("nonce", ""), *more)
        if not compare_digest(expected.encode(), said.get(name, "").encode()):
            raise Refused("wrong signature", 403)


def _reply(opened: Opened, text: str, now: int) -> str:
    """Sender and receiver change places."""
    to, sender, text = opened.inbound.openid, opened.inbound.account, elements.NOT_XML.sub("", text)
    if opened.is_json:
        fields = {"ToUserName": to, "FromUserName": sender, "CreateTime": now, "MsgType": "text", "Content": text}
        return json.dumps(fields, ensure_ascii=False)
    return REPLY.format(to=to, sender=sender, now=now, text=elements.escape_cdata(text))

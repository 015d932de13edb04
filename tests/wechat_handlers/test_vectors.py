"""The known answers of others against our codec: signatures, ciphertexts, and the XML of every push."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.settings import WeChatSettings
from tests.fixtures.installation import make_settings
from tests.standin import crypto
from tests.wechat_handlers.callback import Forge
from wechat_handlers.codec import Codec, signature_of
from wechat_handlers.query import Refused

FILE = Path(__file__).parents[1] / "data/wechat-vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))

Vector = dict[str, Any]


def of_kind(*kinds: str) -> list[Any]:
    """Those of the kinds, each under its own name."""
    return [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["kind"] in kinds]


ADDRESSES = of_kind("url_signature")
ENCRYPTED = of_kind("decrypt")
REPLIES = of_kind("encrypt")
PUSHES = [pytest.param(v, id=v["id"]) for v in VECTORS if v["kind"] == "xml_fixture" and v["direction"] == "push"]
WITHOUT_MESSAGE = {"wechatpy-echostr"}  # an enterprise account's echo: rightly encrypted, but no push


def account_of(vector: Vector) -> WeChatSettings:
    known = {"app_id": vector.get("appid"), "token": vector.get("token")}
    known["encoding_aes_key"] = vector.get("encoding_aes_key")
    made_up = make_settings().wechat.model_dump()
    return WeChatSettings.model_validate({**made_up, **{name: value for name, value in known.items() if value}})


def query_of(vector: Vector, **changes: str) -> bytes:
    names = ("signature", "timestamp", "nonce", "echostr", "msg_signature")
    said = {name: vector[name] for name in names if name in vector} | {"encrypt_type": "aes"} | changes
    return "&".join(f"{name}={value}" for name, value in said.items()).encode()


def body_of(vector: Vector, encrypt: str = "") -> bytes:
    raw: str = vector.get("raw_body") or f"<xml><Encrypt><![CDATA[{vector['encrypt']}]]></Encrypt></xml>"
    return raw.replace(vector["encrypt"], encrypt or vector["encrypt"]).encode()


def is_refused(codec: Codec, query: bytes, body: bytes, now: float) -> bool:
    try:
        codec.open(query, body, now)
    except Refused:
        return True
    return False


@pytest.mark.parametrize("vector", ADDRESSES)
def test_address_is_verified_and_nothing_else(vector: Vector) -> None:
    codec = Codec(account_of(vector))
    assert codec.verify_address(query_of(vector)) == vector.get("echostr", "")
    stranger = Codec(account_of({**vector, "token": "another"}))
    wrong = {"signature": vector["signature"][::-1], "nonce": vector["nonce"] + "1", "timestamp": "1"}
    for name, value in wrong.items():
        with pytest.raises(Refused):
            codec.verify_address(query_of(vector, **{name: value}))
    with pytest.raises(Refused):
        stranger.verify_address(query_of(vector))


@pytest.mark.parametrize("vector", ENCRYPTED)
def test_push_is_opened(vector: Vector) -> None:
    codec, now = Codec(account_of(vector)), float(vector["timestamp"])
    assert codec.decrypt(vector["encrypt"])[0] == vector["decrypted"]["plain"]
    if vector["id"] in WITHOUT_MESSAGE:
        assert is_refused(codec, query_of(vector), body_of(vector), now)
        return
    inbound = codec.open(query_of(vector), body_of(vector), now).inbound
    assert inbound.openid
    for name, value in vector.get("expect_fields", {}).items():
        assert inbound.get(name) == value


@pytest.mark.parametrize("vector", ENCRYPTED)
def test_push_of_anybody_else_is_refused(vector: Vector) -> None:
    codec, query, body, now = (
        Codec(account_of(vector)),
        query_of(vector),
        body_of(vector),
        float(vector["timestamp"]),
    )
    forged = vector["encrypt"][:-8] + "AAAAAAA="
    signed = crypto.sign(vector["token"], vector["timestamp"], vector["nonce"], forged)
    assert is_refused(codec, query_of(vector, msg_signature="0" * 40), body, now)
    assert is_refused(codec, query_of(vector, nonce="1"), body, now)
    assert is_refused(codec, query, body_of(vector, forged), now)
    assert is_refused(codec, query_of(vector, msg_signature=signed), body_of(vector, forged), now)
    assert is_refused(codec, query, body, now + 301)
    for name, value in {"appid": "wx0", "token": "another", "encoding_aes_key": "A1" * 21 + "A"}.items():
        assert is_refused(Codec(account_of({**vector, name: value})), query, body, now)


@pytest.mark.parametrize("vector", [*of_kind("msg_signature"), *REPLIES])
def test_signature_of_a_ciphertext_is_known(vector: Vector) -> None:
    """Where the signature is right, what is refused is the ciphertext or the time, never the signature."""
    codec = Codec(account_of(vector))
    for query, reason in ((query_of(vector), False), (query_of(vector, msg_signature="f" * 40), True)):
        with pytest.raises(Refused) as refusal:
            codec.open(query, body_of(vector), 0)
        assert (refusal.value.message == "wrong signature") is reason


@pytest.mark.parametrize("vector", of_kind("sorted_sha1"))
def test_parts_are_sorted_as_text(vector: Vector) -> None:
    assert signature_of(*vector["parts"]) == vector["signature"]


@pytest.mark.parametrize("vector", REPLIES)
def test_reply_is_encrypted_as_others_do(vector: Vector, monkeypatch: pytest.MonkeyPatch) -> None:
    text, cipher = Codec(account_of(vector)).decrypt(vector["encrypt"])
    assert text == vector["plain"]
    monkeypatch.setattr(cipher, "get_random_string", lambda: vector["random"])
    assert cipher.encrypt(vector["plain"], vector["appid"]).decode() == vector["encrypt"]


@pytest.mark.parametrize("vector", PUSHES)
def test_every_push_of_the_platform_is_read_and_answered(vector: Vector) -> None:
    settings = make_settings().wechat
    codec = Codec(settings)
    request = Forge.of(settings, 1512093600).safe(vector["raw"])
    query = "&".join(f"{name}={value}" for name, value in request.query).encode()
    opened = codec.open(query, request.body, 1512093600)
    inbound = opened.inbound
    assert inbound.kind == (vector["msg_type"] or "text")
    assert inbound.event == (vector["event"] or "").lower()
    assert {*vector["elements"]} <= inbound.elements.keys()
    assert f"<FromUserName><![CDATA[{inbound.openid}]]></FromUserName>" in vector["raw"]
    assert len(inbound.key) == 16
    sealed = codec.seal(opened, "收到", 1512093600)
    assert f"<ToUserName><![CDATA[{inbound.openid}]]>" in _unsealed(sealed, settings)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("edge-offu-WeRoBot-issues-420", " c"),
        ("edge-silenceper-wechat-issues-750", "<status><![CDATA[x]]></status>"),
    ],
)
def test_what_is_no_xml_is_read_as_it_was_meant(name: str, content: str) -> None:
    vector = next(vector for vector in VECTORS if vector["id"] == name)
    settings = make_settings().wechat
    request = Forge.of(settings, 1512093600).safe(vector["raw"])
    query = "&".join(f"{name}={value}" for name, value in request.query).encode()
    inbound = Codec(settings).open(query, request.body, 1512093600).inbound
    assert inbound.get("Content") == content
    assert inbound.openid == "oAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def _unsealed(sealed: str, settings: WeChatSettings) -> str:
    encrypted = sealed.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    return crypto.decrypt(settings.encoding_aes_key.get_secret_value(), settings.app_id, encrypted)

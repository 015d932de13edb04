"""Known answers from the official documentation and many independent implementations."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standin import crypto

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "wechat-vectors.json").read_text()
)
KEY, APPID = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0123456789abcdef"


def of_kind(*kinds: str) -> list[Any]:
    return [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["kind"] in kinds]


@pytest.mark.parametrize("vector", of_kind("url_signature"))
def test_three_parts_give_the_signature(vector: dict[str, Any]) -> None:
    assert crypto.sign(vector["token"], vector["timestamp"], vector["nonce"]) == vector["signature"]


@pytest.mark.parametrize("vector", of_kind("msg_signature", "decrypt", "encrypt"))
def test_four_parts_give_the_message_signature(vector: dict[str, Any]) -> None:
    parts = (vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert crypto.sign(*parts) == vector["msg_signature"]


@pytest.mark.parametrize("vector", of_kind("sorted_sha1"))
def test_any_number_of_parts_is_sorted_as_strings(vector: dict[str, Any]) -> None:
    assert crypto.sign(*vector["parts"]) == vector["signature"]


@pytest.mark.parametrize("vector", of_kind("decrypt"))
def test_a_published_ciphertext_opens(vector: dict[str, Any]) -> None:
    opened = crypto.decrypt(vector["encoding_aes_key"], vector["appid"], vector["encrypt"])
    assert opened == vector["decrypted"]["plain"]


@pytest.mark.parametrize("vector", of_kind("encrypt"))
def test_a_given_random_part_gives_the_published_ciphertext(vector: dict[str, Any]) -> None:
    random = vector["random"].encode()
    made = crypto.encrypt(vector["encoding_aes_key"], vector["appid"], vector["plain"], random)
    assert made == vector["encrypt"]


@given(st.text())
def test_whatever_is_encrypted_opens_again(message: str) -> None:
    assert crypto.decrypt(KEY, APPID, crypto.encrypt(KEY, APPID, message)) == message


def test_another_appid_is_refused() -> None:
    with pytest.raises(crypto.BadCiphertext):
        crypto.decrypt(KEY, APPID, crypto.encrypt(KEY, "wxsomebodyelse", "你好"))


def test_another_key_is_refused() -> None:
    with pytest.raises(crypto.BadCiphertext):
        crypto.decrypt(KEY[::-1], APPID, crypto.encrypt(KEY, APPID, "你好"))

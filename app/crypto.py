"""Keys of an installation: encryption of personal fields, keyed hashes, all derived from one secret."""

import hmac
import secrets
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import ShishiError

NONCE_BYTES = 12
KEY_ID_BYTES = 4
REFERENCE = 16  # hex characters of a hash that stand for a person
DIGESTS_KEPT = 16_384  # of those who come again within minutes: a page, its form, the page that says it is done


class Undecryptable(ShishiError):
    status = 500
    code = "undecryptable"


class _Keys:
    """What one secret yields. `key_id` tells which secret sealed a value."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self.key_id = self._derive("key id")[:KEY_ID_BYTES]
        self.digest_key = self._derive("keyed hash")

    def _derive(self, purpose: str) -> bytes:
        info = f"shishi {purpose}".encode()
        return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(self._secret)

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self._derive("field encryption"))


class Keyring:
    """Seals and opens personal fields, and makes keyed hashes that stand in for an openid.

    The previous secret still opens what it sealed, so a secret can be changed without a stop.
    """

    def __init__(self, secret: str, previous: str = "") -> None:
        self._current = _Keys(secret)
        self._all = {keys.key_id: keys for keys in (_Keys(previous), self._current) if keys._secret}

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt `text` for the column `place` ("table.column"): key id + nonce + AES-GCM ciphertext."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._current.cipher.encrypt(nonce, text.encode(), place.encode())
        return self._current.key_id + nonce + sealed

    def open(self, sealed: bytes, place: str) -> str:
        """The text sealed for `place`. Raises Undecryptable when the key is gone or the value was moved."""
        keys = self._all.get(sealed[:KEY_ID_BYTES])
        if keys is None:
            raise Undecryptable("这项资料是用另一把密钥加密的，现在打不开。")
        nonce, body = sealed[KEY_ID_BYTES:][:NONCE_BYTES], sealed[KEY_ID_BYTES + NONCE_BYTES :]
        try:
            return keys.cipher.decrypt(nonce, body, place.encode()).decode()
        except InvalidTag:
            raise Undecryptable("这项资料已损坏，打不开。") from None

    def digest(self, text: str, purpose: str) -> str:
        """A keyed hash, 32 hex characters; the same text gives another hash for another purpose."""
        return _digest(self._current.digest_key, text, purpose)

    def digests(self, text: str, purpose: str) -> list[str]:
        """All hashes under which `text` may be stored: the current secret's first, then the previous one's."""
        return [_digest(keys.digest_key, text, purpose) for keys in reversed(self._all.values())]

    def person(self, openid: str) -> str:
        """How logs and references name a person: never by openid."""
        return self.digest(openid, "person")[:REFERENCE]

    def refers_to(self, reference: str, openid: str) -> bool:
        """Whether this is how logs name, or named before a change of the secret, whoever has this openid."""
        return any(digest[:REFERENCE] == reference for digest in self.digests(openid, "person"))


@lru_cache(DIGESTS_KEPT)
def _digest(key: bytes, text: str, purpose: str) -> str:
    return hmac.digest(key, f"{purpose}\0{text}".encode(), "sha256").hex()[:32]

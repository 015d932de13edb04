"""Signatures and message encryption as the platform does them (/doc/service/guide/dev/push/encryption). Pure."""

import base64
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # PKCS7 over 32 bytes, although AES itself works in blocks of 16
RANDOM_BYTES = 16


class BadCiphertext(ValueError):
    """The text was not encrypted with this key for this appid."""


def sign(*parts: str) -> str:
    """Lower-case SHA-1 of the parts sorted as strings.

    Three parts (token, timestamp, nonce) give `signature`, a fourth (Encrypt) gives `msg_signature`."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def encrypt(encoding_aes_key: str, appid: str, message: str, random: bytes | None = None) -> str:
    """The base64 that goes into `Encrypt`: 16 random bytes, length, message, appid, padding."""
    content = message.encode()
    lead = random or secrets.token_bytes(RANDOM_BYTES)
    plain = lead + struct.pack("!I", len(content)) + content + appid.encode()
    encryptor = _cipher(encoding_aes_key).encryptor()
    return base64.b64encode(encryptor.update(_pad(plain)) + encryptor.finalize()).decode()


def decrypt(encoding_aes_key: str, appid: str, encrypted: str) -> str:
    """The message inside `Encrypt`; raises BadCiphertext when key or appid is not ours."""
    decryptor = _cipher(encoding_aes_key).decryptor()
    try:
        plain = _unpad(decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize())
        (length,) = struct.unpack_from("!I", plain, RANDOM_BYTES)
    except (ValueError, struct.error) as error:
        raise BadCiphertext("not encrypted with this key") from error
    start = RANDOM_BYTES + 4
    if plain[start + length :] != appid.encode():
        raise BadCiphertext("encrypted for another appid")
    return plain[start : start + length].decode()


def _cipher(encoding_aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(encoding_aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _pad(plain: bytes) -> bytes:
    count = BLOCK - len(plain) % BLOCK
    return plain + bytes([count]) * count


def _unpad(plain: bytes) -> bytes:
    count = plain[-1] if plain else 0
    if not 1 <= count <= BLOCK or plain[-count:] != bytes([count]) * count:
        raise BadCiphertext("wrong padding")
    return plain[:-count]

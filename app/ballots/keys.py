"""A round's own key: hides who voted, seals what was chosen, binds both. Destroyed, it opens nothing. Pure."""

import hmac
import secrets
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from app.ballots.choices import BLOCK

KEY_BYTES = 32
VOTER_BYTES = 16
ADDRESS_BYTES = 8
VOTERS_KEPT = 16_384  # of those who come again within minutes: a page, its form, the page that says it is counted
RECEIPT_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I and O, which people mix up
RECEIPT_LENGTH = 16  # characters of five bits


def new_secret() -> str:
    """What a round's keys are made of, as hexadecimal digits."""
    return secrets.token_hex(KEY_BYTES)


def new_receipt() -> str:
    """A code nobody can guess: "XXXX-XXXX-XXXX-XXXX", 80 bits. It has nothing to do with what was chosen."""
    drawn = secrets.randbits(5 * RECEIPT_LENGTH)
    code = "".join(RECEIPT_ALPHABET[drawn >> 5 * place & 31] for place in range(RECEIPT_LENGTH))
    return "-".join(code[at : at + 4] for at in range(0, RECEIPT_LENGTH, 4))


class RoundKey:
    """The keys of one round, all made of `secret` (hexadecimal)."""

    def __init__(self, secret: str) -> None:
        whole = bytes.fromhex(secret)
        self._voters, self._sealing, self._commitments, self._addresses = (
            hmac.digest(whole, purpose, "sha256")
            for purpose in (b"voters", b"sealing", b"commitments", b"addresses")
        )
        self._known = lru_cache(VOTERS_KEPT)(self._voter)

    def voter(self, identity: str) -> bytes:
        """What stands in the box for a person."""
        return self._known(identity)

    def _voter(self, identity: str) -> bytes:
        return hmac.digest(self._voters, identity.encode(), "sha256")[:VOTER_BYTES]

    def seal(self, packed: bytes, seq: int) -> bytes:
        """The block of the ballot at the place `seq`, or of as many ballots as follow it; opens as well.

        The round is one AES-CTR stream and a ballot its block number `seq`, so all are opened in one go.
        """
        return Cipher(AES(self._sealing), CTR(seq.to_bytes(BLOCK, "big"))).encryptor().update(packed)

    def commit(self, receipt: str, packed: bytes) -> str:
        """Binds a ballot to its choices without telling them: who lacks the key cannot try out which they were."""
        return hmac.digest(self._commitments, receipt.encode() + packed, "sha256").hex()

    def address(self, host: str | None) -> bytes | None:
        """What stands for a network address; None for what is none."""
        whole = _network(host or "")
        return hmac.digest(self._addresses, whole, "sha256")[:ADDRESS_BYTES] if whole else None


def _network(host: str) -> bytes | None:
    """Of IPv6 the first half: one line has all the addresses of it."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped.packed if address.ipv4_mapped else address.packed[:8]
    return address.packed

"""What stands in the ledger for a customer message: its text, sealed where only its person may know it."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from app.crypto import Keyring
from app.outbox.rules import check_text

PLACE = "deliveries.body"


def sealed(text: str, keyring: Keyring) -> dict[str, str]:
    """Raises TextTooLong."""
    check_text(text)
    return {"sealed": b64encode(keyring.seal(text, PLACE)).decode()}


def text_of(body: Mapping[str, Any], keyring: Keyring) -> str:
    """The text of a customer message. Raises Undecryptable."""
    return keyring.open(b64decode(body["sealed"]), PLACE) if "sealed" in body else str(body["text"])

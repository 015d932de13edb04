"""Looking at the announcement before its release: a seal that opens the public page early, for a short while."""

from datetime import UTC, datetime, timedelta
from hmac import compare_digest

from app.crypto import Keyring

VALID = timedelta(minutes=30)
PURPOSE = "preview of the announcement"


def seal(keyring: Keyring, key: str, now: datetime) -> str:
    """For the campaign `key`. It goes into a form that is posted, never into an address."""
    until = str(int((now + VALID).timestamp()))
    return f"{until}.{keyring.digest(f'{key} {until}', PURPOSE)}"


def accepts(keyring: Keyring, key: str, sealed: str, now: datetime) -> bool:
    until, _, digest = sealed.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) < 12):
        return False
    known = keyring.digests(f"{key} {until}", PURPOSE)
    is_ours = any(compare_digest(digest.encode(), one.encode()) for one in known)
    return is_ours and now < datetime.fromtimestamp(int(until), UTC)

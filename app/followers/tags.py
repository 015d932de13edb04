"""The platform's tags, as of the last reading of the followers; the names of those made for a broadcast."""

import re
import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Tag

OF_THE_PLATFORM = 100  # below this are tags of its own, as the starred followers
TEMPORARY = re.compile(r"实事-推送\d+-[0-9a-f]{6}")


def everyone(session: Session) -> Sequence[Tag]:
    """Those that the account has made."""
    return session.scalars(select(Tag).where(Tag.id >= OF_THE_PLATFORM).order_by(Tag.id)).all()


def temporary_name(broadcast_id: int) -> str:
    """Of a tag for a broadcast: colleagues see where it comes from, and not who is meant; no other tag has it.

    At most 30 characters (45158). The end is random, so that a tag left over from a database that was thrown away
    is never taken for ours.
    """
    return f"实事-推送{broadcast_id}-{secrets.token_hex(3)}"


def is_temporary(name: str) -> bool:
    return TEMPORARY.fullmatch(name) is not None

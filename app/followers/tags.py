"""The platform's tags, as of the last reading of the followers."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Tag

OF_THE_PLATFORM = 100  # below this are tags of its own, as the starred followers


def everyone(session: Session) -> Sequence[Tag]:
    """Those that the account has made."""
    return session.scalars(select(Tag).where(Tag.id >= OF_THE_PLATFORM).order_by(Tag.id)).all()

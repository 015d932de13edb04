"""What the platform has pushed to us: each message once with its answer, and each request's fingerprint."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Inbound(Base):
    """`key` is a digest of what identifies the message, so that a retry gets `reply` again and moves nothing.

    `reply` is sealed for "inbound.reply", for it may tell how somebody voted; it goes within the hour. A null one
    means that none is owed. Rows go with the person, or after 72 hours.
    """

    __tablename__ = "inbound"

    key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("followers.id", ondelete="CASCADE"), index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    reply: Mapped[bytes | None] = mapped_column(LargeBinary)


class CallbackRequest(Base):
    """A signed request that was accepted; the same signature with another body is a forgery."""

    __tablename__ = "callback_requests"

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary(16))
    received_at: Mapped[datetime] = mapped_column(index=True)

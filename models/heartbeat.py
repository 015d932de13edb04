"""Signs of life of the processes that do the background work."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Heartbeat(Base):
    """`process` is a name each makes up as it starts; `seen_at` goes by the unshifted clock."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime]

"""How often a page of ours was opened in which minute: of nobody in particular."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Opening(Base):
    """`page` is its path, without anything behind a question mark."""

    __tablename__ = "openings"

    page: Mapped[str] = mapped_column(String(100), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    total: Mapped[int]

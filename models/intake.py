"""Forms that unions and departments sent in: each import as a whole, so that it can be undone as a whole."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json


class FormImport(Base):
    """`files` tells of each file its name, digest and what became of it. Undone ones are kept."""

    __tablename__ = "form_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    actor: Mapped[str] = mapped_column(String(100))
    imported_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    files: Mapped[list[dict[str, Any]]] = mapped_column(Json)


class ImportedForm(Base):
    """Where a proposal came from that was not written in the chat. `fingerprint` tells one sent twice."""

    __tablename__ = "imported_forms"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("form_imports.id", ondelete="CASCADE"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    filled_on: Mapped[date | None]


class FormOriginal(Base):
    """An original, kept only where a setting says so; `content` is sealed for "form_originals.content"."""

    __tablename__ = "form_originals"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("form_imports.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)

"""A register of people who may vote: frozen once imported, each entry bound to one follower at most."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Register(Base):
    """`digest` is the SHA-256 over its entries, shown with every round that goes by it.

    `imported_by` is null where it was the command line.
    """

    __tablename__ = "registers"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    entries: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("operators.id"))
    imported_at: Mapped[datetime]


class RegisterEntry(Base):
    """One person, by keyed hashes of the card number and the name. `added_at`: after the register was frozen.

    `phone` is a keyed hash of the openid that the entry was bound to. It outlives the follower, so that whoever
    stops following neither frees the card for another nor binds a second one.
    """

    __tablename__ = "register_entries"
    __table_args__ = (
        UniqueConstraint("register_id", "card"),
        UniqueConstraint("register_id", "follower_id"),
        UniqueConstraint("register_id", "phone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("registers.id", ondelete="CASCADE"))
    card: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(32))
    unit: Mapped[str | None] = mapped_column(String(200))
    follower_id: Mapped[int | None] = mapped_column(ForeignKey("followers.id", ondelete="SET NULL"), index=True)
    phone: Mapped[str | None] = mapped_column(String(32))
    added_at: Mapped[datetime | None]

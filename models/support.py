"""Who stands behind a colleague's proposal: one row for each person and proposal."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Support(Base):
    """`person` is a keyed hash of the openid, another in each campaign: it outlives the erasure of the person."""

    __tablename__ = "supports"
    __table_args__ = (UniqueConstraint("proposal_id", "person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"))
    person: Mapped[str] = mapped_column(String(32))
    follower_id: Mapped[int | None] = mapped_column(ForeignKey("followers.id", ondelete="SET NULL"), index=True)
    given_at: Mapped[datetime]

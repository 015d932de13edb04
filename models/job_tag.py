"""A tag on the platform that stands for the people of one mass job, until the job is over."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class JobTag(Base):
    """`job` is the key of the mass job. `name` is written down before the platform is asked for the tag and ends
    at random: what bears it is ours, also where the answer was lost and there is no `tag_id`.

    Whose delivery comes no later than `tagged_to` has the tag or was refused it, `tagged` people have it; from
    `ready_at` on that is everybody. `used_at` is when it was last worked at or handed to the platform; from
    `left_at` on nobody uses it any more and it is to be deleted, which is tried from `try_at` on, until `gone_at`.
    All by the unshifted clock.
    """

    __tablename__ = "job_tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"), index=True)
    job: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(30), unique=True)
    tag_id: Mapped[int | None]
    tagged_to: Mapped[int] = mapped_column(default=0)
    tagged: Mapped[int] = mapped_column(default=0)
    ready_at: Mapped[datetime | None]
    used_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    try_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None] = mapped_column(index=True)

"""broadcasts: since when what has failed is being queued again, a page at a time"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    limit_lock_wait()
    op.add_column("broadcasts", sa.Column("retry_asked_at", models.base.UtcDateTime(), nullable=True))


def downgrade() -> None:
    limit_lock_wait()
    op.drop_column("broadcasts", "retry_asked_at")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

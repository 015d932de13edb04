"""answers to the further questions of a campaign"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    limit_lock_wait()
    op.add_column("proposals", sa.Column("further", models.base.Json, server_default="[]", nullable=False))


def downgrade() -> None:
    limit_lock_wait()
    op.drop_column("proposals", "further")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

"""rounds: how many voted in each unit of the register, counted while the round's key exists"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    limit_lock_wait()
    op.add_column("rounds", sa.Column("turnout_by_unit", models.base.Json, nullable=True))


def downgrade() -> None:
    limit_lock_wait()
    op.drop_column("rounds", "turnout_by_unit")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

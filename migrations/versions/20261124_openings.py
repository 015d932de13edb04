"""how often pages that links lead to are opened"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "openings",
        sa.Column("page", sa.String(length=100), nullable=False),
        sa.Column("minute", models.base.UtcDateTime(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("page", "minute", name=op.f("pk_openings")),
    )


def downgrade() -> None:
    op.drop_table("openings")

"""tags on the platform that stand for the people of mass jobs"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    limit_lock_wait()
    op.create_table(
        "job_tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("tagged_to", sa.Integer(), nullable=False),
        sa.Column("tagged", sa.Integer(), nullable=False),
        sa.Column("ready_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("used_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("left_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("try_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("gone_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f("fk_job_tags_broadcast_id_broadcasts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_job_tags_name")),
    )
    with op.batch_alter_table("job_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_tags_broadcast_id"), ["broadcast_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_tags_gone_at"), ["gone_at"], unique=False)


def downgrade() -> None:
    limit_lock_wait()
    with op.batch_alter_table("job_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_tags_gone_at"))
        batch_op.drop_index(batch_op.f("ix_job_tags_broadcast_id"))

    op.drop_table("job_tags")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

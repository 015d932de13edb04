"""broadcasts, how jobs ended, credits of subscription notices, the menu that is out, posters of units, tags"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    limit_lock_wait()
    op.create_table(
        "job_ends",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("platform_id", sa.String(length=64), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=100), nullable=False),
        sa.Column("counts", models.base.Json, nullable=True),
        sa.Column("at", models.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "platform_id", name=op.f("pk_job_ends")),
    )
    with op.batch_alter_table("job_ends", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_ends_at"), ["at"], unique=False)

    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("audience", models.base.Json, nullable=False),
        sa.Column("content", models.base.WrittenJson, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("scheduled_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("on_phase", sa.String(length=20), nullable=True),
        sa.Column("composed_by", sa.Integer(), nullable=False),
        sa.Column("composed_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("released_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("begun_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("finished_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("gathered_to", sa.Integer(), nullable=False),
        sa.Column("gathered_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("batch_size", sa.Integer(), nullable=True),
        sa.Column("lease_by", sa.String(length=32), nullable=True),
        sa.Column("lease_until", models.base.UtcDateTime(), nullable=True),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("stopped_for", sa.Text(), nullable=True),
        sa.Column("goes_on_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_broadcasts_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["composed_by"], ["operators.id"], name=op.f("fk_broadcasts_composed_by_operators")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["operators.id"], name=op.f("fk_broadcasts_released_by_operators")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["operators.id"], name=op.f("fk_broadcasts_submitted_by_operators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcasts_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcasts_state"), ["state"], unique=False)

    op.create_table(
        "credits",
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("changed_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["followers.id"], name=op.f("fk_credits_follower_id_followers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("follower_id", "template_id", name=op.f("pk_credits")),
    )
    op.create_table(
        "account_menus",
        sa.Column("app_id", sa.String(length=64), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("published_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("lease_until", models.base.UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_account_menus")),
    )
    op.create_table(
        "posters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["operators.id"], name=op.f("fk_posters_made_by_operators")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posters")),
        sa.UniqueConstraint("scene", name=op.f("uq_posters_scene")),
        sa.UniqueConstraint("unit", name=op.f("uq_posters_unit")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
    )
    op.create_table(
        "follower_tags",
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["followers.id"],
            name=op.f("fk_follower_tags_follower_id_followers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("follower_id", "tag_id", name=op.f("pk_follower_tags")),
    )
    with op.batch_alter_table("follower_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follower_tags_tag_id"), ["tag_id"], unique=False)

    with op.batch_alter_table("followers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_followers_scene"), ["scene"], unique=False)

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("broadcast_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("batch", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tried_at", models.base.UtcDateTime(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_deliveries_broadcast_id_deliveries_state_deliveries_batch"),
            ["broadcast_id", "state", "batch"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_deliveries_platform_id"), ["platform_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_deliveries_broadcast_id_broadcasts"), "broadcasts", ["broadcast_id"], ["id"]
        )


def downgrade() -> None:
    limit_lock_wait()
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_deliveries_broadcast_id_broadcasts"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_deliveries_platform_id"))
        batch_op.drop_index(batch_op.f("ix_deliveries_broadcast_id_deliveries_state_deliveries_batch"))
        batch_op.drop_column("tried_at")
        batch_op.drop_column("batch")
        batch_op.drop_column("broadcast_id")

    with op.batch_alter_table("followers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_followers_scene"))

    with op.batch_alter_table("follower_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follower_tags_tag_id"))

    op.drop_table("follower_tags")
    op.drop_table("tags")
    op.drop_table("posters")
    op.drop_table("account_menus")
    op.drop_table("credits")
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcasts_state"))
        batch_op.drop_index(batch_op.f("ix_broadcasts_campaign_id"))

    op.drop_table("broadcasts")
    with op.batch_alter_table("job_ends", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_ends_at"))

    op.drop_table("job_ends")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

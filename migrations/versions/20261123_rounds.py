"""rounds of voting: ballots, opinions, registers"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    limit_lock_wait()
    op.create_table(
        "registers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("imported_by", sa.Integer(), nullable=True),
        sa.Column("imported_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_registers_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["operators.id"], name=op.f("fk_registers_imported_by_operators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registers")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("registers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registers_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ballot_type", sa.String(length=40), nullable=False),
        sa.Column("min_choices", sa.Integer(), nullable=False),
        sa.Column("max_choices", sa.Integer(), nullable=False),
        sa.Column("electorate", models.base.Json, nullable=False),
        sa.Column("turnout", sa.String(length=20), nullable=False),
        sa.Column("opens_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("closes_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("key", sa.LargeBinary(), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("tally", models.base.Json, nullable=True),
        sa.Column("composed_by", sa.Integer(), nullable=False),
        sa.Column("composed_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_rounds_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["closed_by"], ["operators.id"], name=op.f("fk_rounds_closed_by_operators")),
        sa.ForeignKeyConstraint(["composed_by"], ["operators.id"], name=op.f("fk_rounds_composed_by_operators")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["operators.id"], name=op.f("fk_rounds_confirmed_by_operators")),
        sa.ForeignKeyConstraint(["published_by"], ["operators.id"], name=op.f("fk_rounds_published_by_operators")),
        sa.ForeignKeyConstraint(["released_by"], ["operators.id"], name=op.f("fk_rounds_released_by_operators")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rounds_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rounds_state"), ["state"], unique=False)

    op.create_table(
        "ballots",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("receipt", sa.String(length=19), nullable=False),
        sa.Column("choices", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("cast_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_ballots_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "seq", name=op.f("pk_ballots")),
        sa.UniqueConstraint("round_id", "receipt", name=op.f("uq_ballots_round_id_receipt")),
        sa.UniqueConstraint("round_id", "replaces", name=op.f("uq_ballots_round_id_replaces")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "boxes",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("head_at_open", sa.String(length=64), nullable=False),
        sa.Column("counted", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_boxes_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_boxes")),
    )
    op.create_table(
        "register_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=True),
        sa.Column("follower_id", sa.Integer(), nullable=True),
        sa.Column("added_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["followers.id"],
            name=op.f("fk_register_entries_follower_id_followers"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["register_id"],
            ["registers.id"],
            name=op.f("fk_register_entries_register_id_registers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("register_id", "card", name=op.f("uq_register_entries_register_id_card")),
        sa.UniqueConstraint(
            "register_id", "follower_id", name=op.f("uq_register_entries_register_id_follower_id")
        ),
    )
    with op.batch_alter_table("register_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_entries_follower_id"), ["follower_id"], unique=False)

    op.create_table(
        "round_candidates",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_round_candidates_candidate_id_candidates")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_round_candidates_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "place", name=op.f("pk_round_candidates")),
    )
    with op.batch_alter_table("round_candidates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_candidates_candidate_id"), ["candidate_id"], unique=False)

    op.create_table(
        "voters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("voter", sa.LargeBinary(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("cast", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_voters_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voters")),
        sa.UniqueConstraint("round_id", "voter", name=op.f("uq_voters_round_id_voter")),
    )
    op.create_table(
        "opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=True),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_opinions_candidate_id_candidates")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_opinions_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["voter_id"], ["voters.id"], name=op.f("fk_opinions_voter_id_voters"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
        sa.UniqueConstraint("voter_id", "candidate_id", name=op.f("uq_opinions_voter_id_candidate_id")),
    )
    with op.batch_alter_table("opinions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opinions_round_id"), ["round_id"], unique=False)


def downgrade() -> None:
    limit_lock_wait()
    with op.batch_alter_table("opinions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opinions_round_id"))

    op.drop_table("opinions")
    op.drop_table("voters")
    with op.batch_alter_table("round_candidates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_candidates_candidate_id"))

    op.drop_table("round_candidates")
    with op.batch_alter_table("register_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_entries_follower_id"))

    op.drop_table("register_entries")
    op.drop_table("boxes")
    op.drop_table("ballots")
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rounds_state"))
        batch_op.drop_index(batch_op.f("ix_rounds_campaign_id"))

    op.drop_table("rounds")
    with op.batch_alter_table("registers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registers_campaign_id"))

    op.drop_table("registers")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

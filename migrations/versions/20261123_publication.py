"""doubts, paper, opinions of units; the year's projects and their announcement"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    limit_lock_wait()
    op.create_table(
        "announcements",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hands", models.base.Json, nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("released_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_announcements_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["operators.id"], name=op.f("fk_announcements_released_by_operators")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["operators.id"], name=op.f("fk_announcements_submitted_by_operators")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["operators.id"], name=op.f("fk_announcements_written_by_operators")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_announcements")),
    )
    op.create_table(
        "mark_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=80), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_mark_reviews_operator_id_operators")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_mark_reviews_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark_reviews")),
        sa.UniqueConstraint("round_id", "mark", name=op.f("uq_mark_reviews_round_id_mark")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=True),
        sa.Column("indicators", models.base.Json, nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("edited_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_projects_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_projects_candidate_id_candidates")
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_projects_operator_id_operators")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("candidate_id", name=op.f("uq_projects_candidate_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_projects_campaign_id_projects_place"), ["campaign_id", "place"], unique=False
        )

    op.create_table(
        "unit_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["operators.id"], name=op.f("fk_unit_links_made_by_operators")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_unit_links_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_links")),
        sa.UniqueConstraint("secret", name=op.f("uq_unit_links_secret")),
    )
    with op.batch_alter_table("unit_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_links_round_id"), ["round_id"], unique=False)

    op.create_table(
        "invalidations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("proposal", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["operators.id"], name=op.f("fk_invalidations_decided_by_operators")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["operators.id"], name=op.f("fk_invalidations_proposed_by_operators")
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "seq"],
            ["ballots.round_id", "ballots.seq"],
            name=op.f("fk_invalidations_round_id_seq_ballots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invalidations")),
        sa.UniqueConstraint("round_id", "proposal", "seq", name=op.f("uq_invalidations_round_id_proposal_seq")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("invalidations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invalidations_round_id_invalidations_seq"), ["round_id", "seq"], unique=False
        )

    op.create_table(
        "paper_ballots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("scan", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("choices", sa.LargeBinary(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("first_by", sa.Integer(), nullable=False),
        sa.Column("first_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("second_by", sa.Integer(), nullable=True),
        sa.Column("second_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["register_entries.id"],
            name=op.f("fk_paper_ballots_entry_id_register_entries"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["first_by"], ["operators.id"], name=op.f("fk_paper_ballots_first_by_operators")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_paper_ballots_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_by"], ["operators.id"], name=op.f("fk_paper_ballots_second_by_operators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_ballots")),
        sa.UniqueConstraint("round_id", "scan", name=op.f("uq_paper_ballots_round_id_scan")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("paper_ballots", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_paper_ballots_round_id_paper_ballots_entry_id"), ["round_id", "entry_id"], unique=False
        )

    op.create_table(
        "traces",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("address", sa.LargeBinary(length=8), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id", "seq"],
            ["ballots.round_id", "ballots.seq"],
            name=op.f("fk_traces_round_id_seq_ballots"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("round_id", "seq", name=op.f("pk_traces")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("traces", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_traces_round_id_traces_address"), ["round_id", "address"], unique=False
        )

    op.create_table(
        "unit_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("given_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["operators.id"], name=op.f("fk_unit_opinions_entered_by_operators")
        ),
        sa.ForeignKeyConstraint(["link_id"], ["unit_links.id"], name=op.f("fk_unit_opinions_link_id_unit_links")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_unit_opinions_round_id_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_opinions")),
        sa.UniqueConstraint("round_id", "unit", name=op.f("uq_unit_opinions_round_id_unit")),
    )


def downgrade() -> None:
    limit_lock_wait()
    op.drop_table("unit_opinions")
    with op.batch_alter_table("traces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_traces_round_id_traces_address"))

    op.drop_table("traces")
    with op.batch_alter_table("paper_ballots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_ballots_round_id_paper_ballots_entry_id"))

    op.drop_table("paper_ballots")
    with op.batch_alter_table("invalidations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invalidations_round_id_invalidations_seq"))

    op.drop_table("invalidations")
    with op.batch_alter_table("unit_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_links_round_id"))

    op.drop_table("unit_links")
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_campaign_id_projects_place"))

    op.drop_table("projects")
    op.drop_table("mark_reviews")
    op.drop_table("announcements")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

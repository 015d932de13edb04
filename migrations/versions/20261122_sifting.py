"""sifting proposals: forms, supports, assessments, decisions, merges, candidates, sessions of operators"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    limit_lock_wait()
    op.create_table(
        "request_keys",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("request", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made", sa.String(length=100), nullable=False),
        sa.Column("at", models.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_request_keys")),
    )
    with op.batch_alter_table("request_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_keys_at"), ["at"], unique=False)

    op.create_table(
        "candidates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("expected_outcome", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("department", sa.String(length=200), nullable=True),
        sa.Column("cost", sa.String(length=200), nullable=True),
        sa.Column("indicators", models.base.Json, nullable=False),
        sa.Column("maturity", sa.String(length=20), nullable=True),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("composed_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("edited_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("frozen_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_candidates_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_candidates_operator_id_operators")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_candidates_campaign_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_candidates_campaign_id_candidates_place"), ["campaign_id", "place"], unique=False
        )

    op.create_table(
        "form_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("imported_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("undone_at", models.base.UtcDateTime(), nullable=True),
        sa.Column("files", models.base.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_form_imports_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_imports")),
    )
    with op.batch_alter_table("form_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_imports_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "operator_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signed_in_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("seen_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("browser", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operators.id"],
            name=op.f("fk_operator_sessions_operator_id_operators"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_operator_sessions_digest")),
    )
    with op.batch_alter_table("operator_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operator_sessions_operator_id"), ["operator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_operator_sessions_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", models.base.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"],
            ["operators.id"],
            name=op.f("fk_saved_views_operator_id_operators"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("operator_id", "name", name=op.f("uq_saved_views_operator_id_name")),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("look", sa.Integer(), nullable=False),
        sa.Column("scores", models.base.Json, nullable=False),
        sa.Column("reasons", models.base.Json, nullable=False),
        sa.Column("conclusion", sa.String(length=20), nullable=False),
        sa.Column("assessed_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_assessments_operator_id_operators")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_assessments_proposal_id_proposals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint(
            "proposal_id", "operator_id", "look", name=op.f("uq_assessments_proposal_id_operator_id_look")
        ),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessments_operator_id"), ["operator_id"], unique=False)

    op.create_table(
        "candidate_sources",
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_sources_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_candidate_sources_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("candidate_id", "proposal_id", name=op.f("pk_candidate_sources")),
    )
    with op.batch_alter_table("candidate_sources", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_sources_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", models.base.UtcDateTime(), nullable=False),
        sa.Column("published_at", models.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_decisions_operator_id_operators")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_decisions_proposal_id_proposals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_proposal_id"), ["proposal_id"], unique=False)
        batch_op.create_index(
            "uq_decisions_prepared",
            ["proposal_id"],
            unique=True,
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        )

    op.create_table(
        "form_originals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["form_imports.id"],
            name=op.f("fk_form_originals_import_id_form_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_originals")),
    )
    with op.batch_alter_table("form_originals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_originals_import_id"), ["import_id"], unique=False)

    op.create_table(
        "imported_forms",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("filled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["form_imports.id"],
            name=op.f("fk_imported_forms_import_id_form_imports"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_imported_forms_proposal_id_proposals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_imported_forms")),
    )
    with op.batch_alter_table("imported_forms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imported_forms_fingerprint"), ["fingerprint"], unique=False)
        batch_op.create_index(batch_op.f("ix_imported_forms_import_id"), ["import_id"], unique=False)

    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["into_id"], ["proposals.id"], name=op.f("fk_merges_into_id_proposals")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_merges_operator_id_operators")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merges_into_id"), ["into_id"], unique=False)

    op.create_table(
        "second_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_second_looks_operator_id_operators")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposals.id"],
            name=op.f("fk_second_looks_proposal_id_proposals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_looks")),
    )
    with op.batch_alter_table("second_looks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_looks_proposal_id"), ["proposal_id"], unique=False)

    op.create_table(
        "supports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=True),
        sa.Column("given_at", models.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["followers.id"], name=op.f("fk_supports_follower_id_followers"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_supports_proposal_id_proposals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supports")),
        sa.UniqueConstraint("proposal_id", "person", name=op.f("uq_supports_proposal_id_person")),
    )
    with op.batch_alter_table("supports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supports_follower_id"), ["follower_id"], unique=False)

    op.create_table(
        "merged_proposals",
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_merged_proposals_merge_id_merges"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_merged_proposals_proposal_id_proposals")
        ),
        sa.PrimaryKeyConstraint("merge_id", "proposal_id", name=op.f("pk_merged_proposals")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_merged_proposals_proposal_id")),
    )
    op.add_column("operators", sa.Column("unit", sa.String(length=200), nullable=True))
    op.add_column("operators", sa.Column("totp", sa.LargeBinary(), nullable=True))
    op.add_column("operators", sa.Column("totp_step", sa.Integer(), server_default="0", nullable=False))
    op.add_column("operators", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("operators", sa.Column("locked_until", models.base.UtcDateTime(), nullable=True))

    op.add_column("deliveries", sa.Column("about", sa.String(length=60), nullable=True))
    op.create_index(op.f("ix_deliveries_about"), "deliveries", ["about"])
    op.add_column("proposals", sa.Column("supplements", models.base.Json, server_default="[]", nullable=False))


def downgrade() -> None:
    limit_lock_wait()
    op.drop_column("proposals", "supplements")
    op.drop_index(op.f("ix_deliveries_about"), "deliveries")
    op.drop_column("deliveries", "about")

    op.drop_column("operators", "locked_until")
    op.drop_column("operators", "failures")
    op.drop_column("operators", "totp_step")
    op.drop_column("operators", "totp")
    op.drop_column("operators", "unit")

    op.drop_table("merged_proposals")
    with op.batch_alter_table("supports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supports_follower_id"))

    op.drop_table("supports")
    with op.batch_alter_table("second_looks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_second_looks_proposal_id"))

    op.drop_table("second_looks")
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merges_into_id"))

    op.drop_table("merges")
    with op.batch_alter_table("imported_forms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imported_forms_import_id"))
        batch_op.drop_index(batch_op.f("ix_imported_forms_fingerprint"))

    op.drop_table("imported_forms")
    with op.batch_alter_table("form_originals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_originals_import_id"))

    op.drop_table("form_originals")
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_decisions_prepared",
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_decisions_proposal_id"))

    op.drop_table("decisions")
    with op.batch_alter_table("candidate_sources", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidate_sources_proposal_id"))

    op.drop_table("candidate_sources")
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessments_operator_id"))

    op.drop_table("assessments")
    op.drop_table("saved_views")
    with op.batch_alter_table("operator_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_sessions_seen_at"))
        batch_op.drop_index(batch_op.f("ix_operator_sessions_operator_id"))

    op.drop_table("operator_sessions")
    with op.batch_alter_table("form_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_imports_campaign_id"))

    op.drop_table("form_imports")
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidates_campaign_id_candidates_place"))

    op.drop_table("candidates")
    with op.batch_alter_table("request_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_keys_at"))

    op.drop_table("request_keys")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

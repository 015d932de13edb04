"""finding proposals by their words: the index of search, and what the board filters by"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BOARD = ["campaign_id", "submitted_at", "id", "status", "channel", "category", "assignee", "unit"]


def upgrade() -> None:
    """Entries for the proposals there are: `shishi migrate` makes them, with the words that the program cuts."""
    limit_lock_wait()
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE proposal_search USING fts5("
            "pieces, detail=none, columnsize=0, tokenize=\"unicode61 remove_diacritics 0 tokenchars '~'\")"
        )
        op.execute(
            "CREATE TRIGGER proposals_leave_search AFTER DELETE ON proposals "
            "BEGIN DELETE FROM proposal_search WHERE rowid = old.id; END"
        )
    else:
        op.execute(
            "CREATE TABLE proposal_search ("
            "proposal_id INTEGER PRIMARY KEY REFERENCES proposals (id) ON DELETE CASCADE, pieces tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_proposal_search_pieces ON proposal_search USING gin (pieces)")
    op.drop_index("ix_proposals_campaign_id_proposals_status_proposals_id", "proposals")
    op.create_index("ix_proposals_board", "proposals", BOARD)
    op.create_index("ix_proposals_campaign_id_proposals_unit", "proposals", ["campaign_id", "unit"])


def downgrade() -> None:
    limit_lock_wait()
    op.drop_index("ix_proposals_campaign_id_proposals_unit", "proposals")
    op.drop_index("ix_proposals_board", "proposals")
    op.create_index(
        "ix_proposals_campaign_id_proposals_status_proposals_id", "proposals", ["campaign_id", "status", "id"]
    )
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TRIGGER proposals_leave_search")
    op.execute("DROP TABLE proposal_search")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

"""proposals keep how many stand behind them, and are listed by it; amendments are found by their time"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SUPPORTED = [
    "campaign_id",
    "supporters",
    "id",
    "status",
    "channel",
    "category",
    "assignee",
    "unit",
    "submitted_at",
]

# Each person counts once for a proposal and once for all that it was merged into, step by step.
COUNT = """
WITH RECURSIVE lines (member, root) AS (
    SELECT proposal_id, proposal_id FROM supports
    UNION
    SELECT lines.member, proposals.merged_into_id
    FROM lines JOIN proposals ON proposals.id = lines.root
    WHERE proposals.merged_into_id IS NOT NULL
), counted (id, persons) AS (
    SELECT lines.root, count(DISTINCT supports.person)
    FROM lines JOIN supports ON supports.proposal_id = lines.member
    GROUP BY lines.root
)
UPDATE proposals SET supporters = counted.persons FROM counted WHERE proposals.id = counted.id
"""


def upgrade() -> None:
    limit_lock_wait()
    op.add_column("proposals", sa.Column("supporters", sa.Integer(), server_default="0", nullable=False))
    op.execute(COUNT)
    op.create_index("ix_proposals_supported", "proposals", SUPPORTED)
    op.create_index("ix_proposals_campaign_id_proposals_amended_at", "proposals", ["campaign_id", "amended_at"])


def downgrade() -> None:
    limit_lock_wait()
    op.drop_index("ix_proposals_campaign_id_proposals_amended_at", "proposals")
    op.drop_index("ix_proposals_supported", "proposals")
    op.drop_column("proposals", "supporters")


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

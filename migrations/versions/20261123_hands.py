"""replies are sealed; ballots on a register know the hand that cast them, entries the phone they were bound to"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replies that stand in plain text go: a message that the platform repeats across the upgrade gets none."""
    limit_lock_wait()
    for table, column in (("inbound", "reply"), ("followers", "rest")):
        op.drop_column(table, column)
        op.add_column(table, sa.Column(column, sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("voters") as batch_op:
        batch_op.add_column(sa.Column("hand", sa.LargeBinary(length=16), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_voters_round_id_hand"), ["round_id", "hand"])
    with op.batch_alter_table("register_entries") as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(length=32), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_register_entries_register_id_phone"), ["register_id", "phone"])


def downgrade() -> None:
    limit_lock_wait()
    with op.batch_alter_table("register_entries") as batch_op:
        batch_op.drop_constraint(op.f("uq_register_entries_register_id_phone"), type_="unique")
        batch_op.drop_column("phone")
    with op.batch_alter_table("voters") as batch_op:
        batch_op.drop_constraint(op.f("uq_voters_round_id_hand"), type_="unique")
        batch_op.drop_column("hand")
    for table, column in (("inbound", "reply"), ("followers", "rest")):
        op.drop_column(table, column)
        op.add_column(table, sa.Column(column, sa.Text(), nullable=True))


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

"""${message}"""

import sqlalchemy as sa
from alembic import op

import models.base
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    limit_lock_wait()
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    limit_lock_wait()
    ${downgrades if downgrades else "pass"}


def limit_lock_wait() -> None:
    """A migration that cannot get its lock gives up rather than stop the service."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")

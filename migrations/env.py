"""What Alembic runs: our tables against the connection it was given."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, Connection, Enum

import migrations
from models import Base


def render_type(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """How a column's type is written in a new revision: plain words, so that old revisions never change."""
    if kind == "type" and isinstance(value, JSON):
        return "models.base.Json"
    if kind == "type" and isinstance(value, Enum):
        return f"sa.String(length={value.length})"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_type,
        compare_type=True,
        include_name=migrations.is_in_models,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])

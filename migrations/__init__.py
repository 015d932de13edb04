"""The schema's revisions, run without an ini file: `upgrade`, `downgrade`, and what is still to be done."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Create the schema or bring it to `revision`."""
    with engine.begin() as connection:
        command.upgrade(configuration(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.downgrade(configuration(connection), revision)


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_in_models(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether the models tell of it: the index of search is each database's own, and no model's."""
    return kind != "table" or name is None or not name.startswith("proposal_search")


def head() -> str | None:
    return ScriptDirectory.from_config(configuration()).get_current_head()

"""The schema's revisions, run without an ini file: `upgrade`, `downgrade`, and what is still to be done."""

from enum import Enum
from functools import cache
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


class Standing(Enum):
    """A database as this program finds it."""

    EMPTY = "empty"
    BEHIND = "behind"  # to be upgraded first
    CURRENT = "current"
    AHEAD = "ahead"  # upgraded by a later version, which takes nothing away that the one before it needs

    @property
    def can_be_worked_with(self) -> bool:
        return self in (Standing.CURRENT, Standing.AHEAD)


def standing(engine: Engine) -> Standing:
    """By the revision it is at; one that this program has never heard of is a later one's (decision 0016)."""
    revision = current(engine)
    if revision is None:
        return Standing.EMPTY
    if revision == head():
        return Standing.CURRENT
    return Standing.BEHIND if revision in _known() else Standing.AHEAD


def is_in_models(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether the models tell of it: the index of search is each database's own, and no model's."""
    return kind != "table" or name is None or not name.startswith("proposal_search")


@cache
def head() -> str | None:
    return _scripts().get_current_head()


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())

"""The schema's revisions: up and down on both databases, and the models say what the head makes."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import migrations
from app.database import Database
from models import Base

OPTIONS = {"compare_type": True, "include_name": migrations.is_in_models}


def tables(database: Database) -> set[str]:
    found = inspect(database.write).get_table_names()
    return {name for name in found if migrations.is_in_models(name, "table", {})} - {"alembic_version"}


def test_head_makes_what_the_models_say(database: Database) -> None:
    with database.write.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, Base.metadata) == []


def test_down_leaves_nothing_and_up_brings_all_back(database: Database) -> None:
    assert tables(database) == set(Base.metadata.tables)
    migrations.downgrade(database.write, "base")
    assert set(inspect(database.write).get_table_names()) == {"alembic_version"}
    assert migrations.current(database.write) is None
    migrations.upgrade(database.write)
    assert tables(database) == set(Base.metadata.tables)
    assert migrations.current(database.write) == migrations.head()


def test_upgrade_of_an_upgraded_database_changes_nothing(database: Database) -> None:
    migrations.upgrade(database.write)
    assert migrations.current(database.write) == migrations.head()

"""What a command works with: settings, a database that is ready, a clock, and in whose name it acts."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import ArgumentError, DatabaseError

import migrations
from app.clock import Clock
from app.database import Database
from app.errors import ConfigurationError
from app.settings import Settings


class DatabaseUnavailable(ConfigurationError):
    code = "database_unavailable"


@dataclass(frozen=True)
class Opened:
    settings: Settings
    database: Database
    clock: Clock
    actor: str


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Opened]:
    """Everything ready for a command. Raises ConfigurationError, also for a database that is not ready."""
    settings = settings or Settings.load()
    with connected(settings) as database:
        if not migrations.standing(database.read).can_be_worked_with:
            raise DatabaseUnavailable("数据库还没有准备好，请先运行 shishi migrate。")
        yield Opened(settings, database, Clock(settings.now_offset), system_actor())


@contextmanager
def connected(settings: Settings) -> Iterator[Database]:
    """The database, whatever its revision; what goes wrong with it is told in one sentence."""
    try:
        database = Database(settings.database_url)
    except (ArgumentError, OSError) as error:
        raise DatabaseUnavailable(f"SHISHI_DATABASE_URL 不能用：{error}") from None
    try:
        yield database
    except DatabaseError as error:
        raise DatabaseUnavailable(f"数据库出了错：{str(error.orig).splitlines()[0]}") from None
    finally:
        database.close()


def system_actor() -> str:
    """How the action log names whoever sits at the command line."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's user may have no name
        return f"cli:{os.getuid()}"

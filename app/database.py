"""Engines and sessions: one for reading, one for writing; SQLite and PostgreSQL from the same code."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from app.errors import ConfigurationError

# secure_delete: what was erased is overwritten, so that it is not in the file any more.
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=15000",
    "secure_delete=ON",
)
ERASED = "erased"  # on a connection: its log still holds what was erased
POOL_SIZE = 15
POSTGRES_CONNECT_SECONDS = 5
# A lock that somebody forgot must not stop all writing. No limit on a whole statement: a migration may be long.
POSTGRES_LOCK_LIMIT = "SET lock_timeout = '10s'"
SUPPORTED = ("sqlite", "postgresql")


# JSON as it is stored: Chinese stays readable, no spaces.
dump_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class UnsupportedDatabase(ConfigurationError):
    code = "unsupported_database"


class Database:
    """The two ways to the data. Writing belongs to the Writer (and to commands); pages read.

    On SQLite the writing engine begins every transaction with BEGIN IMMEDIATE: under the default, a
    transaction that reads before it writes loses updates silently when two of them interleave.
    Raises UnsupportedDatabase.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        if kind not in SUPPORTED:
            raise UnsupportedDatabase(
                f"SHISHI_DATABASE_URL 不能用：{kind} 不支持，要以 sqlite:/// 或 postgresql:// 开头。"
            )
        self.is_sqlite = kind == "sqlite"
        driver = "sqlite" if self.is_sqlite else "postgresql+psycopg"
        self.url = parsed.set(drivername=driver)
        if self.is_sqlite:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        self.read = self._engine("BEGIN", pragmas=(*SQLITE_PRAGMAS, "query_only=ON"))
        self.write = self._engine("BEGIN IMMEDIATE", pragmas=SQLITE_PRAGMAS)
        if self.is_sqlite:
            event.listen(self.write, "checkin", _empty_log)
        else:
            event.listen(self.write, "connect", _limit_locks)

    def _engine(self, begin: str, pragmas: tuple[str, ...]) -> Engine:
        engine = create_engine(
            self.url,
            json_serializer=dump_json,
            hide_parameters=True,  # an error must not carry what people wrote
            pool_pre_ping=not self.is_sqlite,
            pool_size=POOL_SIZE,
            max_overflow=0,  # a connection beyond the pool would be opened and closed for one page
            connect_args={} if self.is_sqlite else {"connect_timeout": POSTGRES_CONNECT_SECONDS},
        )
        if self.is_sqlite:
            _prepare_sqlite(engine, begin, pragmas)
        return engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to look things up in; nothing it does is kept."""
        with Session(self.read, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction, for commands and tests; the running service writes through its Writer."""
        with Session(self.write, expire_on_commit=False) as session, session.begin():
            yield session

    def size(self) -> int:
        """Bytes, without what is still in the write-ahead log. Raises SQLAlchemyError."""
        pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        with self.read.connect() as connection:
            counted = pages if self.is_sqlite else "SELECT pg_database_size(current_database())"
            return int(connection.exec_driver_sql(counted).scalar_one())

    def close(self) -> None:
        self.read.dispose()
        self.write.dispose()


def leave_no_trace(session: Session) -> None:
    """What this transaction erases goes from SQLite's write-ahead log too, right after the commit.

    While somebody reads the log it cannot be emptied: then after the next commit of the same connection.
    """
    session.connection().info[ERASED] = True


def _empty_log(connection: Any, record: Any) -> None:
    """The transaction is over and the data is safe: whatever is in the way now must not undo that."""
    if connection is None or ERASED not in record.info:
        return
    connection.execute(
        "PRAGMA busy_timeout=100"
    ).close()  # whoever writes must not wait long for a page that reads
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return
    finally:
        connection.execute("PRAGMA busy_timeout=15000").close()
    if not busy:
        del record.info[ERASED]


def _limit_locks(connection: Any, _record: Any) -> None:
    connection.execute(POSTGRES_LOCK_LIMIT)
    connection.commit()


def _prepare_sqlite(engine: Engine, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

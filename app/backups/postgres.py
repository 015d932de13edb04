"""Backups of PostgreSQL: pg_dump's own format, by the tools that come with the database."""

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import psycopg
from psycopg import sql
from sqlalchemy import URL

from app.backups.failures import IN_USE, BackupFailed

NAME, BEGINS = "PostgreSQL", b"PGDMP"
LOCK_LIMIT = "SET lock_timeout = '10s'"
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

T = TypeVar("T")


def save(url: URL, target: Path) -> None:
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], url)


def holds_anything(url: URL) -> bool:
    with _connected(url) as connection:
        return bool(_tables(connection, "public"))


def put_back(source: Path, url: URL, aside: str, ready: Callable[[URL], T]) -> T:
    """The old tables step aside into a schema of their own, and come back unless all went well.

    So tables that a later version has made do not stand in the way of an older backup.
    """
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    with _connected(url) as connection:
        if connection.execute(OTHERS).fetchone() != (0,):
            raise BackupFailed(IN_USE)
        _step_aside(connection, aside)
        try:
            _run(["pg_restore", *options, str(source)], url)
            result = ready(url)
        except BaseException:
            _come_back(connection, aside)
            raise
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(aside)))
    return result


@contextmanager
def _connected(url: URL) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(_address(url), autocommit=True) as connection:
            connection.execute(LOCK_LIMIT)
            yield connection
    except psycopg.Error as error:
        raise BackupFailed(f"数据库出了错：{str(error).splitlines()[0]}") from None


def _tables(connection: psycopg.Connection, schema: str) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,))
    return [name for (name,) in found]


def _step_aside(connection: psycopg.Connection, aside: str) -> None:
    with connection.transaction():
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(aside)))
        _move(connection, "public", aside)


def _come_back(connection: psycopg.Connection, aside: str) -> None:
    with connection.transaction():
        for table in _tables(connection, "public"):
            connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier("public", table)))
        _move(connection, aside, "public")
        connection.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(aside)))


def _move(connection: psycopg.Connection, before: str, after: str) -> None:
    """Indexes, constraints and sequences go with their tables."""
    for table in _tables(connection, before):
        moving = sql.SQL("ALTER TABLE {} SET SCHEMA {}")
        connection.execute(moving.format(sql.Identifier(before, table), sql.Identifier(after)))


def _run(order: Sequence[str], url: URL) -> None:
    """One of PostgreSQL's own tools; the password goes by the environment, where no other user sees it."""
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    try:
        done = subprocess.run(  # noqa: S603 - our own order
            [*order, f"--dbname={_address(url._replace(password=None))}"],
            env={**os.environ, **password},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise BackupFailed(f"找不到 {order[0]}，请安装和数据库同版本的 PostgreSQL 客户端工具。") from None
    if done.returncode:
        raise BackupFailed(f"{order[0]} 没有做成：{done.stderr.strip()[-500:]}")


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)

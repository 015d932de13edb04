"""`shishi migrate`."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.database import Database


def migrate() -> None:
    """建立数据库，或升级到当前版本。"""
    from alembic.util import CommandError

    import migrations
    from app.clock import Clock
    from app.commands.opening import DatabaseUnavailable, connected, system_actor
    from app.operators import log
    from app.settings import Settings

    with connected(Settings.load()) as database:
        before, head = migrations.current(database.write), migrations.head()
        if before == head:
            fill_search(database)
            typer.echo("数据库已经是最新的，不用升级。")
            return
        try:
            migrations.upgrade(database.write)
        except CommandError:
            raise DatabaseUnavailable(
                f"这个程序不认识数据库现在的结构（{before}），它多半来自更新的版本：请换成那个版本的程序，或恢复备份。"
            ) from None
        fill_search(database)
        detail = {"from": before, "to": head}
        with database.writing() as session:
            log.record(
                session,
                actor=system_actor(),
                verb="database.migrate",
                subject="database",
                detail=detail,
                clock=Clock(),
            )
    typer.echo("数据库已升级。" if before else "数据库已建好。")


def fill_search(database: "Database") -> None:
    """Proposals that are older than the index of search, or came in past it, are found by their words too."""
    from app.proposals import search

    more = True
    while more:
        with database.writing() as session:
            more = search.catch_up(session) == search.SLICE

"""`shishi migrate`, `shishi backup`, `shishi restore`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.database import Database
    from app.restoring import Restored


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


def backup(to: Annotated[Path, typer.Option(metavar="FILE", help="备份成哪个文件；已经有的不覆盖")]) -> None:
    """把整个数据库备份成一个文件，服务不用停。SHISHI_SECRET_KEY 不在里面，要另外保管。"""
    from app import backups
    from app.commands.opening import opened

    with opened() as bench:
        backups.save(bench.database.url, to)
    typer.echo(f"备份好了：{to}，{to.stat().st_size / 2**20:.1f} MB。")
    typer.echo("备份里没有密钥 SHISHI_SECRET_KEY：没有它，电话和选票都打不开，请另外保管。")


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="shishi backup 做的文件")],
    replace: Annotated[bool, typer.Option("--replace", help="数据库里已经有数据时，换成备份里的")] = False,
) -> None:
    """用备份恢复数据库，先停下所有服务。什么也不会自己发出去：推送停住，等人决定。"""
    from app import backups
    from app.clock import Clock
    from app.commands.opening import connected, system_actor
    from app.errors import Conflict
    from app.restoring import restore as restored_from
    from app.settings import Settings

    settings = Settings.load()
    with connected(settings) as database:
        url = database.url
    used = backups.holds_anything(url)
    if used and not replace:
        raise Conflict("数据库里已经有数据。确实要换成备份里的，请加上 --replace。")
    clock = Clock(settings.now_offset)
    aside = f"before-{clock.wall().astimezone(settings.zone):%Y%m%d-%H%M%S}"
    restored = restored_from(source, url, aside, actor=system_actor(), clock=clock)
    with connected(settings) as database:
        fill_search(database)
    typer.echo(f"已用 {source.name} 恢复。")
    if used and url.get_backend_name() == "sqlite":
        typer.echo(f"原来的数据库留在 {url.database}.{aside}，里面有个人资料，用不着了就删掉。")
    _tell(restored)


def _tell(restored: "Restored") -> None:
    from app.restoring import GAP

    stilled = restored.stilled
    typer.echo(
        f"正在发的推送停住了 {stilled.broadcasts} 条，等放行的退回草稿 {stilled.submitted} 条，请人看过再发。"
    )
    typer.echo(f"单独的消息有 {stilled.messages} 条没有发，对方下次来信时会看到。")
    for title in restored.open_rounds:
        typer.echo(f"“{title}”备份时正在投票：备份以后投的票没有了，请告诉大家再投一次。")
    typer.echo(f"新的编号跳过了 {GAP} 个，不会和备份以后发出去的重复。操作员都要重新登录，接口令牌要重新发。")
    typer.echo("备份以后删除过的个人资料又回来了：请照 RUNBOOK 第 10 条再删一遍，然后运行 shishi doctor。")

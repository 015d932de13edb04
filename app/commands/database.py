"""`shishi migrate`, `shishi backup`, `shishi restore`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

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
    """用备份恢复数据库。请先停下所有服务；正在发的推送会停住，等人决定。"""
    import migrations
    from app import backups
    from app.clock import Clock
    from app.commands.opening import DatabaseUnavailable, connected, system_actor
    from app.errors import Conflict
    from app.settings import Settings

    settings = Settings.load()
    with connected(settings) as database:
        used, url = migrations.current(database.write) is not None, database.url
    if used and not replace:
        raise Conflict("数据库里已经有数据。确实要换成备份里的，请加上 --replace。")
    stamp = f"{Clock().wall().astimezone(settings.zone):%Y%m%d-%H%M%S}"
    aside = Path(f"{url.database}.before-{stamp}") if url.get_backend_name() == "sqlite" else None
    backups.put_back(source, url, aside=aside)
    with connected(settings) as database:
        revision = migrations.current(database.write)
        if revision is None:
            raise DatabaseUnavailable(f"{source} 里没有这个程序的数据。")
        migrations.upgrade(database.write)
        with database.writing() as session:
            broadcasts, messages = settle(session, system_actor(), source)
    typer.echo(f"已用 {source.name} 恢复。" + (f"原来的数据库留在 {aside}。" if used and aside else ""))
    typer.echo(f"{broadcasts} 条推送停住了，等人决定；{messages} 条单独的消息改为对方下次来信时显示。")
    typer.echo("备份以后办的事没有了，包括应本人要求做的删除：请对照登记，重新办一遍。然后运行 shishi doctor。")


def settle(session: "Session", actor: str, source: Path) -> tuple[int, int]:
    """What must be so before the service may run on data that was put back."""
    from sqlalchemy import delete

    from app.broadcasts.restored import stand_still
    from app.clock import Clock
    from app.operators import log
    from models import AccessToken

    halted = stand_still(session)
    session.execute(delete(AccessToken))  # the platform has given out others since
    detail = {"file": source.name, "broadcasts": halted[0], "messages": halted[1]}
    log.record(session, actor=actor, verb="database.restore", subject="database", detail=detail, clock=Clock())
    return halted

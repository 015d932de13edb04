"""`shishi followers`: knowing who follows the account."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.commands.opening import Opened
    from app.followers.sync import Report

app = typer.Typer(help="关注者。", rich_markup_mode=None)


@app.callback()
def followers() -> None:
    """Keeps `sync` a word of its own while it is the only one."""


@app.command()
def sync() -> None:
    """从平台读取全部关注者。中途停下没有关系，再运行会接着读。"""
    import asyncio
    from dataclasses import asdict

    from app.commands.opening import opened
    from app.operators import log

    with opened() as bench:
        report = asyncio.run(_sync(bench))
        with bench.database.writing() as session:
            log.record(
                session,
                actor=bench.actor,
                verb="followers.sync",
                subject="followers",
                detail=asdict(report),
                clock=bench.clock,
            )
    typer.echo(f"读完了：平台上有 {report.listed} 位关注者；{report.left} 位已取消关注，个人资料已删除。")
    if report.foreign:
        typer.echo(
            f"另有 {report.foreign} 位不属于这个公众号，只标记为未关注，资料没有删："
            "请核对 SHISHI_WECHAT__APP_ID 是否正确。"
        )


async def _sync(bench: "Opened") -> "Report":
    from app.commands.platform import reaching
    from app.followers.sync import Sync
    from app.privacy.service import sever

    async with reaching(bench) as (client, writer):
        return await Sync(client, writer, bench.clock, forget=sever, told=_tell).run()


def _tell(done: int, what: str) -> None:
    typer.echo(f"{what} {done} 位…", err=True)

"""`shishi menu`: the menu at the foot of the account's chat."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.commands.opening import Opened
    from models.enums import PhaseKind

app = typer.Typer(help="公众号菜单。", rich_markup_mode=None)


@app.callback()
def menu() -> None:
    """Keeps `publish` a word of its own while it is the only one."""


@app.command()
def publish() -> None:
    """按当前阶段更新公众号菜单，以后换阶段时它自己跟着换。可以反复运行。"""
    import asyncio

    from app.campaigns import queries
    from app.campaigns.rules import PHASE_TITLES
    from app.commands.opening import opened

    with opened() as bench:
        with bench.database.reading() as session:
            phase = queries.current(session, bench.clock).phase
        changed = asyncio.run(_publish(bench, phase))
    done = "菜单已更新，手机上几分钟内换新" if changed else "菜单已经是这个样子，不用更新"
    typer.echo(f"{done}（{PHASE_TITLES[phase]}阶段）。")


async def _publish(bench: "Opened", phase: "PhaseKind") -> bool:
    from app.commands.platform import reaching
    from app.followers.menu import menu_for
    from app.jobs.menu_keeping import MenuKeeper
    from app.wechat import menus
    from app.writer import Call

    async with reaching(bench) as (client, writer):
        changed = await menus.publish(client, menu_for(phase))
        keeper = MenuKeeper(client, writer, bench.clock)
        await writer.ask(Call(lambda session: keeper.record(session, phase, changed, actor=bench.actor)))
        return changed

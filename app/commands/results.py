"""`shishi results`: the published result as a file for the union's website."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="投票结果：导出成网页文件。", rich_markup_mode=None)


@app.callback()
def results() -> None:
    """投票结果：导出成网页文件。"""


@app.command()
def export(
    key: Annotated[str, typer.Argument(metavar="KEY", help="活动的代号，例如 2018")],
    to: Annotated[Path, typer.Option(metavar="FILE", help="写到哪个文件：.html")],
) -> None:
    """把已经公布的投票结果存成一个网页文件，放到工会网站上就能看，不需要别的文件。"""
    from app.campaigns import queries
    from app.commands.opening import opened
    from app.crypto import Keyring
    from app.h5.results import standing_alone
    from app.proposals.sheets import appearing
    from app.statistics.results import published

    if to.suffix.lower() not in (".html", ".htm"):
        raise typer.BadParameter("文件名要以 .html 结尾", param_hint="--to")
    with opened() as bench, bench.database.reading() as session:
        campaign = queries.by_key(session, key, bench.clock)
        shown = published(session, campaign, Keyring(*bench.settings.secrets), bench.clock)
    with appearing(to) as unfinished:
        unfinished.write_text(standing_alone(shown, bench.settings.zone), encoding="utf-8")
    typer.echo(f"已导出：{to}")

"""`shishi projects`: the year's projects as files."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="年度实事项目：会议材料、下一年活动文件的片段。", rich_markup_mode=None)

Key = Annotated[str, typer.Argument(metavar="KEY", help="活动的代号，例如 2018")]


@app.command()
def docx(
    key: Key,
    to: Annotated[Path, typer.Option(metavar="FILE", help="写到哪个文件：.docx")],
) -> None:
    """把实事项目写成大会材料：公告、项目表、投票情况、来历。还没有公布的，标题下会写“讨论稿”。"""
    from app.campaigns import queries
    from app.commands.opening import opened
    from app.projects import exports
    from app.proposals.sheets import appearing

    if to.suffix.lower() != exports.WORD:
        raise typer.BadParameter("文件名要以 .docx 结尾", param_hint="--to")
    with opened() as bench:
        with bench.database.reading() as session, appearing(to) as unfinished:
            campaign = queries.by_key(session, key, bench.clock)
            exports.write_word(session, campaign, bench.settings.zone, unfinished)
        with bench.database.writing() as session:
            exports.note(session, campaign, exports.WORD, actor=bench.actor, clock=bench.clock)
    typer.echo(f"已导出：{to}")


@app.command()
def toml(key: Key) -> None:
    """写出下一年活动文件里的“去年项目”（[[last_year]]），可以直接贴进去。"""
    from app.campaigns import queries
    from app.commands.opening import opened
    from app.projects import exports

    with opened() as bench, bench.database.reading() as session:
        typer.echo(exports.fragment(session, queries.by_key(session, key, bench.clock)), nl=False)

"""`shishi proposals`: handing out what was proposed, as a file."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Encoding = Literal["utf-8", "gb18030"]
ENCODINGS = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}  # Excel knows UTF-8 by its mark

app = typer.Typer(help="提案：导出成表格。", rich_markup_mode=None)


@app.callback()
def proposals() -> None:
    """提案：导出成表格。"""


@app.command()
def export(
    campaign: Annotated[str, typer.Option(metavar="KEY", help="活动的代号，例如 2018")],
    to: Annotated[Path, typer.Option(metavar="FILE", help="写到哪个文件：.xlsx、.csv 或 .docx（征集表）")],
    with_personal: Annotated[bool, typer.Option("--with-personal", help="连同姓名和电话，要写明原因")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="原因，会记入操作日志")] = "",
    encoding: Annotated[Encoding, typer.Option(help=".csv 的编码：utf-8 或 gb18030")] = "utf-8",
) -> None:
    """把一个活动的全部提案导出成汇总表，或者填好的征集表。默认不带姓名和电话。"""
    from app.campaigns import queries
    from app.commands.opening import opened
    from app.crypto import Keyring
    from app.operators.reasons import clean_reason
    from app.proposals import exports
    from app.proposals.sheets import appearing

    _check(to, with_personal, reason)
    reason = clean_reason(reason) if with_personal else reason.strip()
    with opened() as bench, bench.database.reading() as session, appearing(to) as unfinished:
        view = queries.by_key(session, campaign, bench.clock)
        keyring = Keyring(*bench.settings.secrets) if with_personal else None
        table = exports.Table(view, bench.settings.zone, keyring)
        rows = exports.write(session, table, unfinished, encoding=ENCODINGS[encoding])
        with bench.database.writing() as writing:
            exports.note(writing, table, to.suffix, rows, reason, actor=bench.actor, clock=bench.clock)
    typer.echo(f"已导出 {rows} 份提案：{to}")


def _check(to: Path, with_personal: bool, reason: str) -> None:
    from app.proposals.exports import FORMATS

    if to.suffix.lower() not in FORMATS:
        raise typer.BadParameter(f"文件名要以 {' 或 '.join(FORMATS)} 结尾", param_hint="--to")
    if with_personal and not reason.strip():
        raise typer.BadParameter("连同姓名和电话导出，要写明原因", param_hint="--reason")

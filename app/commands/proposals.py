"""`shishi proposals`: handing out what was proposed, as a file."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="提案：导出成表格。", rich_markup_mode=None)


@app.callback()
def proposals() -> None:
    """提案：导出成表格。"""


@app.command()
def export(
    campaign: Annotated[str, typer.Option(metavar="KEY", help="活动的代号，例如 2018")],
    to: Annotated[Path, typer.Option(metavar="FILE", help="写到哪个文件：.xlsx 或 .csv")],
    with_personal: Annotated[bool, typer.Option("--with-personal", help="连同姓名和电话，要写明原因")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="原因，会记入操作日志")] = "",
) -> None:
    """把一个活动的全部提案导出成表格。默认不带姓名和电话。"""
    from app.campaigns import queries
    from app.commands.opening import opened
    from app.crypto import Keyring
    from app.operators import log
    from app.operators.reasons import clean_reason
    from app.proposals import exports
    from app.proposals.sheets import appearing

    _check(to, with_personal, reason)
    reason = clean_reason(reason) if with_personal else reason.strip()
    with opened() as bench, bench.database.reading() as session, appearing(to) as unfinished:
        view = queries.by_key(session, campaign, bench.clock)
        secrets = bench.settings.secret_key, bench.settings.previous_secret_key
        keyring = Keyring(*(secret.get_secret_value() for secret in secrets)) if with_personal else None
        rows = exports.write(session, exports.Table(view, bench.settings.zone, keyring), unfinished)
        detail = {"rows": rows, "format": to.suffix.lower(), "personal": with_personal, "reason": reason}
        with bench.database.writing() as writing:
            subject = f"campaign:{campaign}"
            log.record(
                writing,
                actor=bench.actor,
                verb="proposals.export",
                subject=subject,
                detail=detail,
                clock=bench.clock,
            )
    typer.echo(f"已导出 {rows} 份提案：{to}")


def _check(to: Path, with_personal: bool, reason: str) -> None:
    from app.proposals.sheets import ENDINGS

    if to.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(f"文件名要以 {' 或 '.join(ENDINGS)} 结尾", param_hint="--to")
    if with_personal and not reason.strip():
        raise typer.BadParameter("连同姓名和电话导出，要写明原因", param_hint="--reason")

"""`shishi log`: a file of the action log, and whether log or file is whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.operators.log_file import Verdict

app = typer.Typer(help="操作日志：导出、核验。", rich_markup_mode=None)


@app.command()
def export(to: Annotated[Path, typer.Option(metavar="FILE", help="写到哪个文件，每行一条（JSONL）")]) -> None:
    """导出全部操作日志。文件可以用 shishi log verify 核验，不需要数据库。"""
    from app.commands.opening import opened
    from app.errors import Invalid
    from app.operators import log, log_file

    with opened() as bench:
        with bench.database.writing() as session:
            log.record(session, actor=bench.actor, verb="log.export", subject="log", clock=bench.clock)
        try:
            with bench.database.reading() as session, to.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(log_file.lines(session))
                last = log.last(session)
        except OSError as error:
            raise Invalid(f"写不了文件 {to}：{error.strerror}。") from None
    typer.echo(f"已导出 {last.id} 条：{to}\n最后一条的校验值：{last.hash}")


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="导出的文件；不写就核验数据库里的")] = None,
    head: Annotated[str, typer.Option(metavar="HEX", help="另外记下的最后一条校验值，一并比对")] = "",
) -> None:
    """核验操作日志。有一条被改过、删过或换过位置，就指出是第几条，退出码为 1。"""
    from app.errors import Conflict

    verdict = _of_file(file) if file else _of_database()
    if verdict.broken is not None:
        raise Conflict(
            f"日志不完整：第 {verdict.broken} 条被改过、删过或换过位置，它前面的 {verdict.entries} 条是好的。"
        )
    if head and head.lower() != verdict.head:
        raise Conflict(f"前后连得上，可是最后一条的校验值对不上：这里是 {verdict.head}。末尾可能少了几条。")
    typer.echo(f"核验通过：{verdict.entries} 条一条不少、一字未改。\n最后一条的校验值：{verdict.head}")


def _of_file(file: Path) -> "Verdict":
    from app.errors import Invalid
    from app.operators import log_file

    try:
        with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            return log_file.verify(lines)
    except OSError as error:
        raise Invalid(f"读不了文件 {file}：{error.strerror}。") from None


def _of_database() -> "Verdict":
    from app.commands.opening import opened
    from app.operators import log_file

    with opened() as bench, bench.database.reading() as session:
        return log_file.verify(log_file.lines(session))

"""`shishi campaign`: loading a campaign file, setting the phase by hand."""

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(help="活动：载入活动文件，手动设置阶段。", rich_markup_mode=None)

PhaseWord = Literal["collecting", "screening", "opinion", "published", "auto"]


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.toml", help="活动文件", exists=True, dir_okay=False, readable=True)
    ],
) -> None:
    """载入或更新一个活动。可以反复运行；会打乱已有提案的改动不会被接受。"""
    from app.campaigns import service
    from app.campaigns.loader import load_toml
    from app.commands.opening import opened
    from app.settings import Settings

    settings = Settings.load()
    definition = load_toml(_text(file), settings.zone)
    with opened(settings) as bench, bench.database.writing() as session:
        outcome = service.load(session, definition, actor=bench.actor, clock=bench.clock)
    said = {"created": "已载入", "updated": "已更新", "unchanged": "没有变化"}[outcome]
    typer.echo(f"{said}：{definition.title}（{definition.key}）")


@app.command()
def phase(
    key: Annotated[str, typer.Argument(metavar="KEY", help="活动的代号，例如 2018")],
    to: Annotated[PhaseWord, typer.Argument(metavar="PHASE", help="阶段；auto 是回到日程")],
    reason: Annotated[str, typer.Option(help="原因，会记入操作日志")],
) -> None:
    """手动设置活动的阶段：collecting、screening、opinion、published；auto 回到日程。"""
    from app.campaigns import queries
    from app.campaigns.rules import PHASE_TITLES
    from app.commands.opening import opened
    from app.triage import phases

    with opened() as bench, bench.database.writing() as session:
        phases.set_phase(session, key, to, reason, actor=bench.actor, clock=bench.clock)
        now = queries.by_key(session, key, bench.clock).phase
    typer.echo(f"活动 {key} 现在是“{PHASE_TITLES[now]}”阶段。")


def _text(file: Path) -> str:
    from app.errors import Invalid

    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(f"{file} 不是 UTF-8 编码，请另存为 UTF-8 再载入。") from None

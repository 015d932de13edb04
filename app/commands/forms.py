"""`shishi forms`: importing the forms that unions and departments sent in."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.commands.opening import Opened
    from app.proposals.intake.importing import FileOutcome, ImportOutcome
    from app.proposals.intake.reception import Upload

app = typer.Typer(help="征集表：导入工会和部室报送的表格。", rich_markup_mode=None)

STATUSES = {"import": "已导入", "needs_correction": "要先更正", "reject": "没有导入"}
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...", help="Word 文件或表格，可以写几个", exists=True, dir_okay=False, readable=True
    ),
]


@app.callback()
def forms() -> None:
    """征集表：导入工会和部室报送的表格。"""


@app.command(name="import")
def import_forms(
    files: Files,
    campaign: Annotated[str, typer.Option(metavar="KEY", help="活动的代号，例如 2018")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果，不导入")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果按 JSON 输出")] = False,
) -> None:
    """读取征集表（附件1、附件2）或汇总清单，每个项目成为一份提案。您的原件不会改动。"""
    from app.commands.opening import opened

    with opened() as bench:
        outcome = _import(bench, campaign, [_upload(path) for path in files], dry_run)
    typer.echo(_in_json(outcome) if as_json else _in_words(outcome, dry_run))
    left = sum(file.status != "import" for file in outcome.files)
    if left and not dry_run:
        typer.echo(f"有 {left} 份文件没有导入，原因见上。", err=True)
        raise typer.Exit(1)


@dataclass(frozen=True)
class Shell:
    """Whoever may run commands on this machine may import."""

    actor: str
    id: int | None = None

    def require(self, _power: object) -> None:
        """Nothing is refused."""


def _upload(path: Path) -> "Upload":
    """Of a file that is too large only as much as tells so."""
    from app.proposals.intake.reading.files import LARGEST
    from app.proposals.intake.reception import Upload

    with path.open("rb") as stream:
        return Upload(path.name, stream.read(LARGEST + 1))


def _import(bench: "Opened", key: str, uploads: "list[Upload]", dry_run: bool) -> "ImportOutcome":
    from app.campaigns import queries
    from app.crypto import Keyring
    from app.proposals.intake import importing, reception

    settings, clock, keyring = bench.settings, bench.clock, Keyring(*bench.settings.secrets)
    with bench.database.reading() as session:
        campaign = queries.by_key(session, key, clock)
    about = importing.filled_about(campaign, settings.zone)
    read = reception.read(uploads, about, keep_originals=settings.forms.keep_originals)
    if dry_run:
        with bench.database.reading() as session:
            return importing.outcome(session, campaign, read)
    with bench.database.writing() as session:
        made = importing.import_files(session, key, read, by=Shell(bench.actor), keyring=keyring, clock=clock)
        return importing.outcome(session, campaign, read, made)


def _in_json(outcome: "ImportOutcome") -> str:
    from app.api.forms import shown
    from app.operators.rules import sight
    from models.enums import Role

    return shown(outcome, sight({Role.OWNER})).model_dump_json(indent=2)


def _in_words(outcome: "ImportOutcome", dry_run: bool) -> str:
    lines = [line for file in outcome.files for line in _file_in_words(file, dry_run)]
    count = sum(len(file.forms) for file in outcome.files if file.status == "import")
    lines.append(f"试读完毕，可以导入 {count} 份提案。" if dry_run else f"导入了 {count} 份提案。")
    return "\n".join(lines)


def _file_in_words(file: "FileOutcome", dry_run: bool) -> list[str]:
    can_be = dry_run and file.status == "import"
    lines = [f"{file.name}：{'可以导入' if can_be else STATUSES[file.status]}"]
    if file.status == "import":
        lines += [f"  {form.number or '（未编号）'}  {form.form.values['title']}" for form in file.forms]
    return lines + [f"  {problem.place}：{problem.message}" for problem in file.problems]

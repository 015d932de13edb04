"""`shishi register`: importing registers of who may vote, adding somebody late, letting go of a binding."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.ballots.register_rows import Roll

app = typer.Typer(help="会员名册：导入、补登、解开绑定。", rich_markup_mode=None)

CampaignKey = Annotated[str, typer.Option("--campaign", metavar="KEY", help="活动的代号，例如 2018")]
RegisterId = Annotated[
    int, typer.Argument(metavar="REGISTER", help="名册的编号，见 shishi register list", min=1, max=2**31 - 1)
]
Card = Annotated[str, typer.Option(help="会员卡号", prompt="会员卡号")]
Name = Annotated[str, typer.Option(help="姓名", prompt="姓名")]
Reason = Annotated[str, typer.Option(help="原因，会记入操作日志；不要写姓名和卡号")]
PROBLEMS_PRINTED = 200


@app.command(name="import")
def import_register(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="名册，.xlsx 或 .csv", exists=True, dir_okay=False, readable=True),
    ],
    campaign: CampaignKey,
    title: Annotated[str, typer.Option(help="名册的名字")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不导入")] = False,
) -> None:
    """导入会员名册：要有“会员卡号”（或工号、手机号）和“姓名”两列，可以有“单位”。文件不保存。"""
    from app.ballots import register_files, registers
    from app.campaigns import queries
    from app.commands.forms import Shell
    from app.commands.opening import opened
    from app.crypto import Keyring

    with file.open("rb") as stream:
        roll = register_files.read(stream.read(register_files.LARGEST + 1))
    with opened() as bench:
        with bench.database.reading() as session:
            key = queries.by_key(session, campaign, bench.clock).key
        title = registers.check_title(title)
        _tell_problems(roll)
        if dry_run:
            typer.echo(f"检查完毕，可以导入 {len(roll.entries)} 人。")
            return
        by, keyring = Shell(bench.actor), Keyring(*bench.settings.secrets)
        with bench.database.writing() as session:
            made = registers.import_roll(session, key, title, roll, by=by, keyring=keyring, clock=bench.clock)
    typer.echo(f"导入了 {made.entries} 人，名册编号 {made.id}。\n名册的校验值：{made.digest}")


@app.command(name="list")
def list_registers(campaign: CampaignKey) -> None:
    """列出一次活动的名册，最新的在前。"""
    from app.ballots import registers
    from app.campaigns import queries
    from app.commands.opening import opened

    with opened() as bench, bench.database.reading() as session:
        view = queries.by_key(session, campaign, bench.clock)
        found = registers.of_campaign(session, view.id)
        for one in found:
            counts = registers.numbers(session, one)
            bound = "截止以前不显示绑定人数" if counts.bound is None else f"已绑定 {counts.bound} 人"
            typer.echo(
                f"{one.id}  {one.title}  导入 {counts.entries} 人，补登 {counts.added} 人，"
                f"{bound}  校验值 {one.digest}"
            )
    if not found:
        typer.echo("还没有导入过名册。")


@app.command()
def add(
    register_id: RegisterId,
    reason: Reason,
    card: Card,
    name: Name,
    unit: Annotated[str, typer.Option(help="单位")] = "",
) -> None:
    """补登一位会员。卡号和姓名可以不写在命令里，会另外问。"""
    from app.ballots import registers
    from app.ballots.register_rows import entry_of
    from app.commands.forms import Shell
    from app.commands.opening import opened
    from app.crypto import Keyring

    entry = entry_of(card, name, unit)
    with opened() as bench, bench.database.writing() as session:
        by, keyring = Shell(bench.actor), Keyring(*bench.settings.secrets)
        registers.add(session, register_id, entry, reason, by=by, keyring=keyring, clock=bench.clock)
    typer.echo("补登好了，本人现在可以登记投票。")


@app.command()
def release(register_id: RegisterId, reason: Reason, card: Card, name: Name) -> None:
    """解开一张卡和手机的绑定，比如本人换了微信。投过的票不变，仍是一人一票。"""
    from app.ballots import binding
    from app.ballots.register_rows import entry_of
    from app.commands.forms import Shell
    from app.commands.opening import opened
    from app.crypto import Keyring

    entry = entry_of(card, name)
    with opened() as bench, bench.database.writing() as session:
        by, keyring = Shell(bench.actor), Keyring(*bench.settings.secrets)
        binding.release(session, register_id, entry, reason, by=by, keyring=keyring, clock=bench.clock)
    typer.echo("解开了，请本人重新登记。")


def _tell_problems(roll: "Roll") -> None:
    """Print what is wrong, then raise Invalid."""
    from app.errors import Invalid

    if not roll.problems:
        return
    for problem in roll.problems[:PROBLEMS_PRINTED]:
        typer.echo(problem.sentence, err=True)
    raise Invalid(f"名册里有 {len(roll.problems)} 处要先改好，没有导入任何人。")

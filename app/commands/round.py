"""`shishi round`: the public archive of a round of voting, and checking one without a database."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="投票：存档、核验。", rich_markup_mode=None)


@app.command()
def archive(
    round_id: Annotated[str, typer.Argument(metavar="ROUND", help="哪一轮投票，写它的编号")],
    to: Annotated[Path, typer.Option(metavar="FILE", help="写到哪个文件，每行一条（JSONL）")],
) -> None:
    """把已经截止的一轮投票存成公开的、不记名的档案。谁都可以用 shishi round verify 核验，不需要数据库。"""
    from app.ballots import archive as archives
    from app.ballots import queries, running
    from app.campaigns import queries as campaigns
    from app.commands.opening import opened
    from app.crypto import Keyring
    from app.errors import Invalid

    if not round_id.isascii() or not round_id.isdigit() or len(round_id) > 9:
        raise queries.NoRound(f"没有“{round_id}”这一轮投票。")
    with opened() as bench:
        keyring = Keyring(*bench.settings.secrets)
        with bench.database.writing() as session:
            running.settled(session, int(round_id), keyring, bench.clock)
        with bench.database.reading() as session:
            round = queries.row(session, int(round_id))
            campaign = campaigns.by_id(session, round.campaign_id, bench.clock)
            lines = archives.lines(session, round, campaign.key)
            first = next(lines)  # refused before the file is touched
            try:
                with to.open("w", encoding="utf-8", newline="\n") as file:
                    file.write(first)
                    file.writelines(lines)
            except OSError as error:
                raise Invalid(f"写不了文件 {to}：{error.strerror}。") from None
    assert round.tally is not None
    typer.echo(f"已存档：{to}\n档案的校验值：{round.tally['head']}")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="档案文件")],
    head: Annotated[str, typer.Option(metavar="HEX", help="公布的校验值，一并比对")] = "",
) -> None:
    """重新计票，逐行核验一份投票档案，不需要数据库。有一处被改过，就指出是第几行，退出码为 1。"""
    from app.ballots import verifying
    from app.ballots.reasons import told
    from app.errors import Invalid

    try:
        with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            verdict = verifying.verify(lines, head)
    except OSError as error:
        raise Invalid(f"读不了文件 {file}：{error.strerror}。") from None
    typer.echo(f"核验通过：{verdict.title}")
    typer.echo(f"一共投出 {verdict.cast} 张选票，改票的只算最后一张，有效 {verdict.tally.ballots} 张。")
    if verdict.invalid:
        typer.echo(f"两位工作人员先后认定作废、没有计票的：{told(verdict.invalid)}。")
    for count in sorted(verdict.tally.counts, key=lambda one: one.rank):
        against = f"，反对 {count.against}" if count.against else ""
        lot = "（票数相同，按抽签排先后）" if count.lot else ""
        typer.echo(
            f"{count.rank:>3}. {count.number} 号 {verdict.titles[count.number]}：{count.votes} 票{against}{lot}"
        )
    typer.echo(f"截止时票箱的校验值：{verdict.box_head}\n档案的校验值：{verdict.head}")
    if not head:
        typer.echo("提醒：请和公布的校验值比一比，对得上，才说明这就是公布的那一份。")
    typer.echo("凭证号只说明选票在不在里面，看不出选了什么；这是为了不让人拿选票做交易，也不让人被追问。")

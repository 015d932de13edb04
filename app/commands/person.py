"""`shishi person`: giving out what we hold of somebody, and erasing it."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import timedelta

    from app.commands.opening import Opened
    from app.crypto import Keyring
    from app.settings import Settings

app = typer.Typer(help="个人资料：应本人要求导出或删除。", rich_markup_mode=None)

Who = Annotated[
    str, typer.Argument(metavar="OPENID|NUMBER", help="openid、提案编号（例如 SS2018-0001），或日志里的 person:…")
]


@app.command()
def export(who: Who) -> None:
    """把我们保存的这个人的全部资料按 JSON 写到标准输出。"""
    import json

    from app.commands.opening import opened
    from app.operators import log
    from app.privacy.records import Records
    from app.privacy.subjects import find, name_in_log

    with opened() as bench:
        keyring = _keyring(bench.settings)
        with bench.database.writing() as session:
            subject = find(session, who, keyring)
            held = Records(session, keyring, bench.settings.zone, bench.clock).of(subject)
            reference = name_in_log(subject, keyring)
            log.record(session, actor=bench.actor, verb="person.export", subject=reference, clock=bench.clock)
    typer.echo(json.dumps(held, ensure_ascii=False, indent=2))


@app.command()
def erase(who: Who, reason: Annotated[str, typer.Option(metavar="TEXT", help="原因，会记入操作日志")]) -> None:
    """删除这个人的资料。提案的内容保留，不再和任何人有关联。"""
    from app.commands.opening import opened
    from app.privacy import subjects

    with opened() as bench, bench.database.writing() as session:
        keyring = _keyring(bench.settings)
        subject = subjects.find(session, who, keyring)
        kept = subjects.erase(session, subject, reason, keyring=keyring, actor=bench.actor, clock=bench.clock)
    typer.echo(f"已删除。保留了 {kept} 份提案的内容，里面不再有这个人的资料。")


@app.command()
def expire(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看看到期会删去什么，什么也不改")] = False,
) -> None:
    """公布满期限的活动，删去提案人的姓名、电话和没写完的草稿。后台会自动做，这里可以先看、马上做。"""
    from datetime import timedelta

    from app.commands.opening import opened
    from app.privacy import retention

    with opened() as bench:
        keep = timedelta(days=bench.settings.privacy.keep_days)
        with bench.database.reading() as session:
            expiries = retention.expiries(session, keep, bench.clock)
        for one in expiries:
            days = f"{one.published_at.astimezone(bench.settings.zone):%Y-%m-%d} 公布，"
            days += f"{one.due_at.astimezone(bench.settings.zone):%Y-%m-%d} 到期" if keep else "没有设期限"
            held = f"{one.proposals} 份提案有姓名或电话，{one.drafts} 份草稿没写完"
            typer.echo(f"{one.campaign.key}：{days}；{held}。")
        if dry_run or not keep:
            typer.echo("什么也没有改。" if expiries else "已公布的活动里，没有要删的。")
            return
        gone = 0
        while more := _expire(bench, keep):
            gone += more
    typer.echo(f"已删去 {gone} 处。" if gone else "没有到期的。")


def _expire(bench: "Opened", keep: "timedelta") -> int:
    from app.database import leave_no_trace
    from app.privacy import retention

    with bench.database.writing() as session:
        gone = retention.expire(session, keep, bench.clock, actor=bench.actor)
        leave_no_trace(session)
    return gone


def _keyring(settings: "Settings") -> "Keyring":
    from app.crypto import Keyring

    return Keyring(*settings.secrets)

"""`shishi doctor`: looking over the whole installation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.checkup.findings import Finding
    from app.checkup.stored import Expected
    from app.clock import Clock
    from app.settings import Settings
    from app.wechat.callback import Transport

MAY_WAIT = frozenset({"密钥强度", "落盘", "操作员"})  # in a rehearsal, where no real account is connected


def doctor(
    campaign: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="再看看这份活动文件写得对不对", exists=True, dir_okay=False),
    ] = None,
) -> None:
    """检查设置、数据库、后台工作、微信平台令牌和回调地址，说明要改什么。"""
    import asyncio

    from app.checkup.findings import Verdict
    from app.settings import Settings

    settings = Settings.load()
    findings = asyncio.run(examine(settings))
    if campaign is not None:
        findings.append(_campaign_file(campaign, settings))
    for finding in findings:
        typer.echo(str(finding))
    count = sum(finding.verdict is Verdict.WRONG for finding in findings)
    notes = sum(finding.verdict is Verdict.NOTE for finding in findings)
    also = f"另有 {notes} 处请看一看。" if notes else ""
    typer.echo(f"有 {count} 处要改。{also}" if count else f"都正常。{also}")
    if count:
        raise typer.Exit(1)


async def examine(
    settings: "Settings", clock: "Clock | None" = None, transport: "Transport" = None
) -> "list[Finding]":
    """All findings. `clock` and `transport` (to the platform and to ourselves) are for tests."""
    from app.checkup import account, configured, machine, platform
    from app.checkup.findings import softened
    from app.clock import Clock
    from app.commands.platform import one_sentence_is_enough
    from app.wechat.callback import time_of

    clock = clock or Clock(settings.now_offset)
    platforms = await time_of(settings.wechat.api_url, transport)
    stored, expected = _stored(settings, clock)
    with one_sentence_is_enough():
        asked = await account.check(settings.wechat, expected, transport)
    found = [
        *configured.check(settings),
        *machine.check_env_file(),
        *stored,
        machine.check_backups(settings.backup_folder, clock.wall()),
        *asked,
        platform.check_address(settings),
        await platform.check_callback(settings, clock, transport),
        await platform.check_metrics(settings, transport),
        platform.check_sign_in(settings),
        machine.check_offset(settings),
        machine.check_clock(clock.wall(), platforms),
    ]
    may_wait = frozenset() if configured.is_real_platform(settings.wechat) else MAY_WAIT
    return [softened(finding, may_wait) for finding in found]


def _stored(settings: "Settings", clock: "Clock") -> "tuple[list[Finding], Expected | None]":
    from app.checkup import machine, stored
    from app.checkup.findings import Verdict, wrong
    from app.commands.opening import DatabaseUnavailable, connected
    from app.crypto import Keyring

    keyring = Keyring(*settings.secrets)
    try:
        with connected(settings) as database:
            schema, *others = stored.check(database, keyring, clock)
            found = [schema, *others, machine.check_disk(database), machine.check_folders(database)]
            expected = stored.expected(database, clock) if schema.verdict is Verdict.FINE else None
            return found, expected
    except DatabaseUnavailable as error:
        return [wrong("数据库", error.message, "请检查 SHISHI_DATABASE_URL，可以对照 .env.example。")], None


def _campaign_file(file: Path, settings: "Settings") -> "Finding":
    from app.campaigns.loader import load_toml
    from app.checkup.findings import fine, wrong
    from app.errors import ShishiError

    try:
        definition = load_toml(file.read_text(encoding="utf-8-sig"), settings.zone)
    except UnicodeDecodeError:
        return wrong("活动文件", f"{file} 不是 UTF-8 编码", "请另存为 UTF-8 再试。")
    except ShishiError as error:
        return wrong("活动文件", f"{file} 有写错的地方", error.message)
    return fine("活动文件", f"{file} 写得对：{definition.title}（{definition.key}）")

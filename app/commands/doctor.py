"""`shishi doctor`: looking over the whole installation."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.checkup.findings import Finding
    from app.clock import Clock
    from app.settings import Settings
    from app.wechat.callback import Transport


def doctor() -> None:
    """检查设置、数据库、微信平台令牌和回调地址，说明要改什么。"""
    import asyncio

    from app.checkup.findings import Verdict
    from app.settings import Settings

    findings = asyncio.run(examine(Settings.load()))
    for finding in findings:
        typer.echo(str(finding))
    count = sum(finding.verdict is Verdict.WRONG for finding in findings)
    typer.echo(f"有 {count} 处要改。" if count else "都正常。")
    if count:
        raise typer.Exit(1)


async def examine(
    settings: "Settings", clock: "Clock | None" = None, transport: "Transport" = None
) -> "list[Finding]":
    """All findings. `clock` and `transport` (to the platform and to ourselves) are for tests."""
    from app.checkup import machine, platform
    from app.checkup.findings import fine
    from app.clock import Clock
    from app.wechat.callback import time_of

    clock = clock or Clock(settings.now_offset)
    platforms = await time_of(settings.wechat.api_url, transport)
    return [
        fine("设置", "齐全"),
        *_stored(settings, clock),
        await platform.check_token(settings.wechat, transport),
        platform.check_address(settings),
        await platform.check_callback(settings, clock, transport),
        machine.check_offset(settings),
        machine.check_clock(clock.wall(), platforms),
    ]


def _stored(settings: "Settings", clock: "Clock") -> "list[Finding]":
    from app.checkup import machine, stored
    from app.checkup.findings import wrong
    from app.commands.opening import DatabaseUnavailable, connected
    from app.crypto import Keyring

    keyring = Keyring(*settings.secrets)
    try:
        with connected(settings) as database:
            return [*stored.check(database, keyring, clock), machine.check_disk(database)]
    except DatabaseUnavailable as error:
        return [wrong("数据库", error.message, "请检查 SHISHI_DATABASE_URL，可以对照 .env.example。")]

"""Checks of the machine we run on: its clock and its disk."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from app.checkup.findings import Finding, fine, note, wrong
from app.database import Database
from app.settings import Settings

PUSH_WINDOW = timedelta(minutes=5)  # what the platform sends is refused when our clocks differ by more
TOLERABLE = timedelta(seconds=30)
SCARCE, TIGHT = 200 * 1024**2, 1024**3  # bytes


def check_offset(settings: Settings) -> Finding:
    if not settings.now_offset_seconds:
        return fine("时间", "没有人为调整")
    said = f"为演练调整了 {settings.now_offset_seconds:g} 秒，阶段和定时都按调整后的时间"
    return note("时间", said, "正式运行前，请去掉 SHISHI_NOW_OFFSET_SECONDS。")


def check_clock(ours: datetime, platforms: datetime | None) -> Finding:
    if platforms is None:
        return note("时钟", "平台没有报时，无从核对")
    apart = abs(ours - platforms)
    said = f"和平台相差 {apart.total_seconds():.0f} 秒"
    mend = "请打开这台机器的自动校时（NTP）。"
    if apart >= PUSH_WINDOW:
        return wrong("时钟", f"{said}，平台的消息会被当成过期而拒绝", mend)
    return fine("时钟", said) if apart <= TOLERABLE else note("时钟", said, mend)


def check_disk(database: Database) -> Finding:
    """Where the data lies; with a database elsewhere, where we run."""
    folder = Path(database.url.database or "").parent if database.is_sqlite else Path()
    free = shutil.disk_usage(folder).free
    said = f"还剩 {free / 1024**3:.1f} GB"
    mend = "请清理磁盘，或把数据移到更大的磁盘上。"
    if free < SCARCE:
        return wrong("磁盘", said, mend)
    return note("磁盘", said, mend) if free < TIGHT else fine("磁盘", said)

"""Checks of the machine we run on: its clock and its disk."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from app.checkup.findings import Finding, fine, note, wrong
from app.database import Database
from app.settings import Settings

PUSH_WINDOW = timedelta(minutes=5)  # what the platform sends is refused when our clocks differ by more
TOLERABLE = timedelta(seconds=30)
ENV_FILE = Path(".env")
LATE_BACKUP, OLD_BACKUP = timedelta(hours=26), timedelta(days=7)  # one a day, and an hour or two to make it
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


def check_folders(database: Database) -> Finding:
    """Where we have to write: beside an SQLite file it keeps two more, and uploads are put down for a moment."""
    folders = [Path(tempfile.gettempdir())]
    if database.is_sqlite:
        folders.append(Path(database.url.database or "").resolve().parent)
    shut = [str(folder) for folder in folders if not os.access(folder, os.W_OK | os.X_OK)]
    if shut:
        return wrong("文件夹", f"不能写入 {'、'.join(shut)}", "请把这些文件夹的权限给运行本服务的用户。")
    return fine("文件夹", "可以写入")


def check_env_file(file: Path = ENV_FILE) -> Iterator[Finding]:
    """Only where there is one: settings may come from elsewhere."""
    if file.is_file():
        open_to_others = stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
        mend = f"请运行 chmod 600 {file}，并确认它属于运行本服务的用户。"
        said = "这台机器上的别人也读得到，里面有密钥"
        yield note("设置文件", said, mend) if open_to_others else fine("设置文件", "只有自己读得到")


def check_backups(folder: str, wall: datetime) -> Finding:
    """The newest file there, by when it was written."""
    mend = "请看看每天的 shishi backup 为什么没有做成；先手工做一份。"
    if not folder:
        said = "没有设置 SHISHI_BACKUP_FOLDER，无从核对"
        return note("备份", said, "请安排每天运行 shishi backup，并把备份所在的文件夹填到这里。")
    try:
        written = [entry.stat().st_mtime for entry in os.scandir(folder) if entry.is_file()]
    except OSError:
        return wrong("备份", f"打不开 {folder}", "请核对 SHISHI_BACKUP_FOLDER，以及这个文件夹的权限。")
    if not written:
        return wrong("备份", f"{folder} 里一份也没有", mend)
    age = timedelta(seconds=wall.timestamp() - max(written))
    said = f"最近一份在 {age / timedelta(hours=1):.0f} 小时以前"
    if age > OLD_BACKUP:
        return wrong("备份", said, mend)
    return note("备份", said, mend) if age > LATE_BACKUP else fine("备份", said)

"""What a backup that fails says."""

from app.errors import ShishiError

IN_USE = "数据库还有程序在用，请先停下所有服务和后台。"


class BackupFailed(ShishiError):
    code = "backup_failed"

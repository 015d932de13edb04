"""What is left today of the account's quotas (/cgi-bin/openapi/quota/get): the published table is old, so ask."""

from typing import NamedTuple

from app import metrics
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, PlatformError

GET = "/cgi-bin/openapi/quota/get"
UNASKABLE = frozenset({76021, 76022})  # it does not know the path, or does not tell of it


class Quota(NamedTuple):
    """Calls a day."""

    limit: int
    left: int


async def left(client: WeChatClient, path: str) -> Quota | None:
    """None where the platform does not tell."""
    try:
        return await _ask(client, path)
    except CallFailed:
        return None


async def _ask(client: WeChatClient, path: str) -> Quota | None:
    """Raises CallFailed."""
    quota = (await client.call("POST", GET, json={"cgi_path": path})).get("quota") or {}
    if "daily_limit" not in quota or "remain" not in quota:
        return None
    return Quota(int(quota["daily_limit"]), int(quota["remain"]))


class QuotaWatch:
    """Told to the metrics, for what this process has called since it last looked: who is idle asks nothing."""

    def __init__(self, client: WeChatClient) -> None:
        self._client = client
        self._unaskable = {GET}

    async def look(self) -> None:
        """What cannot be told now is asked for another time."""
        paths = self._client.called - self._unaskable
        self._client.called.clear()
        for path in sorted(paths):
            try:
                quota = await _ask(self._client, path)
            except PlatformError as error:
                if error.errcode not in UNASKABLE:
                    return
                self._unaskable.add(path)
            except CallFailed:
                return
            else:
                if quota is not None:
                    metrics.QUOTA_LIMIT.labels(path).set(quota.limit)
                    metrics.QUOTA_LEFT.labels(path).set(quota.left)

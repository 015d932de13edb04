"""What is left today of the account's quotas (/cgi-bin/openapi/quota/get): the published table is old, so ask."""

from app import metrics
from app.wechat.client import WeChatClient
from app.wechat.errors import CallFailed, PlatformError

GET = "/cgi-bin/openapi/quota/get"
UNASKABLE = frozenset({76021, 76022})  # it does not know the path, or does not tell of it


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
                answer = await self._client.call("POST", GET, json={"cgi_path": path})
            except PlatformError as error:
                if error.errcode not in UNASKABLE:
                    return
                self._unaskable.add(path)
            except CallFailed:
                return
            else:
                _tell(path, answer.get("quota") or {})


def _tell(path: str, quota: dict[str, int]) -> None:
    if "remain" in quota and "daily_limit" in quota:
        metrics.QUOTA_LEFT.labels(path).set(quota["remain"])
        metrics.QUOTA_LIMIT.labels(path).set(quota["daily_limit"])

"""One exchange with the platform, as the metrics count it."""

from time import perf_counter
from types import TracebackType

from app import metrics
from app.wechat.errors import REACTIONS, NotSent, PlatformError


class Counted:
    """Around an exchange. `path` is one of the code's own; a code we do not know counts as other."""

    __slots__ = ("_begun", "_path")

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._begun = perf_counter()

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        metrics.PLATFORM_CALL_SECONDS.labels(self._path).observe(perf_counter() - self._begun)
        metrics.PLATFORM_CALLS.labels(self._path, _code(error)).inc()


def _code(error: BaseException | None) -> str:
    match error:
        case None:
            return "0"
        case PlatformError():
            return str(error.errcode) if error.errcode in REACTIONS else "other"
        case NotSent():
            return "not_sent"
        case _:  # Unanswered, or given up while it was awaited
            return "unanswered"

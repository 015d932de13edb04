"""The query of a callback: which parameters it has, and when it was signed. Pure."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from app.errors import ShishiError

TIME_WINDOW = 300  # seconds either way


class Refused(ShishiError):
    """A request that is not a push of the platform, or not one for us. `status` is 400 or 403."""

    code = "refused_callback"

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def parameters(query: bytes) -> dict[str, str]:
    """The query's parameters; one given twice, or as an array, is no push of the platform."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise Refused("malformed query") from None
    said = dict(pairs)
    if len(said) != len(pairs) or any("[" in key for key in said):
        raise Refused("repeated parameter")
    return said


def check_time(said: Mapping[str, str], now: float) -> None:
    timestamp = said["timestamp"]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise Refused("malformed timestamp")
    if abs(int(timestamp) - now) > TIME_WINDOW:
        raise Refused("outside the time window", 403)

"""Keys by which the platform knows messages and jobs again, another one each time they are sent anew."""

from sqlalchemy import ColumnElement, func

from models import Delivery

ANOTHER = "r"  # once for each time


def suffix_of(key: str) -> str:
    return key[len(key.rstrip(ANOTHER)) :]


def job_key(broadcast_id: int, number: int, suffix: str) -> str:
    """Of a mass job: the same as long as it is the same job."""
    return f"b{broadcast_id}-{number}{suffix}"


def times_anew() -> ColumnElement[int]:
    """How often somebody has had a delivery sent anew."""
    return func.length(Delivery.key) - func.length(func.rtrim(Delivery.key, ANOTHER))


def has_suffix(suffix: str) -> ColumnElement[bool]:
    """Of deliveries."""
    return times_anew() == len(suffix)

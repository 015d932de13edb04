"""Why ballots do not count, in the words that everybody reads. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from models.enums import InvalidReason

REASON_TITLES: Mapping[InvalidReason, str] = MappingProxyType(
    {
        InvalidReason.MACHINE: "由程序投出，不是人投的",
        InvalidReason.NOT_OWN: "不是本人投的",
        InvalidReason.NOT_ENTITLED: "不在这一轮投票的范围里",
        InvalidReason.INDUCED: "受人指使，或者拿好处投的",
        InvalidReason.OTHER: "其他原因",
    }
)


def told(counts: Mapping[InvalidReason, int]) -> str:
    """How many for which reason: "3 张由程序投出，不是人投的；1 张其他原因"."""
    return "；".join(f"{number:,} 张{REASON_TITLES[reason]}" for reason, number in counts.items())

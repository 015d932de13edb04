"""What is fixed of a round before its first ballot, as the archive begins with it. Pure."""

from typing import Any

from app.ballots.choices import Slip
from app.ballots.lines import GENESIS, link

VERSION = 1


def manifest(
    *,
    campaign: str,
    round_id: int,
    title: str,
    ballot_type: str,
    slip: Slip,
    titles: dict[int, str],
    electorate: dict[str, Any],
    seed: str,
) -> dict[str, Any]:
    """`titles` are the candidates', by number; `electorate` as the API shows it."""
    return {
        "archive": VERSION,
        "campaign": campaign,
        "round": str(round_id),
        "title": title,
        "ballot_type": ballot_type,
        "min_choices": slip.min_choices,
        "max_choices": slip.max_choices,
        "candidates": [{"number": number, "title": titles[number]} for number in slip.numbers],
        "electorate": electorate,
        "seed": seed,
    }


def head_at_open(fixed: dict[str, Any]) -> str:
    """The hash that the first ballot follows."""
    return link(GENESIS, fixed)

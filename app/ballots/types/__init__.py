"""The types of ballot there are: one file each, one line here. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from app.ballots.types.approval import Approval
from app.ballots.types.ballot_type import BallotType
from app.ballots.types.yes_no_abstain import YesNoAbstain
from app.errors import Invalid

TYPES: Mapping[str, BallotType] = MappingProxyType({type.key: type for type in (Approval(), YesNoAbstain())})


def by_key(key: str) -> BallotType:
    """Raises Invalid."""
    if key not in TYPES:
        raise Invalid(f"没有“{key}”这种选票，可以用：{'、'.join(TYPES)}。")
    return TYPES[key]

"""The chain of the box and of the archive: lines of JSON, each hashed together with the one before. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.ballots.choices import BLOCK, Slip, Stance, unpack

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

GENESIS = "0" * 64


def link(previous: str, line: Mapping[str, Any]) -> str:
    """The hash of `line` behind the line whose hash is `previous`: SHA-256 over that hash and canonical JSON."""
    return hashlib.sha256((previous + _encode(line)).encode()).hexdigest()


def ballot_line(seq: int, receipt: str, replaces: int | None, commitment: str) -> dict[str, Any]:
    """What the chain has of a ballot: that it was cast and what it replaces, not who cast it nor for what."""
    return {"ballot": seq, "receipt": receipt, "replaces": replaces, "commitment": commitment}


def invalid_line(seq: int, reason: str) -> dict[str, Any]:
    """What the archive has of a ballot that two persons made invalid; after all ballots."""
    return {"invalid": seq, "reason": reason}


def choice_lines(packed: bytes, slip: Slip) -> Iterator[dict[str, Any]]:
    """What the archive has of the choices that count: `packed` one behind the other, sorted."""
    size = len(slip.numbers)
    for at in range(0, len(packed), BLOCK):
        choices = unpack(packed[at : at + BLOCK], size)
        yield {"for": slip.chosen(choices, Stance.FOR), "against": slip.chosen(choices, Stance.AGAINST)}


def tally_line(tally: Mapping[str, Any]) -> dict[str, Any]:
    """The archive's last line."""
    return {"tally": {"ballots": tally["ballots"], "counts": tally["counts"]}}


def last_hash(previous: str, lines: Iterable[Mapping[str, Any]]) -> str:
    """Where a chain ends that goes on from `previous` with `lines`."""
    for line in lines:
        previous = link(previous, line)
    return previous


def written(line: Mapping[str, Any], hash: str) -> str:
    """The line as it stands in the archive, with its line break."""
    return _encode({**line, "hash": hash}) + "\n"

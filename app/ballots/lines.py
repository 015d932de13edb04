"""The chain of the box and of the archive: lines of JSON, each hashed together with the one before. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

GENESIS = "0" * 64


def link(previous: str, line: Mapping[str, Any]) -> str:
    """The hash of `line` behind the line whose hash is `previous`: SHA-256 over that hash and canonical JSON."""
    return hashlib.sha256((previous + _encode(line)).encode()).hexdigest()


def ballot_line(seq: int, receipt: str, replaces: int | None, commitment: str) -> dict[str, Any]:
    """What the chain has of a ballot: that it was cast and what it replaces, not who cast it nor for what."""
    return {"ballot": seq, "receipt": receipt, "replaces": replaces, "commitment": commitment}

"""The verifier: an archive that was changed is never taken for whole, and nothing in one breaks it."""

import json
from collections.abc import Sequence
from random import Random

import pytest

from app.ballots import verifying
from app.ballots.verifying import Verdict, Wrong
from tests.app.ballots.conftest import polling, station
from tests.app.ballots.station import Station
from tests.app.ballots.test_archive import lines_of, rehashed, voted
from tests.fuzz.spoiling import spoilt

__all__ = ["polling", "station"]

pytestmark = pytest.mark.long

TRIES = 20_000
WORDS = (b'"hash":"', b'"ballot":', b"null", b"[]", b"{}", b"true", b"NaN", b"1e999", b"\n", b'"for":[1]')


def verdict_on(lines: Sequence[str], head: str) -> Verdict | None:
    try:
        return verifying.verify(lines, head)
    except Wrong:
        return None


@pytest.mark.parametrize("ballot_type", ["approval", "yes_no_abstain"])
def test_nothing_spoilt_passes(station: Station, ballot_type: str) -> None:
    lines = lines_of(station, voted(station, ballot_type=ballot_type))
    head, sound = verifying.verify(lines).head, "".join(lines).encode()
    chance = Random(1)
    for _ in range(TRIES):
        data = spoilt(chance, sound, WORDS)
        read = data.decode(errors="replace").splitlines(keepends=True)
        assert data == sound or verdict_on(read, head) is None, data


@pytest.mark.parametrize("ballot_type", ["approval", "yes_no_abstain"])
def test_nothing_forged_by_who_knows_the_chain_passes_for_the_published_one(
    station: Station, ballot_type: str
) -> None:
    """Without the published head one may pass, if it fits together; but it never breaks the verifier."""
    lines = lines_of(station, voted(station, ballot_type=ballot_type))
    head, chance, well_made = verifying.verify(lines).head, Random(4), 0
    for _ in range(TRIES):
        place = chance.randrange(len(lines))
        try:
            line = json.loads(spoilt(chance, lines[place].encode(), WORDS, most=2))
            forged = rehashed([*lines[:place], json.dumps(line), *lines[place + 1 :]], place)
        except (ValueError, AttributeError):
            continue
        if forged == lines:
            continue
        well_made += 1
        verdict_on(forged, "")
        assert verdict_on(forged, head) is None, forged[place]
    assert well_made > TRIES / 100

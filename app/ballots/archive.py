"""The public, anonymous archive of a round: first its ballots in the order of the box, then which of
them two persons made invalid, then the choices that count, sorted.

The two lists share no key, so that nobody learns which choices belong to which receipt. Every line is chained to
the one before: see app.ballots.verifying, which needs nothing but the file.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots import invalid, queries
from app.ballots.choices import Slip
from app.ballots.lines import (
    GENESIS,
    ballot_line,
    choice_lines,
    invalid_line,
    last_hash,
    link,
    tally_line,
    written,
)
from app.ballots.manifest import manifest
from app.ballots.queries import BALLOTS
from app.ballots.rules import STATE_TITLES, Sealed
from models import Box, Round
from models.enums import RoundState

ROWS_AT_ONCE = 5000
SEALED_STATES = (RoundState.DRAFT, RoundState.OPEN)


def lines(session: Session, round: Round, campaign_key: str) -> Iterator[str]:
    """The whole archive, line by line. Raises Sealed until the round is closed."""
    if round.state in SEALED_STATES:
        raise Sealed(f"这一轮投票{STATE_TITLES[round.state]}，截止以后才能存档。")
    fixed = manifest_of(session, round, campaign_key)
    head = GENESIS
    for line in chain([fixed], _ballots(session, round.id), _after_the_ballots(session, round, fixed)):
        head = link(head, line)
        yield written(line, head)


def head(session: Session, round: Round, fixed: dict[str, Any]) -> str:
    """The hash of the archive's last line: to be made public, so that no other archive can pass for this one."""
    box = session.get_one(Box, round.id)
    return last_hash(box.head, _after_the_ballots(session, round, fixed))


def manifest_of(session: Session, round: Round, campaign_key: str) -> dict[str, Any]:
    """What is fixed of a round that is released."""
    candidates = queries.candidates_of(session, round.id)
    titles = {candidate.number: candidate.title for candidate in candidates if candidate.number is not None}
    return manifest(
        campaign=campaign_key,
        round_id=round.id,
        title=round.title,
        ballot_type=round.ballot_type,
        slip=Slip(tuple(titles), round.min_choices, round.max_choices),
        titles=titles,
        electorate=round.electorate,
        seed=round.seed,
    )


def _ballots(session: Session, round_id: int) -> Iterator[dict[str, Any]]:
    columns = BALLOTS.c
    of_it = select(columns.seq, columns.receipt, columns.replaces, columns.commitment)
    in_order = of_it.where(columns.round_id == round_id).order_by(columns.seq)
    with closing(session.execute(in_order.execution_options(yield_per=ROWS_AT_ONCE))) as rows:
        for row in rows:
            yield ballot_line(*row)


def _after_the_ballots(session: Session, round: Round, fixed: dict[str, Any]) -> Iterable[dict[str, Any]]:
    numbers = tuple(each["number"] for each in fixed["candidates"])
    packed = session.get_one(Box, round.id).counted
    assert packed is not None, "a round that is closed is counted"
    slip = Slip(numbers, round.min_choices, round.max_choices)
    found = invalid.agreed(session, round.id).items()
    struck_out = (invalid_line(seq, reason) for seq, reason in found)
    return chain(struck_out, choice_lines(packed, slip), [tally_line(round.tally or {})])

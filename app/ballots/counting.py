"""Opening the box: all ballots at once at the close, those that count in no order that tells whose they were."""

from typing import Any

from sqlalchemy import ColumnElement, Table, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from app.ballots import archive, invalid
from app.ballots.choices import BLOCK, in_order
from app.ballots.keys import RoundKey
from app.ballots.queries import BALLOTS, RoundView
from app.ballots.tally import tally
from app.errors import ShishiError
from models import Box, Round

BOXES: Table = Box.metadata.tables[Box.__tablename__]
# As the driver gives them, and few alive at a time: copying bytes and collecting garbage cost more than reading.
PLAIN_CHOICES: ColumnElement[Any] = type_coerce(BALLOTS.c.choices, NullType)
ROWS_AT_ONCE = 2000


class BoxBroken(ShishiError):
    """Somebody has been at the box: what is in it cannot be what was cast."""

    status = 500
    code = "box_broken"


def opened(session: Session, round_id: int, key: RoundKey) -> bytes:
    """The choices that count, packed: the last of each voter, unless it was made invalid.

    Raises BoxBroken where ballots are missing.
    """
    of_it = select(PLAIN_CHOICES).where(BALLOTS.c.round_id == round_id).order_by(BALLOTS.c.seq)
    slices = session.scalars(of_it.execution_options(yield_per=ROWS_AT_ONCE)).partitions()
    sealed = b"".join(b"".join(some) for some in slices)
    size = session.scalar(select(BOXES.c.size).where(BOXES.c.round_id == round_id)) or 0
    if len(sealed) != size * BLOCK:
        raise BoxBroken("票箱里的选票数目和记录对不上，请先停下来，联系负责人核查。")
    whole = key.seal(sealed, 1)
    replaced = select(BALLOTS.c.replaces).where(BALLOTS.c.round_id == round_id, BALLOTS.c.replaces.is_not(None))
    gone = {*session.scalars(replaced), *invalid.agreed(session, round_id)}
    if not gone:
        return whole
    return b"".join(whole[at * BLOCK : (at + 1) * BLOCK] for at in range(size) if at + 1 not in gone)


def write_down(session: Session, round: Round, view: RoundView, campaign_key: str) -> None:
    """Count, and keep what it came to with the head of the archive. The round is locked, its key still kept."""
    assert view.fixed.key is not None, "a round is counted before it is published"
    packed = opened(session, round.id, view.fixed.key)
    session.get_one(Box, round.id).counted = b"".join(in_order(packed))
    counted = tally(packed, view.slip, round.seed).to_json()
    round.tally = counted
    session.flush()
    head = archive.head(session, round, archive.manifest_of(session, round, campaign_key))
    round.tally = {**counted, "head": head}
    session.flush()

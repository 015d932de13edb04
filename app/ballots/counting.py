"""Opening the box: all ballots at once at the close, those that count in no order that tells whose they were."""

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.ballots.choices import BLOCK, in_order
from app.ballots.keys import RoundKey
from app.ballots.queries import BALLOTS
from app.errors import ShishiError
from models import Box

BOXES: Table = Box.metadata.tables[Box.__tablename__]


class BoxBroken(ShishiError):
    """Somebody has been at the box: what is in it cannot be what was cast."""

    status = 500
    code = "box_broken"


def opened(session: Session, round_id: int, key: RoundKey) -> bytes:
    """The choices that count, packed and sorted: the last of each voter. Raises BoxBroken if some are missing."""
    of_it = select(BALLOTS.c.choices, BALLOTS.c.replaces).where(BALLOTS.c.round_id == round_id)
    rows = session.execute(of_it.order_by(BALLOTS.c.seq)).all()
    size = session.scalar(select(BOXES.c.size).where(BOXES.c.round_id == round_id))
    if size != len(rows):
        raise BoxBroken("票箱里的选票数目和记录对不上，请先停下来，联系负责人核查。")
    whole = key.seal(b"".join([row.choices for row in rows]), 1)
    replaced = {row.replaces for row in rows if row.replaces}
    kept = b"".join(whole[at * BLOCK : (at + 1) * BLOCK] for at in range(size) if at + 1 not in replaced)
    return b"".join(in_order(kept if replaced else whole))

"""At the start, a bit at a time, what is alike is read in, so that the first who ask are not told half of it."""

import asyncio
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.campaigns import queries as campaigns
from app.campaigns.queries import NoCampaign
from app.clock import Clock
from app.database import Database
from app.proposals.alike.kept import Busy, read_ahead

AT_ONCE = 40  # proposals: a few hundredths of a second, in which nobody else can look

log = structlog.get_logger(__name__)


async def read_all_ahead(database: Database, clock: Clock, stopped: asyncio.Event) -> None:
    """Until all proposals of the present campaign are known. It rests as long as it works: chat goes on."""
    is_behind = True
    while is_behind and not stopped.is_set():
        begun = monotonic()
        is_behind = await asyncio.to_thread(_read_some, database, clock)
        await asyncio.sleep(monotonic() - begun)


def _read_some(database: Database, clock: Clock) -> bool:
    """Whether there is more. What fails now is read in when somebody asks."""
    try:
        with database.reading() as session:
            return read_ahead(session, campaigns.current(session, clock).id, AT_ONCE)
    except Busy:
        return True
    except NoCampaign:
        return False
    except SQLAlchemyError:
        log.exception("reading ahead failed")
        return False

"""Writing down what the platform has answered: nobody else knows it, so a failing database is asked again."""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.writer import Call, T, Writer

DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # seconds before each repeat: two minutes in all

log = structlog.get_logger(__name__)


async def insist(writer: Writer, function: Callable[[Session], T]) -> T:
    """What `function` returns once it is committed; it may run again after a commit nobody heard of.

    Raises what the database said last, after two minutes.
    """
    for delay in DELAYS:
        try:
            return await writer.ask(Call(function))
        except SQLAlchemyError as error:
            log.warning("answers not written", error=type(error).__name__, again_in=delay)
        await asyncio.sleep(delay)
    return await writer.ask(Call(function))

"""Reaching the platform from a command: a client and a writer that end with it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog

from app.commands.opening import Opened
from app.crypto import Keyring
from app.wechat.client import WeChatClient, connect
from app.writer import Writer


@asynccontextmanager
async def reaching(bench: Opened) -> AsyncIterator[tuple[WeChatClient, Writer]]:
    settings, writer = bench.settings, Writer(bench.database)
    keyring = Keyring(*settings.secrets)
    client = connect(settings.wechat, writer=writer, keyring=keyring, clock=bench.clock)
    writer.start()
    try:
        with one_sentence_is_enough():
            yield client, writer
    finally:
        await client.close()
        await asyncio.to_thread(writer.stop)


@contextmanager
def one_sentence_is_enough() -> Iterator[None]:
    """Whoever sits at the command line is told by the error what went wrong, not by the log as well."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)

"""Reaching the platform from a command: a client and a writer that end with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.commands.opening import Opened
from app.crypto import Keyring
from app.wechat.client import WeChatClient, connect
from app.writer import Writer


@asynccontextmanager
async def reaching(bench: Opened) -> AsyncIterator[tuple[WeChatClient, Writer]]:
    settings, writer = bench.settings, Writer(bench.database)
    keyring = Keyring(settings.secret_key.get_secret_value(), settings.previous_secret_key.get_secret_value())
    client = connect(settings.wechat, writer=writer, keyring=keyring, clock=bench.clock)
    writer.start()
    try:
        yield client, writer
    finally:
        await client.close()
        await asyncio.to_thread(writer.stop)

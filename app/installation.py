"""What one process of the service is made of; built once, handed to every door."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from sqlalchemy.orm import Session

from app.broadcasts.openings import Openings
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.settings import Settings
from app.wechat.client import WeChatClient, connect
from app.wechat.jssdk import Signer
from app.wechat.oauth import SignIn
from app.writer import Call, Reader, Writer

T = TypeVar("T")


@dataclass
class Installation:
    """`wake` is set whenever something was enqueued, so that it leaves at once."""

    settings: Settings
    clock: Clock
    database: Database
    keyring: Keyring
    writer: Writer
    reader: Reader
    wechat: WeChatClient
    sign_in: SignIn
    openings: Openings
    signer: Signer
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop = field(init=False, repr=False)

    @classmethod
    def build(
        cls, settings: Settings, *, clock: Clock | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> "Installation":
        """`clock` and `transport` (to the platform) are for tests and rehearsals."""
        clock = clock or Clock(settings.now_offset)
        database = Database(settings.database_url)
        keyring = Keyring(*settings.secrets)
        writer = Writer(database)
        wechat = connect(settings.wechat, writer=writer, keyring=keyring, clock=clock, transport=transport)
        sign_in = SignIn(wechat, database, writer, keyring, clock)
        openings = Openings(writer, clock)
        return cls(
            settings,
            clock,
            database,
            keyring,
            writer,
            Reader(database),
            wechat,
            sign_in,
            openings,
            Signer(wechat, clock),
        )

    def write(self, function: Callable[[Session], T]) -> T:
        """Write and wait for the commit, from a door's own thread."""
        return self.writer.run(function)

    async def write_soon(self, function: Callable[[Session], T]) -> T:
        """The same from the event loop."""
        return await self.writer.ask(Call(function))

    def start(self) -> None:
        """To be called in the event loop that will do the work."""
        self._loop = asyncio.get_running_loop()
        self.writer.start()
        self.reader.start()

    def wake_up(self) -> None:
        """Something was enqueued; may be said from any thread."""
        self._loop.call_soon_threadsafe(self.wake.set)

    async def close(self) -> None:
        await self.wechat.close()
        await asyncio.to_thread(self.writer.stop)
        await asyncio.to_thread(self.reader.stop)
        self.database.close()

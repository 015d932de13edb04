"""People talk to a server that is killed again and again, at moments drawn from a seed."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.settings import Settings
from tests.crash.dialogue import Script
from tests.crash.server import Server
from tests.crash.worker import Worker
from tests.fixtures.platforms import account_of

SEED = 2018
LONGEST = 0.02  # seconds from what sets off a kill to the kill: longer than a turn takes


@dataclass
class Siege:
    """`check` is called whenever the server is dead: what does it hold of what the workers have heard?"""

    server: Server
    workers: list[Worker]
    moments: list[int]  # with which message or answer, counted over all workers, each kill is set off
    check: Callable[[list[Worker]], None]
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    seen: int = 0
    strikes: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            killing = tasks.create_task(self._kill_and_restart())
            talking = [tasks.create_task(worker.talk(self._watch)) for worker in self.workers]
            await asyncio.wait([killing, *talking])

    def _watch(self) -> None:
        """At once, a kill meets answers of the same batch, committed and not yet heard; later, anything."""
        self.seen += 1
        if self.seen in self.moments:
            delay = self.chance.choice((0, self.chance.uniform(0, LONGEST)))
            asyncio.get_running_loop().call_later(delay, self.strikes.put_nowait, None)

    async def _kill_and_restart(self) -> None:
        for _ in self.moments:
            await self.strikes.get()
            await self.server.kill()
            self.check(self.workers)
            await self.server.start()


async def besieged(
    settings: Settings,
    directory: Path,
    scripts: Sequence[Sequence[Script]],
    check: Callable[[list[Worker]], None],
    kills: int,
) -> list[Worker]:
    """One worker for each row of `scripts`, all said to the end; the server is killed once more after that."""
    async with _running(Server(settings, directory)) as server:
        account = account_of(settings.wechat)
        workers = [Worker(number, own, account, server) for number, own in enumerate(scripts)]
        messages = sum(len(script.messages()) for own in scripts for script in own)
        moments = random.Random(SEED).sample(range(1, 2 * messages), kills)
        await Siege(server, workers, sorted(moments), check).run()
        await server.kill()
        check(workers)
    return workers


@asynccontextmanager
async def _running(server: Server) -> AsyncIterator[Server]:
    await server.start()
    try:
        yield server
    finally:
        await server.kill()

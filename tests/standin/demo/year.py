"""The whole year, played into the demonstration that is about to run: its calendar moves as a rehearsal's does.

The service is started anew for each of its days, with another SHISHI_NOW_OFFSET_SECONDS.
"""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.standin.demo.errors import CannotRun
from tests.standin.demo.place import Place
from tests.standin.demo.secrets import Secrets
from tests.standin.demo.steps import Steps
from tests.year.calendar import BEFORE
from tests.year.play import play
from tests.year.stage import Ran

INTRODUCTION = """
正在把 2018 年的整场活动演一遍：通知、征集、收表、梳理、投票、公布、存档，三百位职工，两千张选票。
大约要五分钟，可以泡杯茶。演完以后，每个页面都有内容可看。
"""


def days_before() -> int:
    """Where the calendar stands while all is prepared: seconds from now."""
    return _offset_to(BEFORE - timedelta(days=1))


class RunningStage:
    """A Stage that reaches the running demonstration over the network."""

    def __init__(
        self, place: Place, secrets: Secrets, steps: Steps, restart: Callable[[int], Awaitable[None]]
    ) -> None:
        """`restart` the service so many seconds from now, in its calendar."""
        self.service_url, self.standin_url = place.service_url, place.standin_url
        self.transport: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(retries=3)
        self.passwords = {one.name: one.password for one in secrets.operators}
        self.tokens = {one.name: one.token for one in secrets.operators}
        self._steps = steps
        self._restart = restart

    async def go_to(self, moment: datetime) -> None:
        await self._restart(_offset_to(moment))

    async def let_pass(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def shishi(self, *arguments: str) -> Ran:
        return Ran(*await self._steps.tried(*arguments))

    def tell(self, said: str) -> None:
        print(said, flush=True)


def _offset_to(moment: datetime) -> int:
    return int((moment - datetime.now(UTC)).total_seconds())


async def play_year(stage: RunningStage, after: Callable[[str], Awaitable[None]]) -> None:
    """`after` each act, see play(). Raises CannotRun when what happens is not what should have."""
    print(INTRODUCTION, flush=True)
    try:
        await play(stage, after)
    except (AssertionError, httpx.TransportError) as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{Path(at.filename).name}:{at.lineno} {str(error)[:1000] or at.line}"
        raise CannotRun(f"演到一半走了样：{what}\nThe play went wrong there; see the logs.") from error
    finally:
        await stage.transport.aclose()

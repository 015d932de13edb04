"""Putting the service together: the one place that wires."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import httpx
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app import api, console, h5, tracing
from app.ballots.running import settle_all
from app.broadcasts.driving import Driver
from app.broadcasts.leftovers import Leftovers
from app.broadcasts.openings import WRITTEN_EVERY
from app.broadcasts.untagging import TagKeeper
from app.clock import Clock
from app.installation import Installation
from app.jobs.housekeeping import CHORES, Chore
from app.jobs.loop import Jobs
from app.jobs.menu_keeping import MenuKeeper
from app.jobs.reading_ahead import read_all_ahead
from app.jobs.tending import Tending
from app.logging import configure_logging
from app.outbox.channels import all_channels
from app.outbox.channels.tags import MassTags
from app.outbox.delivery import Courier
from app.outbox.heartbeats import Pulse
from app.privacy import retention
from app.proposals.reminding import Reminders
from app.settings import Settings
from app.triage.phases import freeze_all_due
from app.wechat.quotas import QuotaWatch
from wechat_handlers.codec import Codec
from wechat_handlers.routes import ChatDoor
from wechat_handlers.visit import House

CALLBACK = "/wechat"
QUOTA_SECONDS = 600  # between looks at what is left of the quotas that are being used
MENU_SECONDS = 10  # between looks at whether the phase has changed
TAG_SECONDS = 30  # between looks at whether a tag of ours is not needed any more
LEFTOVER_SECONDS = 1  # between looks at whether much was cancelled or is to be sent again


class Service(FastAPI):
    """FastAPI with two doors before it, for what comes by the thousand: its way costs more than the answers."""

    chat_door: ChatDoor
    pages: h5.Pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path:
            tracing.begin(scope["headers"])
        if path == CALLBACK:
            await self.chat_door(scope, receive, send)
        elif path.startswith(f"{h5.PREFIX}/"):
            await self.pages({**scope, "root_path": scope["root_path"] + h5.PREFIX}, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    settings: Settings,
    *,
    background: bool = True,
    ahead: bool = False,
    clock: Clock | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Service:
    """The whole service. `background` also delivers and keeps house; `ahead` reads in at the start what the first
    to ask would miss; `clock` and `transport` are for tests.
    """
    installation = Installation.build(settings, clock=clock, transport=transport)
    configure_logging(installation.keyring)
    app = Service(
        title="shishi",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_life(installation, background, ahead),
    )
    app.state.installation = installation
    app.chat_door = ChatDoor(
        Codec(settings.wechat),
        installation.writer,
        House(settings, installation.keyring, installation.clock),
        installation.clock,
        installation.wake_up,
    )
    app.pages = h5.Pages(installation)
    api.mount(app, installation)
    console.mount(app, installation)

    return app


def run_worker(settings: Settings) -> None:
    """Background work alone, until SIGINT or SIGTERM."""
    installation = Installation.build(settings)
    configure_logging(installation.keyring)
    asyncio.run(_work(installation))


async def _work(installation: Installation) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with _running(installation, background=True):
        await stopped.wait()


def _life(
    installation: Installation, background: bool, ahead: bool
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    return lambda _app: _running(installation, background, ahead)


@asynccontextmanager
async def _running(installation: Installation, background: bool, ahead: bool = False) -> AsyncIterator[None]:
    installation.start()
    standing, stopped = _standing(installation), asyncio.Event()
    counting = Tending(installation.openings.write, WRITTEN_EVERY)
    quotas = Tending(QuotaWatch(installation.wechat).look, QUOTA_SECONDS)
    always = (counting, quotas)
    tasks = [asyncio.create_task(one.run()) for one in (*always, *(standing if background else ()))]
    if ahead:
        reading = read_all_ahead(installation.database, installation.clock, stopped)
        tasks.append(asyncio.create_task(reading))
    try:
        yield
    finally:
        for one in (*always, *standing):
            one.stop()
        stopped.set()
        await asyncio.gather(*tasks)
        await installation.openings.write()
        await installation.close()


def _standing(installation: Installation) -> tuple[Jobs | Driver | Tending, ...]:
    """What goes on without anybody asking."""
    keeper = MenuKeeper(installation.wechat, installation.writer, installation.clock)
    leftovers = Leftovers(installation.writer, installation.clock)
    tags = TagKeeper(MassTags(installation.wechat), installation.writer, installation.clock)
    tended = (keeper.tend, MENU_SECONDS), (leftovers.tend, LEFTOVER_SECONDS), (tags.tend, TAG_SECONDS)
    return _jobs(installation), _driver(installation), *(Tending(tend, seconds) for tend, seconds in tended)


def _driver(installation: Installation) -> Driver:
    settings, wechat = installation.settings, installation.wechat
    return Driver.of(settings, wechat, installation.writer, installation.keyring, installation.clock)


def _jobs(installation: Installation) -> Jobs:
    channels = all_channels(installation.wechat, installation.keyring)
    courier = Courier.of(installation.settings, channels, installation.writer, installation.clock)
    clock, keyring = installation.clock, installation.keyring
    reminders = Reminders.of(installation.settings, clock)
    keep = timedelta(days=installation.settings.privacy.keep_days)
    timers: tuple[Chore, ...] = (
        Pulse(clock).beat,
        lambda session, _now: freeze_all_due(session, clock),
        lambda session, _now: settle_all(session, keyring, clock),
        lambda session, _now: reminders.owe(session),
    )
    expiring: Chore = lambda session, _now: retention.expire(session, keep, clock) if keep else 0  # noqa: E731
    return Jobs(courier, installation.writer, clock, installation.wake, chores=(expiring, *CHORES), timers=timers)

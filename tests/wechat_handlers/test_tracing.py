"""A request's word stands in every line of the log about it, from the callback to the call of the platform."""

import asyncio
import uuid

import pytest
import structlog
from sqlalchemy import select
from starlette.types import ASGIApp, Receive, Scope, Send

from app import tracing
from app.wechat import menus
from app.writer import Call
from models import Delivery
from tests.fixtures.logs import Written
from tests.fixtures.platforms import Doorstep
from tests.fixtures.service import RunningService
from tests.wechat_handlers.test_sick_database import LONGEST_WAIT, hear, held_up

WORD = "0123456789abcdef0123456789abcdef"  # as nginx makes them; as long as a secret may be
ANOTHER = "f" * 16


class Proxy:
    """Before the service: gives each request the next word."""

    def __init__(self, app: ASGIApp, *words: str) -> None:
        self._app = app
        self._words = iter(words)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = (b"x-request-id", next(self._words).encode())
        await self._app({**scope, "headers": [*scope["headers"], given]}, receive, send)


async def test_from_a_late_answer_to_the_platform(
    service: RunningService, doorstep: Doorstep, logged: Written
) -> None:
    worker = service.worker()
    heard = hear(service.platform, worker, 1)
    await menus.current(service.installation.wechat)  # so that it has its token
    service.platform.faults.busy = 1
    doorstep.app = Proxy(service.app, WORD, ANOTHER)
    with held_up(service):
        for said in ("我要提案", "帮助"):
            await service.platform.say(worker.openid, said)
    await asyncio.wait_for(heard.wait(), LONGEST_WAIT)
    async with asyncio.timeout(LONGEST_WAIT):
        while len(logged.of("late answer delivered")) < 2:
            await asyncio.sleep(0.01)
    with service.database.reading() as session:
        rows = {row.about: row.id for row in session.scalars(select(Delivery))}
    assert rows.keys() == {f"request:{WORD}", f"request:{ANOTHER}"}
    assert [entry["request"] for entry in logged.of("answer late")] == [WORD, ANOTHER]
    assert [entry["path"] for entry in logged.of("platform refused")] == ["/cgi-bin/message/custom/send"]
    for event in ("late answer delivered", "platform refused"):
        for entry in logged.of(event):
            assert entry["delivery"] == rows[f"request:{entry['request']}"]


async def test_without_a_proxy_we_make_one(service: RunningService, logged: Written) -> None:
    worker = service.worker()
    with held_up(service):
        await service.platform.say(worker.openid, "帮助")
    [late] = logged.of("answer late")
    assert len(late["request"]) == 16


async def test_what_a_piece_of_writing_logs_is_about_its_own_request(
    service: RunningService, logged: Written
) -> None:
    words = [uuid.uuid4().hex for _ in range(3)]

    async def ask(word: str) -> None:
        tracing.request.set(word)
        await service.installation.writer.ask(Call(lambda _session: structlog.get_logger("x").info("in a batch")))
        structlog.get_logger("x").info("after it")

    with held_up(service):
        waiting = [asyncio.create_task(ask(word)) for word in words]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    for event in ("in a batch", "after it"):
        assert sorted(entry["request"] for entry in logged.of(event)) == sorted(words)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (WORD, True),
        ("0123456789ABCDEF", True),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", True),
        ("", False),
        ("13812345678", False),
        ("oAbCd0123456789_-EfGhIjKlMnO", False),
        ("0123456789abcde\n", False),
        ("王建国", False),
        (WORD * 2, False),
    ],
)
def test_only_words_as_proxies_make_them_are_taken(given: str, taken: bool) -> None:
    tracing.begin([(b"x-request-id", given.encode())])
    assert (tracing.request.get() == given) is taken
    assert tracing.WELL_FORMED.fullmatch(tracing.request.get().encode())


def test_of_other_messages_the_row_is_told(logged: Written) -> None:
    tracing.take_up(7, "proposal:12")
    structlog.get_logger("x").info("sent")
    tracing.delivery.set(None)
    [entry] = logged.entries
    assert entry["delivery"] == 7
    assert "request" not in entry
    assert tracing.about() is None

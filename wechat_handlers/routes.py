"""GET and POST /wechat: verify, open, hand to the writer, answer in time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from time import perf_counter

import structlog
from starlette.types import Receive as AsgiReceive
from starlette.types import Scope, Send

from app import metrics
from app.clock import Clock
from app.outbox import service as outbox
from app.outbox.bodies import sealed
from app.writer import Call, Writer
from wechat_handlers.codec import Codec, Opened
from wechat_handlers.query import Refused
from wechat_handlers.receiving import Answer, Receive
from wechat_handlers.texts import account
from wechat_handlers.visit import House

BODY_LIMIT = 64 * 1024
PATIENCE = 4.0  # seconds; the platform hangs up after 5
SUCCESS = b"success"  # no reply now, and no retry
TEXT, XML = b"text/plain; charset=utf-8", b"text/xml; charset=utf-8"

log = structlog.get_logger(__name__)


class TooLarge(Exception):
    pass


class ChatDoor:
    """An ASGI application for the platform's callback: bare, because everything that is said comes through it."""

    def __init__(self, codec: Codec, writer: Writer, house: House, clock: Clock, wake: Callable[[], None]) -> None:
        self._codec = codec
        self._writer = writer
        self._house = house
        self._clock = clock
        self._wake = wake  # tells the outbox that something is due
        self.patience = PATIENCE

    async def __call__(self, scope: Scope, receive: AsgiReceive, send: Send) -> None:
        begun = perf_counter()
        try:
            status, body, media_type = await self._respond(scope, receive)
        except Refused as refusal:
            log.info("callback refused", reason=refusal.message, status=refusal.status)
            status, body, media_type = refusal.status, b"", TEXT
        except TooLarge:
            status, body, media_type = 413, b"", TEXT
        metrics.count_turn(status, perf_counter() - begun)
        headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _respond(self, scope: Scope, receive: AsgiReceive) -> tuple[int, bytes, bytes]:
        if scope["method"] == "GET":
            return 200, self._codec.verify_address(scope["query_string"]).encode(), TEXT
        if scope["method"] != "POST":
            return 405, b"", TEXT
        opened = self._codec.open(scope["query_string"], await _read(receive), self._clock.wall().timestamp())
        answer = await self._answer(opened)
        if answer.forged:
            raise Refused("signature seen with another body", 403)
        if answer.text is None:
            return 200, SUCCESS, TEXT
        return 200, self._codec.seal(opened, answer.text, self._clock.wall().timestamp()).encode(), XML

    async def _answer(self, opened: Opened) -> Answer:
        """The answer once it is committed; after four seconds none now, and a customer message later."""
        openid = opened.inbound.openid
        try:
            async with asyncio.timeout(self.patience):
                return await self._writer.ask(
                    Receive(opened, self._house, self._clock), late=partial(self._send_later, opened)
                )
        except TimeoutError:
            log.warning("answer late", person=self._house.keyring.person(openid))
            return Answer()
        except Exception as error:
            log.error("message not stored", person=self._house.keyring.person(openid), exc_info=error)
            return Answer(account.NOT_STORED)

    def _send_later(self, opened: Opened, result: Answer | BaseException) -> None:
        """The platform has had its `success`, so it will not ask again: the answer becomes a message we owe."""
        answer = Answer(account.NOT_STORED) if isinstance(result, BaseException) else result
        if answer.text is None or answer.forgotten:
            return
        owe = partial(
            outbox.enqueue,
            key=f"late:{opened.inbound.key.hex()}",
            channel="customer",
            kind="answer",
            openid=opened.inbound.openid,
            body=sealed(answer.text, self._house.keyring),
            due_at=self._clock.now(),
        )
        self._writer.submit(Call(owe)).add_done_callback(self._owed)

    def _owed(self, done: "Future[bool]") -> None:
        if error := done.exception():
            log.error("late answer not owed", exc_info=error)
        self._wake()


async def _read(receive: AsgiReceive) -> bytes:
    """The request's body, up to the limit. Raises TooLarge."""
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused("gone before the end")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > BODY_LIMIT:
            raise TooLarge
        if not message.get("more_body"):
            return b"".join(chunks)

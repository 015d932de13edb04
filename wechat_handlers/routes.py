"""GET and POST /wechat: verify, open, hand to the writer, answer in time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from time import perf_counter
from typing import NamedTuple

import structlog
from starlette.types import Receive as AsgiReceive
from starlette.types import Scope, Send

from app import metrics, tracing
from app.clock import Clock
from app.outbox import service as outbox
from app.outbox.bodies import sealed
from app.writer import Call, Writer
from wechat_handlers.codec import Codec, Opened
from wechat_handlers.query import Refused
from wechat_handlers.receiving import Answer, Outcome, Receive
from wechat_handlers.texts import account
from wechat_handlers.visit import House

BODY_LIMIT = 64 * 1024
PATIENCE = 4.0  # seconds; the platform hangs up after 5
SUCCESS = b"success"  # no reply now, and no retry
KINDS = ("text", "event", "image", "voice", "video", "shortvideo", "location", "link", "file")
TEXT, XML = b"text/plain; charset=utf-8", b"text/xml; charset=utf-8"

log = structlog.get_logger(__name__)


class TooLarge(Exception):
    pass


class Response(NamedTuple):
    """`kind` is what was pushed, and stands beside its outcome where something was."""

    status: int
    body: bytes = b""
    media_type: bytes = TEXT
    kind: str = ""
    outcome: Outcome = Outcome.SILENT


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
            answer = await self._respond(scope, receive)
        except Refused as refusal:
            log.info("callback refused", reason=refusal.message, status=refusal.status)
            answer = Response(refusal.status)
        except TooLarge:
            answer = Response(413)
        _count(answer, perf_counter() - begun)
        headers = [(b"content-type", answer.media_type), (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _respond(self, scope: Scope, receive: AsgiReceive) -> Response:
        if scope["method"] == "GET":
            return Response(200, self._codec.verify_address(scope["query_string"]).encode())
        if scope["method"] != "POST":
            return Response(405)
        opened = self._codec.open(scope["query_string"], await _read(receive), self._clock.wall().timestamp())
        answer, kind = await self._answer(opened), opened.inbound.kind
        if answer.forged:
            raise Refused("signature seen with another body", 403)
        if answer.text is None:
            return Response(200, SUCCESS, TEXT, kind, answer.outcome)
        sealed = self._codec.seal(opened, answer.text, self._clock.wall().timestamp())
        return Response(200, sealed.encode(), XML, kind, answer.outcome)

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
            return Answer(outcome=Outcome.LATE)
        except Exception as error:
            log.error("message not stored", person=self._house.keyring.person(openid), exc_info=error)
            return Answer(account.NOT_STORED, outcome=Outcome.FAILED)

    def _send_later(self, opened: Opened, result: Answer | BaseException) -> None:
        """The platform has had its `success`, so it will not ask again: the answer becomes a message we owe."""
        answer = Answer(account.NOT_STORED) if isinstance(result, BaseException) else result
        if answer.text is None or answer.forgotten:
            metrics.LATE_ANSWERS.labels("not_owed").inc()
            return
        owe = partial(
            outbox.enqueue,
            key=f"late:{opened.inbound.key.hex()}",
            channel="customer",
            kind="answer",
            openid=opened.inbound.openid,
            body=sealed(answer.text, self._house.keyring),
            due_at=self._clock.now(),
            about=tracing.about(),
        )
        self._writer.submit(Call(owe)).add_done_callback(self._owed)

    def _owed(self, done: "Future[bool]") -> None:
        error = done.exception()
        metrics.LATE_ANSWERS.labels("lost" if error else "owed").inc()
        if error:
            log.error("late answer not owed", exc_info=error)
        self._wake()


def _count(answer: Response, seconds: float) -> None:
    if answer.kind:
        metrics.TURNS.labels(answer.kind if answer.kind in KINDS else "other", answer.outcome).inc()
        metrics.TURN_SECONDS.observe(seconds)
    elif answer.status >= 400:
        metrics.REFUSALS.labels(answer.status).inc()


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

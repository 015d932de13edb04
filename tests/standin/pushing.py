"""Delivering one push: signing, encrypting, the deadline, the attempts, and what came back."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx

from tests.standin import crypto, payloads
from tests.standin.clock import Clock
from tests.standin.faults import Faults
from tests.standin.replies import Outcome, Verdict, judge
from tests.standin.state import Account

HEADERS = {"User-Agent": "Mozilla/4.0", "Accept": "*/*", "Pragma": "no-cache", "Content-Type": "text/xml"}
ECHO_DIGITS = 10**18


class Heard(NamedTuple):
    """What one request brought back."""

    status: int | None = None
    answer: bytes = b""
    error: str = ""


TIMEOUT = Heard(error="timeout")
DROPPED = Heard(error="connection dropped")


@dataclass
class Attempt:
    """One request: what was sent, what came back. `error` is empty when an answer was heard."""

    number: int
    query: dict[str, str]
    body: str
    status: int | None = None
    answer: bytes = b""
    error: str = ""
    seconds: float = 0


@dataclass
class PushResult:
    """What became of one push, over all its attempts; `xml` is the plain message."""

    xml: str
    kind: Outcome
    reply: dict[str, object] = field(default_factory=dict)
    problem: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    twin: "PushResult | None" = None  # the same push delivered twice

    @property
    def reply_text(self) -> str:
        """The text the account answered with; empty for any other answer."""
        return str(self.reply.get("Content", ""))


Watcher = Callable[[Attempt], Awaitable[None]]


class Pusher:
    """Speaks to the callback address, and to nothing else."""

    def __init__(
        self, account: Account, callback: httpx.AsyncClient, url: str, clock: Clock, faults: Faults
    ) -> None:
        self._account = account
        self._callback = callback
        self._url = url
        self._clock = clock
        self._faults = faults
        self._unheard: set[asyncio.Task[Heard]] = set()

    async def deliver(self, openid: str, xml: str, watch: Watcher) -> PushResult:
        """Push until something was heard or the attempts are used up; `watch` sees every attempt."""
        result = PushResult(xml, "failed")
        for number in range(1, self._faults.attempts + 1):
            key = self._key()
            attempt = Attempt(number, *self._sealed(openid, xml, key))
            await self._try(attempt)
            await watch(attempt)
            verdict = self._judge(attempt, openid, key)
            result.attempts.append(attempt)
            result.kind, result.reply, result.problem = verdict.outcome, verdict.reply, verdict.problem
            if not self._worth_repeating(attempt):
                break
        return result

    async def verify(self) -> bool:
        """What saving the callback address in the console does: a GET whose echostr must come back bare."""
        echo = str(secrets.randbelow(9 * ECHO_DIGITS) + ECHO_DIGITS)
        stamp, nonce = self._stamp()
        query = {"signature": crypto.sign(self._account.token, stamp, nonce), "echostr": echo}
        try:
            answer = await self._callback.get(self._url, params={**query, "timestamp": stamp, "nonce": nonce})
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK and answer.content == echo.encode()

    async def close(self) -> None:
        """Wait for requests whose answers nobody listens to any more."""
        await asyncio.gather(*self._unheard)

    def _key(self) -> str:
        current = self._account.encoding_aes_key
        return (self._faults.expired_key and self._account.previous_encoding_aes_key) or current

    def _stamp(self) -> tuple[str, str]:
        return str(int(self._clock.now())), str(secrets.randbelow(9 * 10**9) + 10**8)

    def _sealed(self, openid: str, xml: str, key: str) -> tuple[dict[str, str], str]:
        """Query and body of an attempt: time, nonce and random part are new each time."""
        account = self._account
        stamp, nonce = self._stamp()
        query = {"signature": crypto.sign(account.token, stamp, nonce), "timestamp": stamp, "nonce": nonce}
        query["openid"] = openid
        if account.mode == "plain":
            return query, xml
        encrypted = crypto.encrypt(key, account.appid, xml)
        query["encrypt_type"] = "aes"
        query["msg_signature"] = crypto.sign(account.token, stamp, nonce, encrypted)
        if account.mode == "compat":
            return query, xml.removesuffix("</xml>") + f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return query, payloads.envelope(ToUserName=account.original_id, Encrypt=encrypted)

    async def _try(self, attempt: Attempt) -> None:
        """One attempt. At the deadline the platform stops listening; the service may go on working."""
        if self._faults.slow:
            await self._clock.sleep(self._faults.slow)
        cut = self._faults.take("drop_connection")
        request = asyncio.create_task(self._send(attempt.query, attempt.body))
        self._unheard.add(request)
        request.add_done_callback(self._unheard.discard)
        started = time.perf_counter()
        done, _ = await asyncio.wait({request}, timeout=self._faults.deadline)
        attempt.seconds = time.perf_counter() - started
        heard = request.result() if done else TIMEOUT
        attempt.status, attempt.answer, attempt.error = DROPPED if cut else heard

    async def _send(self, query: dict[str, str], body: str) -> Heard:
        timeout = httpx.Timeout(self._faults.deadline).as_dict()
        request = httpx.Request(
            "POST",
            self._url,
            params=query,
            headers=HEADERS,
            content=body.encode(),
            extensions={"timeout": timeout},
        )
        try:
            response = await self._callback.send(request)
        except httpx.TimeoutException:
            return TIMEOUT
        except httpx.TransportError as error:
            return Heard(error=str(error) or type(error).__name__)
        return Heard(response.status_code, response.content)

    def _judge(self, attempt: Attempt, openid: str, key: str) -> Verdict:
        if attempt.error:
            return Verdict("failed", problem=attempt.error)
        if attempt.status != httpx.codes.OK:
            return Verdict("failed", problem=f"HTTP {attempt.status}")
        return judge(attempt.answer, self._account, openid, key)

    def _worth_repeating(self, attempt: Attempt) -> bool:
        """After silence always; after an HTTP error or a refused connection where the switch says so."""
        if attempt.error in {TIMEOUT.error, DROPPED.error}:
            return True
        return self._faults.retry_errors and attempt.status != httpx.codes.OK

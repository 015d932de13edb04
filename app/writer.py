"""The one writer of a process: what waits is done in one transaction, one commit for all, answers after it."""

import asyncio
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from zlib import crc32

from sqlalchemy.orm import Session

from app.database import Database

BATCH_LIMIT = 256
POSTGRES_LANES = 4

T = TypeVar("T")


class Work(ABC, Generic[T]):
    """One piece of writing. It may run twice (see Writer), so it keeps nothing from a run that failed."""

    @classmethod
    def prepare(cls, session: Session, works: Sequence[Any]) -> None:
        """Load in a few statements what all `works` of this kind in one batch will need."""

    @abstractmethod
    def run(self, session: Session) -> T:
        """Do it. Raising spoils this piece only; never commit."""

    @classmethod
    def finish(cls, session: Session, works: Sequence[Any]) -> None:
        """Write in a few statements what all `works` of this kind leave behind."""


@dataclass(frozen=True)
class Call(Work[T]):
    """A piece that is a plain function of the session."""

    function: Callable[[Session], T]

    def run(self, session: Session) -> T:
        return self.function(session)


@dataclass(frozen=True)
class Piece(Generic[T]):
    """Work and who waits for it: a thread, or a coroutine of `loop`, which may have stopped waiting."""

    work: Work[T]
    done: "Future[T] | asyncio.Future[T]"
    loop: asyncio.AbstractEventLoop | None = None
    late: Callable[["T | BaseException"], None] | None = None

    def settle(self, result: "T | BaseException") -> None:
        """To be called where the waiting is done: in the loop if there is one."""
        if self.done.done():
            if self.late is not None:
                self.late(result)
        elif isinstance(result, BaseException):
            self.done.set_exception(result)
        else:
            self.done.set_result(result)


class Writer:
    """Serialises all writing of a process and shares commits: at rest a batch is one piece, under load it grows.

    On SQLite there is one lane, since a database file has one writer. PostgreSQL gets several; a person's
    pieces always take the same lane, so their order holds.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lanes: list[queue.SimpleQueue[Piece[Any] | None]] = [
            queue.SimpleQueue() for _ in range(1 if database.is_sqlite else POSTGRES_LANES)
        ]
        self._threads = [
            threading.Thread(target=self._serve, args=(lane,), name=f"writer-{number}", daemon=True)
            for number, lane in enumerate(self._lanes)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what was handed in, then end."""
        for lane in self._lanes:
            lane.put(None)
        for thread in self._threads:
            thread.join()

    def submit(self, work: Work[T], person: str = "") -> Future[T]:
        """Hand in a piece; the future has its result once it is committed, or its exception."""
        done: Future[T] = Future()
        self._lane(person).put(Piece(work, done))
        return done

    def ask(
        self, work: Work[T], person: str = "", late: "Callable[[T | BaseException], None] | None" = None
    ) -> "asyncio.Future[T]":
        """The same for a coroutine. When it has stopped waiting, `late` gets what came, in the loop."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._lane(person).put(Piece(work, done, loop, late))
        return done

    def _lane(self, person: str) -> queue.SimpleQueue[Piece[Any] | None]:
        return self._lanes[crc32(person.encode()) % len(self._lanes)]

    def run(self, function: Callable[[Session], T], person: str = "") -> T:
        """Write and wait for the commit: for doors that run in a thread of their own."""
        return self.submit(Call(function), person).result()

    def _serve(self, lane: queue.SimpleQueue[Piece[Any] | None]) -> None:
        while (piece := lane.get()) is not None:
            batch, ended = _take_waiting(lane, piece)
            self._write(batch)
            if ended:
                return

    def _write(self, batch: list[Piece[Any]]) -> None:
        try:
            results = self._transact(batch)
        except BaseException as error:  # noqa: BLE001 - it is handed to whoever waits for the piece
            if len(batch) == 1:
                _settle(batch, [error])
            else:  # once more, each alone, so that only the guilty one fails
                for piece in batch:
                    self._write([piece])
        else:
            _settle(batch, results)

    def _transact(self, batch: list[Piece[Any]]) -> list[Any]:
        with Session(self._database.write, expire_on_commit=False) as session:
            kinds: dict[type[Work[Any]], list[Work[Any]]] = {}
            for piece in batch:
                kinds.setdefault(type(piece.work), []).append(piece.work)
            for kind, works in kinds.items():
                kind.prepare(session, works)
            results = [piece.work.run(session) for piece in batch]
            for kind, works in kinds.items():
                kind.finish(session, works)
            session.commit()
            return results


def _settle(batch: list[Piece[Any]], results: list[Any]) -> None:
    """Tell everyone who waits; a loop is woken once for all its pieces."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[tuple[Piece[Any], Any]]] = {}
    for piece, result in zip(batch, results, strict=True):
        by_loop.setdefault(piece.loop, []).append((piece, result))
    for loop, settled in by_loop.items():
        if loop is None:
            _settle_all(settled)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(_settle_all, settled)


def _settle_all(settled: list[tuple[Piece[Any], Any]]) -> None:
    for piece, result in settled:
        piece.settle(result)


def _take_waiting(lane: queue.SimpleQueue[Piece[Any] | None], first: Piece[Any]) -> tuple[list[Piece[Any]], bool]:
    """The piece in hand and all that wait behind it, and whether the lane was closed among them."""
    batch = [first]
    while len(batch) < BATCH_LIMIT:
        try:
            piece = lane.get_nowait()
        except queue.Empty:
            break
        if piece is None:
            return batch, True
        batch.append(piece)
    return batch, False

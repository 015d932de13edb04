"""The one writer of a process: what waits is done in one transaction, one commit for all, answers after it."""

import asyncio
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from sqlalchemy.orm import Session

from app import metrics, tracing
from app.database import Database
from app.quick import QuickSession

BATCH_LIMIT = 256

T = TypeVar("T")


class Work(ABC, Generic[T]):
    """One piece of writing. It may run twice (see Writer), so it keeps nothing from a run that failed.

    `counted`: the metrics may tell how many there were. Not so of ballots: see decision 0012.
    """

    counted: ClassVar[bool] = True

    @classmethod
    def prepare(cls, session: Session, works: Sequence[Any]) -> None:
        """Load in a few statements what all `works` of this kind in one batch will need."""

    @abstractmethod
    def run(self, session: Session) -> T | Exception:
        """Do it; never commit. Raising spoils this piece only, but the others of its batch are done once more.

        A refusal that has written nothing may be returned instead: it is raised where the piece is waited for.
        """

    @classmethod
    def finish(cls, session: Session, works: Sequence[Any]) -> None:
        """Write in a few statements what all `works` of this kind leave behind."""


@dataclass(frozen=True)
class Call(Work[T]):
    """A piece that is a plain function of the session."""

    function: Callable[[Session], T]

    def run(self, session: Session) -> T:
        return self.function(session)


class Piece(NamedTuple, Generic[T]):
    """Work and who waits for it: a thread, or a coroutine of `loop`, which may have stopped waiting.

    `request` is the one that it is done for, as app.tracing has it.
    """

    work: Work[T]
    done: "Future[T] | asyncio.Future[T]"
    loop: asyncio.AbstractEventLoop | None = None
    late: Callable[["T | BaseException"], None] | None = None
    request: str = ""

    def settle(self, result: "T | BaseException") -> None:
        """To be called where the waiting is done: in the loop if there is one."""
        tracing.request.set(self.request)  # for `late` and for what hangs on `done`
        if self.done.done():
            if self.late is not None:
                self.late(result)
        elif isinstance(result, BaseException):
            self.done.set_exception(result)
        else:
            self.done.set_result(result)


class Writer:
    """Serialises all writing of a process and shares commits: at rest a batch is one piece, under load it grows.

    One thread is enough on PostgreSQL too: several were measured to be slower, each with smaller batches.
    Other processes are kept apart by the database: BEGIN IMMEDIATE on SQLite, row locks on PostgreSQL.
    """

    name = "writer"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: queue.SimpleQueue[Piece[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name=self.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish what was handed in, then end."""
        self._waiting.put(None)
        self._thread.join()

    @property
    def waiting(self) -> int:
        """How many pieces wait; those under way are not counted."""
        return self._waiting.qsize()

    def submit(self, work: Work[T]) -> Future[T]:
        """Hand in a piece; the future has its result once it is committed, or its exception."""
        done: Future[T] = Future()
        self._waiting.put(Piece(work, done, request=tracing.request.get()))
        return done

    def ask(self, work: Work[T], late: "Callable[[T | BaseException], None] | None" = None) -> "asyncio.Future[T]":
        """The same for a coroutine. When it has stopped waiting, `late` gets what came, in the loop."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.put(Piece(work, done, loop, late, tracing.request.get()))
        return done

    def run(self, function: Callable[[Session], T]) -> T:
        """Write and wait for the commit: for doors that run in a thread of their own."""
        return self.submit(Call(function)).result()

    def _serve(self) -> None:
        """Pieces of one kind share a transaction; another kind may write what these have loaded."""
        while (piece := self._waiting.get()) is not None:
            batch, ended = self._take_waiting(piece)
            self._in_turn(batch)
            if ended:
                return

    def _in_turn(self, batch: list[Piece[Any]]) -> None:
        for _kind, alike in groupby(batch, key=lambda piece: type(piece.work)):
            self._write(list(alike))

    def _take_waiting(self, first: Piece[Any]) -> tuple[list[Piece[Any]], bool]:
        """The piece in hand and all that wait behind it, and whether the writer was stopped among them."""
        batch = [first]
        while len(batch) < BATCH_LIMIT:
            try:
                piece = self._waiting.get_nowait()
            except queue.Empty:
                break
            if piece is None:
                return batch, True
            batch.append(piece)
        return batch, False

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
        works = [piece.work for piece in batch]
        kind = type(works[0])
        tracing.request.set(batch[0].request if len(batch) == 1 else "")
        with self._opened() as session:
            kind.prepare(session, works)
            results = [_run(piece, session) for piece in batch]
            kind.finish(session, works)
            self._commit(session, len(batch) if kind.counted else 0)
        return results

    @contextmanager
    def _opened(self) -> Iterator[Session]:
        with Session(self._database.write, expire_on_commit=False) as session:
            yield session

    def _commit(self, session: Session, counted: int) -> None:
        begun = perf_counter()
        session.commit()
        if counted:
            metrics.WRITER_COMMIT_SECONDS.observe(perf_counter() - begun)
            metrics.WRITER_BATCH.observe(counted)


class Reader(Writer):
    """The same for pages that many open at once: what they show is looked up together. Nothing can be written.

    SQLite is read in the loop itself: that takes less than waking a thread, and nothing there is waited for.
    """

    name = "reader"

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._in_loop = database.is_sqlite
        self._asked: list[Piece[Any]] = []

    def ask(self, work: Work[T], late: "Callable[[T | BaseException], None] | None" = None) -> "asyncio.Future[T]":
        if not self._in_loop:
            return super().ask(work, late)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        if not self._asked:
            loop.call_soon(self._answer, loop, 0)
        self._asked.append(Piece(work, done, None, late, tracing.request.get()))
        return done

    def _answer(self, loop: asyncio.AbstractEventLoop, before: int) -> None:
        """All who have asked, once a turn of the loop has brought nobody new: they were `before` a turn ago."""
        if before < len(self._asked) < BATCH_LIMIT:
            loop.call_soon(self._answer, loop, len(self._asked))
            return
        asked, self._asked = self._asked, []
        self._in_turn(asked)

    @contextmanager
    def _opened(self) -> Iterator[Session]:
        with QuickSession(self._database.read) as session:
            yield session

    def _commit(self, session: Session, counted: int) -> None:
        """There is nothing to commit."""


def _run(piece: Piece[T], session: Session) -> T | Exception:
    tracing.request.set(piece.request)
    return piece.work.run(session)


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

"""The one writer of a process: what waits is done in one transaction, one commit for all, answers after it."""

import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
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
    work: Work[T]
    done: Future[T] = field(default_factory=Future)


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
        piece = Piece(work)
        self._lanes[crc32(person.encode()) % len(self._lanes)].put(piece)
        return piece.done

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
            self._write_apart(batch, error)
        else:
            for piece, result in zip(batch, results, strict=True):
                piece.done.set_result(result)

    def _write_apart(self, batch: list[Piece[Any]], error: BaseException) -> None:
        """A batch failed as a whole: its pieces once more, each alone, so that only the guilty one fails."""
        if len(batch) == 1:
            batch[0].done.set_exception(error)
        else:
            for piece in batch:
                self._write([piece])

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

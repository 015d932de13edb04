"""The index of each campaign, kept in the memory of this process and brought up to date at every question."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, func, or_, select
from sqlalchemy.orm import Session

from app.campaigns.definition import Definition
from app.proposals.alike.categories import Profiles, profiles
from app.proposals.alike.features import Text, features
from app.proposals.alike.index import Index
from app.proposals.alike.pairs import Pairs
from models import FormImport, Proposal

KEPT = 8  # campaigns
AT_ONCE = 500
OVERLAP = 256  # a transaction that came to nothing may have shown us as many; their ids are given out again
LATE = timedelta(minutes=1)  # what another replica stamps before we look may be committed after
MOMENT = 0.2  # seconds that somebody in the chat waits for others who look
STALE = 0.05  # part of the proposals that may be new before what is typical of a category is worked out again

Version = tuple[str, datetime | None]  # ids may be given out again, numbers are not

TABLE: Table = Proposal.metadata.tables[Proposal.__tablename__]
STAMPED = select(TABLE.c.id, TABLE.c.number, TABLE.c.amended_at)
TEXTS = select(TABLE.c.id, TABLE.c.title, TABLE.c.summary, TABLE.c.expected_outcome)


class Busy(Exception):
    """Others are at it for longer than somebody in the chat can wait."""


class Kept:
    """A campaign's proposals of whatever status. It may hold some that are gone or not committed.

    So what it finds is to be looked up in the tables before it is shown.
    """

    def __init__(self, campaign_id: int) -> None:
        self.index = Index()
        self.pairs = Pairs()
        self.lock = Lock()
        self.is_behind = False
        self._of_campaign = TABLE.c.campaign_id == campaign_id
        undone = FormImport.campaign_id == campaign_id, FormImport.undone_at.is_not(None)
        self._counted = select(
            func.count(),
            func.coalesce(func.max(TABLE.c.id), 0),
            select(func.count()).where(*undone).scalar_subquery(),
        ).where(self._of_campaign)
        self._versions: dict[int, Version] = {}
        self._newest = 0  # the greatest id
        self._undone = 0  # imports that were undone: what came since may have the ids of what went
        self._amended: datetime | None = None  # the newest amendment we have seen
        self._profiles: tuple[int, Profiles] | None = None  # how many were filed then

    def refresh(self, session: Session, most: int | None = None) -> None:
        """Take in what came and changed, up to `most`; where anything else is different, look at everything."""
        recent = (
            STAMPED.where(self._of_campaign, self._recent()).order_by(TABLE.c.id).limit(most and most + OVERLAP)
        )
        self._take(session, session.execute(recent).all())
        count, newest, undone = session.execute(self._counted).one()
        self.is_behind = most is not None and newest > self._newest
        if not self.is_behind and (count, newest, undone) != (len(self._versions), self._newest, self._undone):
            self._look_at_everything(session)
            self._undone = undone

    def profiles(self, session: Session, definition: Definition) -> Profiles:
        """What is typical of each category of the campaign; as of not long ago."""
        filed = session.execute(
            select(TABLE.c.id, TABLE.c.category).where(self._of_campaign, TABLE.c.category.is_not(None))
        ).all()
        if self._profiles is None or abs(len(filed) - self._profiles[0]) > STALE * self._profiles[0]:
            titles = {category.key: category.title for category in definition.categories}
            known = [(row.id, row.category) for row in filed if row.id in self._versions]
            self._profiles = len(filed), profiles(self.index, titles, known)
        return self._profiles[1]

    def _recent(self) -> ColumnElement[bool]:
        new = TABLE.c.id > self._newest - OVERLAP
        return or_(new, TABLE.c.amended_at >= self._amended - LATE) if self._amended else new

    def _look_at_everything(self, session: Session) -> None:
        rows = session.execute(STAMPED.where(self._of_campaign)).all()
        for gone in self._versions.keys() - {row.id for row in rows}:
            self._drop(gone)
            self.index.remove(gone)
        self._newest = max(self._versions, default=0)
        self._take(session, rows)

    def _take(self, session: Session, rows: Collection[Row[*tuple[Any, ...]]]) -> None:
        known = self._versions.get
        changed = {id: (number, amended) for id, number, amended in rows if known(id) != (number, amended)}
        for key, text in _texts(session, changed):
            self._drop(key)
            self.index.add(key, features(text))
            self._versions[key] = changed[key]
            self._newest = max(self._newest, key)
        stamps = [amended for _, amended in changed.values() if amended]
        self._amended = max([*stamps, *([self._amended] if self._amended else [])], default=None)

    def _drop(self, key: int) -> None:
        if self._versions.pop(key, None) is not None:
            self.pairs.forget(key)


_kept: dict[tuple[str, int], Kept] = {}
_keeping = Lock()


@contextmanager
def kept(session: Session, campaign_id: int, most: int | None = None) -> Iterator[Kept]:
    """Nobody else's for as long as it is used. Up to date, or nearer to it by `most` proposals.

    With `most` somebody waits in the chat: then it raises Busy where others do not come to an end.
    """
    found = _of(str(session.get_bind().engine.url), campaign_id)
    if not found.lock.acquire(timeout=-1 if most is None else MOMENT):
        raise Busy
    try:
        found.refresh(session, most)
        yield found
    finally:
        found.lock.release()


def read_ahead(session: Session, campaign_id: int, most: int) -> bool:
    """Take in up to `most` proposals before anybody asks; whether there are more. Raises Busy."""
    with kept(session, campaign_id, most) as found:
        return found.is_behind


def _of(database: str, campaign_id: int) -> Kept:
    with _keeping:
        if found := _kept.get((database, campaign_id)):
            return found
        if len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)))
        return _kept.setdefault((database, campaign_id), Kept(campaign_id))


def _texts(session: Session, keys: Mapping[int, Version]) -> Iterator[tuple[int, Text]]:
    ids = sorted(keys)
    for start in range(0, len(ids), AT_ONCE):
        for row in session.execute(TEXTS.where(TABLE.c.id.in_(ids[start : start + AT_ONCE]))):
            yield row.id, Text(row.title, row.summary, row.expected_outcome)

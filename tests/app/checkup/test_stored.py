"""The database: its schema, whether it can be written and keeps what is written, the campaign, keys, the log."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

import migrations
from app.campaigns import queries as campaigns
from app.campaigns.service import set_phase
from app.checkup import stored
from app.checkup.findings import Verdict
from app.crypto import Keyring
from app.database import Database
from app.operators import log
from app.operators import service as operators
from app.operators.passwords import PasswordHash
from models import Action, Operator
from models.enums import Role
from tests.app.checkup.conftest import FINE, NOTE, WRONG, by_subject
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import SECRET


def empty(database: Database) -> None:
    migrations.downgrade(database.write, "base")


def execute(statement: str) -> Callable[[Database], None]:
    def change(database: Database) -> None:
        with database.writing() as session:
            session.execute(text(statement))

    return change


@pytest.mark.parametrize(
    ("change", "subject", "mend"),
    [
        (empty, "数据库", "shishi migrate"),
        (execute("UPDATE alembic_version SET version_num = '0001'"), "数据库", "备份"),
        (execute("DELETE FROM proposals"), "密钥", ""),
        (execute("UPDATE proposals SET phone = 'not sealed at all, and long enough'"), "密钥", "PREVIOUS_SECRET"),
    ],
)
def test_what_is_wrong_in_the_database_is_found(
    loaded: Database, keyring: Keyring, clock: SteppingClock, change: Any, subject: str, mend: str
) -> None:
    change(loaded)
    finding = by_subject(list(stored.check(loaded, keyring, clock)))[subject]
    assert finding.verdict is (WRONG if mend else NOTE)
    assert mend in finding.mend


def test_a_database_ahead_is_told_and_all_else_is_looked_at(
    loaded: Database, keyring: Keyring, clock: SteppingClock
) -> None:
    execute("UPDATE alembic_version SET version_num = 'later'")(loaded)
    found = by_subject(list(stored.check(loaded, keyring, clock)))
    assert found["数据库"].verdict is NOTE
    assert found["操作日志"].verdict is FINE


def test_a_changed_secret_is_found_and_the_previous_one_cures_it(loaded: Database) -> None:
    another = "another secret of the tests, as long as the first"
    with loaded.reading() as session:
        assert stored.check_keys(session, Keyring(another)).verdict is WRONG
        assert stored.check_keys(session, Keyring(another, SECRET)).verdict is FINE


def test_without_a_campaign_it_says_so(database: Database, keyring: Keyring, clock: SteppingClock) -> None:
    found = by_subject(list(stored.check(database, keyring, clock)))
    assert (found["活动"].verdict, "shishi campaign load" in found["活动"].mend) == (WRONG, True)
    assert "日程" not in found
    assert stored.expected(database, clock) == stored.Expected(None, [])


def test_the_action_log_is_gone_through(loaded: Database, clock: SteppingClock) -> None:
    with loaded.writing() as session:
        log.record(session, actor="cli:tester", verb="test.do", subject="thing:4", clock=clock)
        last = session.scalars(select(Action.hash).where(Action.id == 4)).one()
        whole = stored.check_log(session)
        assert (whole.verdict, whole.said) == (FINE, f"完整，共 4 条，末条指纹 {last[:12]}")
        session.execute(update(Action).where(Action.id == 4).values(actor="somebody"))
        broken = stored.check_log(session)
        assert (broken.verdict, "第 4 条" in broken.said) == (WRONG, True)


def test_an_action_log_without_entries_is_whole(database: Database) -> None:
    with database.reading() as session:
        assert stored.check_log(session).said == "还没有记录"


def test_a_database_that_may_only_be_read_is_found(loaded: Database) -> None:
    loaded.write.dispose()
    loaded.write = loaded.read if loaded.is_sqlite else _read_only(loaded)
    assert stored.check_writing(loaded).verdict is WRONG


def _read_only(database: Database) -> Any:
    return database.write.execution_options(postgresql_readonly=True)


def test_what_a_power_cut_would_cost(sqlite_database: Database, postgres_database: Database) -> None:
    assert stored.check_durability(sqlite_database).verdict is FINE
    hasty = stored.check_durability(postgres_database)  # as tests have it
    assert hasty.verdict is WRONG
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        assert f"{setting} 是 off" in hasty.said


def test_an_sqlite_file_without_its_log_is_found(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a drive over the network, where it cannot be kept."""
    sqlite_database.close()
    with closing(sqlite3.connect(sqlite_database.url.database or "")) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    monkeypatch.setattr("app.database.SQLITE_PRAGMAS", ())
    database = Database(str(sqlite_database.url))
    finding = stored.check_durability(database)
    database.close()
    assert (finding.verdict, "journal_mode 是 delete" in finding.said) == (WRONG, True)


def test_a_damaged_file_is_found(sqlite_database: Database) -> None:
    with sqlite_database.write.connect() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema=ON")
        connection.exec_driver_sql("UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'proposals'")
        connection.commit()
    sqlite_database.close()
    finding = stored.check_durability(sqlite_database)
    assert (finding.verdict, "损坏" in finding.said) == (WRONG, True)


def schedule(database: Database, clock: SteppingClock) -> tuple[Verdict, str]:
    with database.reading() as session:
        [finding] = stored.check_schedule(session, clock)
    return finding.verdict, finding.said


def test_the_calendar_against_the_phase(loaded: Database, clock: SteppingClock) -> None:
    verdict, said = schedule(loaded, clock)
    assert (verdict, "汇总梳理" in said) == (FINE, True)
    by_hand(loaded, clock, "collecting")
    verdict, said = schedule(loaded, clock)
    assert (verdict, "不会自己变" in said) == (NOTE, True)
    by_hand(loaded, clock, "published")
    verdict, said = schedule(loaded, clock)
    assert (verdict, "应该是“征集推荐”" in said) == (NOTE, True)
    by_hand(loaded, clock, "auto")
    clock.advance(days=1000)
    assert schedule(loaded, clock) == (FINE, "各阶段都已开始")


def by_hand(database: Database, clock: SteppingClock, word: str) -> None:
    with database.writing() as session:
        set_phase(session, "2018", word, "试一试", actor="cli:tester", clock=clock)


def test_dates_that_go_backwards_are_found(
    loaded: Database, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with loaded.reading() as session:
        view = campaigns.current(session, clock)
    first, *rest = view.definition.phases
    late = replace(first, opens_at=clock.now() + timedelta(days=999))
    wrong = replace(view, definition=replace(view.definition, phases=(late, *rest)))
    monkeypatch.setattr("app.campaigns.queries.current", lambda *_given: wrong)  # no loader lets it pass
    assert schedule(loaded, clock)[0] is WRONG


@pytest.mark.parametrize(
    ("staff", "verdict"),
    [
        ([], WRONG),
        ([Role.OWNER], NOTE),
        ([Role.CAMPAIGNER, Role.REVIEWER], NOTE),
        ([Role.APPROVER, Role.AUDITOR], NOTE),
        ([Role.OWNER, Role.APPROVER], FINE),
        ([Role.CAMPAIGNER, Role.APPROVER], FINE),
    ],
)
def test_it_takes_two_to_release(
    database: Database, clock: SteppingClock, staff: list[Role], verdict: Verdict
) -> None:
    with database.writing() as session:
        for role in staff:
            operators.add(session, role.value, PasswordHash("x"), [role], actor="cli:tester", clock=clock)
        assert stored.check_operators(session).verdict is verdict


def test_whoever_is_disabled_does_not_count(loaded: Database, clock: SteppingClock) -> None:
    with loaded.writing() as session:
        session.execute(update(Operator).values(disabled_at=clock.now()))
        assert stored.check_operators(session).verdict is WRONG

"""A backup put back: nothing is sent by itself, and nothing that was handed out since is handed out again."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import URL, delete, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

import migrations
from app import backups
from app.backups import BackupFailed
from app.broadcasts.restored import Stilled, stand_still
from app.clock import Clock
from app.database import Database
from app.operators import log
from migrations import Standing
from models import AccessToken, Base, Campaign, OperatorSession, OperatorToken, Round, SyncCursor
from models.enums import RoundState

GAP = 1000  # ids and numbers left out: more than anybody can have been given since a backup of last night

# Worn out since, or withdrawn: tokens of the platform, sign-ins and tokens of operators, a reading of followers.
OUTDATED = (AccessToken, OperatorSession, OperatorToken, SyncCursor)


@dataclass(frozen=True)
class Restored:
    """`open_rounds`: titles of those in which people were voting at the time of the backup."""

    stilled: Stilled
    open_rounds: Sequence[str]


def restore(source: Path, url: URL, aside: str, *, actor: str, clock: Clock) -> Restored:
    """Put the backup in the place of what is there, brought to this program's schema. Raises BackupFailed.

    Whatever fails, the database is what it was.
    """
    return backups.put_back(source, url, aside, partial(_made_ready, source=source, actor=actor, clock=clock))


def _made_ready(url: URL, *, source: Path, actor: str, clock: Clock) -> Restored:
    database = Database(url.render_as_string(hide_password=False))
    try:
        standing = migrations.standing(database.write)
        if standing is Standing.EMPTY:
            raise BackupFailed(f"{source} 里没有这个程序的数据。")
        if standing is Standing.AHEAD:
            raise BackupFailed(f"{source} 是更新的版本做的备份，请换成那个版本的程序再恢复。")
        migrations.upgrade(database.write)
        with database.writing() as session:
            return _settled(session, source, actor, clock)
    except DatabaseError as error:
        raise BackupFailed(f"{source} 里的数据用不了：{str(error.orig).splitlines()[0]}") from None
    finally:
        database.close()


def _settled(session: Session, source: Path, actor: str, clock: Clock) -> Restored:
    stilled = stand_still(session)
    for outdated in OUTDATED:
        session.execute(delete(outdated))
    _leave_a_gap(session)
    rounds = session.scalars(select(Round.title).where(Round.state == RoundState.OPEN).order_by(Round.id)).all()
    detail = {"file": source.name, **stilled._asdict()}
    log.record(session, actor=actor, verb="database.restore", subject="database", detail=detail, clock=clock)
    return Restored(stilled, rounds)


def _leave_a_gap(session: Session) -> None:
    """Since the backup, people were told numbers of proposals and sent links to rounds, and the platform has heard
    messages by keys with ids of broadcasts in them: by the same key it would send nothing, and say that it had.
    """
    session.execute(
        update(Campaign).where(Campaign.last_number > 0).values(last_number=Campaign.last_number + GAP)
    )
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(FURTHER_ON_POSTGRES), {"gap": GAP})
        return
    for table in Base.metadata.sorted_tables:
        if table.dialect_options["sqlite"]["autoincrement"]:
            session.execute(text(BEGUN_ON_SQLITE), {"name": table.name})
    session.execute(text("UPDATE sqlite_sequence SET seq = seq + :gap"), {"gap": GAP})


BEGUN_ON_SQLITE = """
    INSERT INTO sqlite_sequence (name, seq)
    SELECT :name, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :name)
"""
FURTHER_ON_POSTGRES = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + :gap)
    FROM pg_sequences WHERE schemaname = 'public'
"""

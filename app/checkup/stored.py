"""Checks of the database and of what stands in it."""

from collections.abc import Iterator

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import migrations
from app.campaigns import queries
from app.campaigns.queries import NoCampaign
from app.campaigns.rules import PHASE_TITLES
from app.checkup.findings import Finding, Verdict, fine, note, wrong
from app.clock import Clock
from app.crypto import Keyring, Undecryptable
from app.database import Database
from app.operators import log
from app.proposals.service import phone_of
from migrations import Standing
from models import Action, Campaign, Proposal


def check(database: Database, keyring: Keyring, clock: Clock) -> Iterator[Finding]:
    """What comes later is looked at only when what it needs is in order."""
    finding = check_schema(database)
    yield finding
    if finding.verdict is Verdict.WRONG:
        return
    yield check_writing(database)
    with database.reading() as session:
        yield check_campaign(session, clock)
        yield check_keys(session, keyring)
        yield check_log(session)


def check_schema(database: Database) -> Finding:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        standing = migrations.standing(database.read)
    except SQLAlchemyError:
        mend = "请检查 SHISHI_DATABASE_URL，确认数据库已启动、账号密码正确、文件夹可以访问。"
        return wrong("数据库", f"{kind} 连不上", mend)
    match standing:
        case Standing.EMPTY:
            return wrong("数据库", f"{kind} 里还没有表", "请运行 shishi migrate。")
        case Standing.BEHIND:
            return wrong("数据库", f"{kind} 的结构是旧版本的", "请先备份，再运行 shishi migrate。")
        case Standing.AHEAD:
            said = f"{kind} 已经由更新的版本升级过，这个版本还能用"
            return note("数据库", said, "升级到一半的，请接着换成新版本；退回来的，不用管。")
    return fine("数据库", f"{kind} 连得上，结构是当前版本")


def check_writing(database: Database) -> Finding:
    """A statement that needs the right to write and touches nothing."""
    try:
        with database.writing() as session:
            session.execute(update(Campaign).where(Campaign.id < 0).values(last_number=0))
    except SQLAlchemyError:
        mend = "请检查磁盘空间、文件权限，或数据库账号的权限；另有程序长时间占着数据库时，请先停掉它。"
        return wrong("写入", "数据库现在写不进去", mend)
    return fine("写入", "可以写入")


def check_campaign(session: Session, clock: Clock) -> Finding:
    try:
        view = queries.current(session, clock)
    except NoCampaign:
        return wrong("活动", "还没有载入活动", "请运行 shishi campaign load 活动文件.toml。")
    by_hand = "，由人工设置" if view.phase_by_hand else ""
    return fine("活动", f"{view.definition.title}（{view.key}），现在是“{PHASE_TITLES[view.phase]}”阶段{by_hand}")


def check_keys(session: Session, keyring: Keyring) -> Finding:
    """Opens the oldest and the newest sealed number: a changed secret shows at one of the two."""
    sealed = select(Proposal).where(Proposal.phone.is_not(None)).limit(1)
    samples = [session.scalar(sealed.order_by(order)) for order in (Proposal.id, Proposal.id.desc())]
    found = [sample for sample in samples if sample is not None]
    if not found:
        return note("密钥", "还没有加密保存的资料，无从核对")
    try:
        for proposal in found:
            phone_of(proposal, keyring)
    except Undecryptable:
        mend = "换过 SHISHI_SECRET_KEY 的话，请把原来的密钥填到 SHISHI_PREVIOUS_SECRET_KEY。"
        return wrong("密钥", "打不开已经保存的电话", mend)
    return fine("密钥", "打得开已经保存的资料")


def check_log(session: Session) -> Finding:
    """Entries cut off at the end leave the rest whole: that shows only in the number and the last hash."""
    broken = log.verify(session)
    if broken is not None:
        mend = "请不要再改动数据库，用备份核对从这一条起的记录，查清是谁改的。"
        return wrong("操作日志", f"从第 {broken} 条起对不上，有记录被改动或删除", mend)
    last = session.scalar(select(Action.hash).order_by(Action.id.desc()).limit(1))
    if last is None:
        return fine("操作日志", "还没有记录")
    count = session.scalar(select(func.count()).select_from(Action))
    return fine("操作日志", f"完整，共 {count} 条，末条指纹 {last[:12]}")

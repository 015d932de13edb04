"""Checks of the database and of what stands in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import migrations
from app.broadcasts import queries as broadcasts
from app.broadcasts.queries import Templated
from app.campaigns import queries
from app.campaigns.definition import PhaseWindow
from app.campaigns.queries import NoCampaign
from app.campaigns.rules import PHASE_TITLES, phase_at
from app.checkup import owing
from app.checkup.findings import Finding, Verdict, fine, note, wrong
from app.clock import Clock
from app.crypto import Keyring, Undecryptable
from app.database import Database
from app.operators import log
from app.operators.rules import Power, may
from app.proposals.service import phone_of
from migrations import Standing
from models import Action, Campaign, Operator, Proposal
from models.enums import PhaseKind, Role

# What asks, and the answers with which nothing is lost.
SQLITE_DURABLE = {
    "journal_mode": ("PRAGMA journal_mode", ("wal",)),
    "synchronous": ("PRAGMA synchronous", ("2", "3")),  # FULL, EXTRA
}
POSTGRES_DURABLE = {
    "fsync": ("SHOW fsync", ("on",)),
    "full_page_writes": ("SHOW full_page_writes", ("on",)),
    "synchronous_commit": ("SHOW synchronous_commit", ("on", "remote_write", "remote_apply", "local")),
}


def check(database: Database, keyring: Keyring, clock: Clock) -> Iterator[Finding]:
    """What comes later is looked at only when what it needs is in order."""
    finding = check_schema(database)
    yield finding
    if finding.verdict is Verdict.WRONG:
        return
    yield check_writing(database)
    yield check_durability(database)
    with database.reading() as session:
        yield check_campaign(session, clock)
        yield from check_schedule(session, clock)
        yield check_operators(session)
        yield check_keys(session, keyring)
        yield check_log(session)
        yield from owing.check(session, clock)


@dataclass(frozen=True)
class Expected:
    """What the account should have on the platform; `phase` None without a campaign."""

    phase: PhaseKind | None
    templates: Sequence[Templated]


def expected(database: Database, clock: Clock) -> Expected:
    """Raises SQLAlchemyError where there are no tables."""
    with database.reading() as session:
        try:
            phase = queries.current(session, clock).phase
        except NoCampaign:
            phase = None
        return Expected(phase, broadcasts.templated(session))


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


def check_durability(database: Database) -> Finding:
    """Whether what was answered for survives a power cut."""
    settings = SQLITE_DURABLE if database.is_sqlite else POSTGRES_DURABLE
    with database.write.connect() as connection:
        if database.is_sqlite:
            damage = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if damage != "ok":
                return wrong("落盘", "数据库文件有损坏", "请停下服务，先把文件另存一份，再从备份恢复。")
        found = {name: str(connection.exec_driver_sql(ask).scalar_one()) for name, (ask, _) in settings.items()}
    unsafe = [f"{name} 是 {found[name]}" for name, (_, wanted) in settings.items() if found[name] not in wanted]
    if not unsafe:
        return fine("落盘", "停电也不会丢已经回复过的")
    mend = "SQLite 请放在本机磁盘上，不要放在网络盘里；PostgreSQL 请把这些设置改回默认值。"
    return wrong("落盘", f"停电可能丢数据：{'，'.join(unsafe)}", mend)


def check_campaign(session: Session, clock: Clock) -> Finding:
    try:
        view = queries.current(session, clock)
    except NoCampaign:
        return wrong("活动", "还没有载入活动", "请运行 shishi campaign load 活动文件.toml。")
    by_hand = "，由人工设置" if view.phase_by_hand else ""
    return fine("活动", f"{view.definition.title}（{view.key}），现在是“{PHASE_TITLES[view.phase]}”阶段{by_hand}")


def check_schedule(session: Session, clock: Clock) -> Iterator[Finding]:
    """Of the campaign the chat is about: its file may have been right when it was loaded and be overtaken now."""
    try:
        view = queries.current(session, clock)
    except NoCampaign:
        return
    phases = view.definition.phases
    opens = [phase.opens_at for phase in phases if phase.opens_at]
    by_calendar = phase_at(phases, clock.now())
    back = f"日程没错的话，请运行 shishi campaign phase {view.key} auto --reason 原因，回到日程。"
    if opens != sorted(opens):
        yield wrong("日程", "各阶段的日期前后颠倒", "请改活动文件里的日期，再运行 shishi campaign load。")
    elif view.phase is not by_calendar:
        yield note("日程", f"照日程应该是“{PHASE_TITLES[by_calendar]}”阶段，人工设成了另一个", back)
    elif view.phase_by_hand:
        yield note("日程", "阶段由人工设置，到了日期也不会自己变", back)
    else:
        coming = next(((phase.kind, phase.opens_at) for phase in phases if _is_coming(phase, clock)), None)
        yield fine("日程", f"{coming[1]:%Y-%m-%d} 起“{PHASE_TITLES[coming[0]]}”" if coming else "各阶段都已开始")


def _is_coming(phase: PhaseWindow, clock: Clock) -> bool:
    return phase.opens_at is not None and phase.opens_at > clock.now()


def check_operators(session: Session) -> Finding:
    """Nobody releases what the same person composed: it takes two."""
    mend = "请运行 shishi operator add 名字 --role 角色；策划（campaigner）和审批（approver）要由两个人担任。"
    able = [frozenset(map(Role, one.roles)) for one in session.scalars(select(Operator)) if not one.disabled_at]
    if not able:
        return wrong("操作员", "还没有操作员，控制台谁也进不去", mend)
    composing = [index for index, roles in enumerate(able) if may(roles, Power.COMPOSE_BROADCASTS)]
    releasing = [index for index, roles in enumerate(able) if may(roles, Power.RELEASE_BROADCASTS)]
    if not any(one != other for one in composing for other in releasing):
        said = f"{len(able)} 位，可是没有两个人能分别经办和放行，推送和投票结果发不出去"
        return note("操作员", said, mend)
    return fine("操作员", f"{len(able)} 位，经办和放行可以分开")


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

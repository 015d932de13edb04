"""Changing accounts: adding, roles, unit, disabling, API tokens. Each change is in the action log.

The doors see to it that only the owner, or whoever has the server's command line, changes other people's accounts.
"""

import secrets
from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.clock import Clock
from app.errors import Conflict, Invalid, NotFound
from app.operators import log, sessions
from app.operators.passwords import PasswordHash
from app.operators.queries import token_digest
from models import Operator, OperatorToken
from models.enums import Role

PREFIX = "shishi_"  # tells a scanner of leaked secrets whose it is
TOKEN_BYTES = 32
LONGEST_NAME = 80
LONGEST_UNIT = 200
NO_OPERATOR = "没有叫“{name}”的操作员。"


class NameTaken(Conflict):
    code = "name_taken"


class LastOwner(Conflict):
    """Somebody must be able to give roles and to unlock."""

    code = "last_owner"


def add(
    session: Session,
    name: str,
    password: PasswordHash,
    roles: Collection[Role],
    *,
    actor: str,
    clock: Clock,
    unit: str = "",
) -> Operator:
    """Open an account. Raises Invalid for a bad name or no role, NameTaken."""
    name = _clean_name(name)
    words = _clean_roles(roles)
    if session.scalar(select(Operator.id).where(Operator.name == name)):
        raise NameTaken(f"已经有一位操作员叫“{name}”了。")
    operator = Operator(
        name=name, password_hash=password, roles=words, unit=_clean_unit(unit), created_at=clock.wall()
    )
    session.add(operator)
    session.flush()
    record_change(session, "operator.add", name, actor, clock, roles=words)
    return operator


def set_roles(session: Session, name: str, roles: Collection[Role], *, actor: str, clock: Clock) -> None:
    """Counts from the operator's next step on; they stay signed in. Raises LastOwner."""
    words = _clean_roles(roles)
    if Role.OWNER not in roles:
        _require_other_owner(session, name)
    operator = locked(session, name)
    before, operator.roles = operator.roles, words
    if operator.roles != before:
        record_change(session, "operator.roles", name, actor, clock, **{"from": before, "to": operator.roles})


def set_unit(session: Session, name: str, unit: str, *, actor: str, clock: Clock) -> None:
    """Whose proposals this operator may not assess; an empty `unit` is none."""
    operator = locked(session, name)
    before, operator.unit = operator.unit, _clean_unit(unit)
    if operator.unit != before:
        record_change(session, "operator.unit", name, actor, clock, **{"from": before, "to": operator.unit})


def disable(session: Session, name: str, *, actor: str, clock: Clock) -> None:
    """Ends all sessions and takes all tokens. What the operator has done stays theirs. Raises LastOwner."""
    _require_other_owner(session, name)
    operator = locked(session, name)
    if operator.disabled_at is not None:
        raise Conflict(f"“{name}”已经停用了。")
    operator.disabled_at = clock.wall()
    sessions.end_all(session, operator.id)
    session.execute(delete(OperatorToken).where(OperatorToken.operator_id == operator.id))
    record_change(session, "operator.disable", name, actor, clock)


def enable(session: Session, name: str, *, actor: str, clock: Clock) -> None:
    operator = locked(session, name)
    if operator.disabled_at is None:
        raise Conflict(f"“{name}”没有停用。")
    operator.disabled_at = None
    record_change(session, "operator.enable", name, actor, clock)


def unlock(session: Session, name: str, *, actor: str, clock: Clock) -> None:
    """After too many wrong passwords or codes."""
    operator = locked(session, name)
    operator.failures, operator.locked_until = 0, None
    record_change(session, "operator.unlock", name, actor, clock)


def issue_token(session: Session, name: str, *, actor: str, clock: Clock) -> str:
    """A new API token. It is shown this once; we keep its SHA-256 only."""
    operator = locked(session, name)
    if operator.disabled_at is not None:
        raise NotFound(NO_OPERATOR.format(name=name))
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    digest = token_digest(token)
    session.add(OperatorToken(operator_id=operator.id, digest=digest, created_at=clock.wall()))
    session.flush()
    record_change(session, "operator.token", name, actor, clock)
    return token


def revoke_tokens(session: Session, name: str, *, only: int | None = None, actor: str, clock: Clock) -> int:
    """How many were taken: all, or the one whose id is `only`."""
    own = delete(OperatorToken).where(OperatorToken.operator_id == locked(session, name).id)
    if only is not None:
        own = own.where(OperatorToken.id == only)
    taken = len(session.scalars(own.returning(OperatorToken.id)).all())
    if taken:
        record_change(session, "operator.revoke", name, actor, clock, tokens=taken)
    return taken


def note_use(session: Session, token: str, clock: Clock) -> None:
    session.execute(
        update(OperatorToken).where(OperatorToken.digest == token_digest(token)).values(last_used_at=clock.wall())
    )


def locked(session: Session, name: str) -> Operator:
    """The account, to be changed. Raises NotFound."""
    operator = session.scalar(select(Operator).where(Operator.name == name).with_for_update())
    if operator is None:
        raise NotFound(NO_OPERATOR.format(name=name))
    return operator


def record_change(session: Session, verb: str, name: str, actor: str, clock: Clock, **detail: object) -> None:
    log.record(session, actor=actor, verb=verb, subject=f"operator:{name}", detail=detail, clock=clock)


def _require_other_owner(session: Session, name: str) -> None:
    """Raises LastOwner. Locks all accounts in one order, so that two cannot disable one another at once."""
    active = select(Operator).where(Operator.disabled_at.is_(None)).order_by(Operator.id).with_for_update()
    owners = [operator.name for operator in session.scalars(active) if Role.OWNER in operator.roles]
    if owners == [name]:
        raise LastOwner("至少要留一位能登录的负责人，请先把另一位同事设为负责人。")


def _clean_roles(roles: Collection[Role]) -> list[str]:
    if not roles:
        raise Invalid("至少要给一个角色。")
    return sorted(role.value for role in set(roles))


def _clean_unit(unit: str) -> str | None:
    unit = unit.strip()
    if len(unit) > LONGEST_UNIT or not unit.isprintable():
        raise Invalid(f"单位名称最多 {LONGEST_UNIT} 个字，不能有控制字符。")
    return unit or None


def _clean_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(f"操作员的名字要有 1 到 {LONGEST_NAME} 个字，不能有控制字符。")
    return name

"""Changing accounts: adding an operator, giving out a token. Each change is in the action log."""

import secrets
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.errors import Conflict, Invalid, NotFound
from app.operators import log
from app.operators.passwords import PasswordHash
from app.operators.queries import token_digest
from models import Operator, OperatorToken
from models.enums import Role

PREFIX = "shishi_"  # tells a scanner of leaked secrets whose it is
TOKEN_BYTES = 32
LONGEST_NAME = 80


class NameTaken(Conflict):
    code = "name_taken"


def add(
    session: Session, name: str, password: PasswordHash, roles: Collection[Role], *, actor: str, clock: Clock
) -> Operator:
    """Open an account. Raises Invalid for a bad name or no role, NameTaken."""
    name = _clean_name(name)
    if not roles:
        raise Invalid("至少要给一个角色。")
    if session.scalar(select(Operator.id).where(Operator.name == name)):
        raise NameTaken(f"已经有一位操作员叫“{name}”了。")
    words = sorted(role.value for role in set(roles))
    operator = Operator(name=name, password_hash=password, roles=words, created_at=clock.wall())
    session.add(operator)
    session.flush()
    log.record(
        session, actor=actor, verb="operator.add", subject=f"operator:{name}", detail={"roles": words}, clock=clock
    )
    return operator


def issue_token(session: Session, name: str, *, actor: str, clock: Clock) -> str:
    """A new API token. It is shown this once; we keep its SHA-256 only."""
    operator = session.scalar(select(Operator).where(Operator.name == name, Operator.disabled_at.is_(None)))
    if operator is None:
        raise NotFound(f"没有叫“{name}”的操作员。")
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    digest = token_digest(token)
    session.add(OperatorToken(operator_id=operator.id, digest=digest, created_at=clock.wall()))
    session.flush()
    log.record(session, actor=actor, verb="operator.token", subject=f"operator:{name}", clock=clock)
    return token


def _clean_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(f"操作员的名字要有 1 到 {LONGEST_NAME} 个字，不能有控制字符。")
    return name

"""Reading accounts: who a token, a password or a session belongs to."""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Forbidden
from app.operators.passwords import matches
from app.operators.rules import Power, Sight, may, sight
from models import Operator, OperatorToken
from models.enums import Role


@dataclass(frozen=True)
class Account:
    """An operator who may sign in."""

    id: int
    name: str
    roles: frozenset[Role]

    @property
    def actor(self) -> str:
        """How the action log names them, apart from whoever sits at the command line."""
        return f"operator:{self.name}"

    @property
    def sight(self) -> Sight:
        return sight(self.roles)

    def may(self, power: Power) -> bool:
        return may(self.roles, power)

    def require(self, power: Power) -> None:
        if not self.may(power):
            raise Forbidden("您的角色不能做这一步。需要的话，请找负责人开通。")


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str) -> Account | None:
    digest = token_digest(token)
    found = session.execute(
        select(Operator, OperatorToken.digest)
        .join(OperatorToken, OperatorToken.operator_id == Operator.id)
        .where(OperatorToken.digest == digest, Operator.disabled_at.is_(None))
    ).first()
    return _account(found[0]) if found and hmac.compare_digest(found[1], digest) else None


def by_password(session: Session, name: str, password: str) -> Account | None:
    """Slow by design, and as slow for a name that does not exist."""
    operator = session.scalar(select(Operator).where(Operator.name == name, Operator.disabled_at.is_(None)))
    is_right = matches(password, operator.password_hash if operator else None)
    return _account(operator) if operator and is_right else None


def by_id(session: Session, operator_id: int) -> Account | None:
    """Whose session it is; None once the account is disabled."""
    operator = session.get(Operator, operator_id)
    return _account(operator) if operator and operator.disabled_at is None else None


def names(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Who these operators are, by id."""
    rows = session.execute(select(Operator.id, Operator.name).where(Operator.id.in_(ids)))
    return {row.id: row.name for row in rows}


def everyone(session: Session) -> Sequence[Operator]:
    return session.scalars(select(Operator).order_by(Operator.name)).all()


def _account(operator: Operator) -> Account:
    return Account(operator.id, operator.name, frozenset(map(Role, operator.roles)))

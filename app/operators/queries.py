"""Reading accounts: who a token, a password or a session belongs to."""

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Forbidden, NotFound
from app.operators.rules import Power, Sight, may, sight
from models import Operator, OperatorToken
from models.enums import Role

NOTED_EVERY = timedelta(minutes=1)


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


def use_was_noted(session: Session, token: str, now: datetime) -> bool:
    """Whether it is known of a token that it was used about now; it is written down once a minute."""
    used = session.scalar(select(OperatorToken.last_used_at).where(OperatorToken.digest == token_digest(token)))
    return used is not None and now - used < NOTED_EVERY


def by_id(session: Session, operator_id: int) -> Account | None:
    """Whose session it is; None once the account is disabled."""
    operator = session.get(Operator, operator_id)
    return _account(operator) if operator and operator.disabled_at is None else None


def names(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Who these operators are, by id."""
    rows = session.execute(select(Operator.id, Operator.name).where(Operator.id.in_(ids)))
    return {row.id: row.name for row in rows}


def operator(session: Session, operator_id: int) -> Operator:
    """An account as it is kept, also a disabled one. Raises NotFound."""
    found = session.get(Operator, operator_id)
    if found is None:
        raise NotFound("没有这位操作员。")
    return found


def tokens_of(session: Session, operator_id: int) -> Sequence[OperatorToken]:
    """The newest first."""
    own = select(OperatorToken).where(OperatorToken.operator_id == operator_id)
    return session.scalars(own.order_by(OperatorToken.id.desc())).all()


def everyone(session: Session) -> Sequence[Operator]:
    return session.scalars(select(Operator).order_by(Operator.name)).all()


def _account(operator: Operator) -> Account:
    return Account(operator.id, operator.name, frozenset(map(Role, operator.roles)))

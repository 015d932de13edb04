"""Who is asking: the bearer token of an operator, and what that operator may do."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.errors import ShishiError
from app.installation import Installation
from app.operators import queries, service
from app.operators.queries import Account
from app.operators.rules import Power

_bearer = HTTPBearer(auto_error=False, description="操作员的接口令牌，由 shishi operator token 发给")


class Unauthorised(ShishiError):
    status = 401
    code = "unauthorised"


def installation_of(request: Request) -> Installation:
    installation: Installation = request.app.state.installation
    return installation


Shared = Annotated[Installation, Depends(installation_of)]


def account_of(installation: Installation, token: str | None) -> Account:
    """Raises Unauthorised."""
    if not token:
        raise Unauthorised("请在请求头里带上接口令牌：Authorization: Bearer 令牌。")
    with installation.database.reading() as session:
        account = queries.by_token(session, token)
        noted = queries.use_was_noted(session, token, installation.clock.wall())
    if account is None:
        raise Unauthorised("接口令牌不对，或者已经停用。")
    if not noted:
        installation.write(lambda session: service.note_use(session, token, installation.clock))
    return account


def caller(
    installation: Shared, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Account:
    return account_of(installation, credentials.credentials if credentials else None)


Caller = Annotated[Account, Depends(caller)]


def allowed(power: Power) -> Callable[[Account], Account]:
    """The caller, who must have `power`. Raises Forbidden, before anything else is looked at."""

    def empowered(account: Caller) -> Account:
        account.require(power)
        return account

    return empowered

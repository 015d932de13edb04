"""POSTs that may be sent again: with an Idempotency-Key they are done once, and answered alike each time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.api.authorisation import Caller, Shared
from app.installation import Installation
from app.operators import requests
from app.operators.queries import Account

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="同一个键在 24 小时内重发，只办一次，回答一样",
    ),
]


@dataclass(frozen=True)
class Making:
    """One request that makes something. `asked` is its method and path."""

    installation: Installation
    account: Account
    key: str | None
    asked: str

    def make(self, body: BaseModel | bytes, function: Callable[[Session], str]) -> str:
        """Commit what `function` makes, once; what it returned, which names the object. `body`: what was sent."""
        if self.key is None:
            return self.installation.write(function)
        sent = body if isinstance(body, bytes) else body.model_dump_json().encode()
        key = requests.digest(str(self.account.id), self.key)
        request, clock = requests.digest(self.asked, sent), self.installation.clock
        return self.installation.write(
            lambda session: requests.once(session, key, request, lambda: function(session), clock)
        )


def making(request: Request, installation: Shared, account: Caller, key: Key = None) -> Making:
    return Making(installation, account, key, f"{request.method} {request.url.path}?{request.url.query}")


Once = Annotated[Making, Depends(making)]

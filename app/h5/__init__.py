"""The pages inside WeChat: applications of their own, so that whatever goes wrong is a page too."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import Receive, Scope, Send

from app.errors import ShishiError
from app.h5 import mine, notices, proposal, registering, results, signing_in, unit, voting
from app.h5.headers import SafeHeaders
from app.h5.pacing import Paces
from app.h5.pages import STATIC, on_failure, on_http_error, on_refusal
from app.h5.session import Cookies
from app.h5.signing_in import ask_to_sign_in
from app.h5.visiting import SignInNeeded
from app.h5.vote_sheet import Sheets
from app.installation import Installation

PREFIX = "/h5"
ROUTERS = (
    signing_in.router,
    proposal.router,
    mine.router,
    results.router,
    registering.router,
    unit.router,
    notices.router,
)
HANDLERS: Mapping[Any, Any] = {
    SignInNeeded: ask_to_sign_in,
    ShishiError: on_refusal,
    HTTPException: on_http_error,
    Exception: on_failure,
}


class Pages:
    """All that is served under /h5. Thousands open the ballot at once: it has as little before it as can be."""

    def __init__(self, installation: Installation) -> None:
        state, middleware = _state(installation), [Middleware(SafeHeaders)]
        self._ballot = Starlette(routes=voting.ROUTES, middleware=middleware, exception_handlers=dict(HANDLERS))
        self._others = FastAPI(
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            routes=[route for router in ROUTERS for route in router.routes],  # built once for all services
            middleware=middleware,
            exception_handlers=dict(HANDLERS),
        )
        self._others.mount("/static", StaticFiles(directory=STATIC))
        self._ballot.state = self._others.state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._ballot if scope["path"].startswith(voting.PREFIX) else self._others
        await app(scope, receive, send)


def _state(installation: Installation) -> State:
    secure = installation.settings.public_url.startswith("https:")
    return State(
        {
            "installation": installation,
            "cookies": Cookies(installation.keyring, installation.clock, secure=secure),
            "sheets": Sheets(),
            "paces": Paces.of(installation.settings, installation.clock),
        }
    )

"""The pages inside WeChat: applications of their own, so that whatever goes wrong is a page too."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from app.errors import ShishiError
from app.h5 import mine, proposal, registering, results, signing_in, voting
from app.h5.headers import SafeHeaders
from app.h5.pages import STATIC, on_failure, on_http_error, on_refusal
from app.h5.session import Cookies
from app.h5.signing_in import ask_to_sign_in
from app.h5.visiting import SignInNeeded
from app.h5.vote_sheet import Sheets
from app.installation import Installation

ROUTERS = (signing_in.router, proposal.router, mine.router, results.router, registering.router)
HANDLERS: Mapping[Any, Any] = {
    SignInNeeded: ask_to_sign_in,
    ShishiError: on_refusal,
    HTTPException: on_http_error,
    Exception: on_failure,
}


def mount(app: FastAPI, installation: Installation) -> None:
    """Serve the pages under /h5 of `app`, but for the ballot."""
    pages = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        routes=[route for router in ROUTERS for route in router.routes],  # built once for all services
        middleware=[Middleware(SafeHeaders)],
        exception_handlers=dict(HANDLERS),
    )
    pages.state = _state(installation)
    pages.mount("/static", StaticFiles(directory=STATIC))
    app.mount("/h5", pages)


def vote_door(installation: Installation) -> Starlette:
    """The ballot, at `voting.PREFIX`: thousands open it at once, so as little as can be stands before it."""
    door = Starlette(routes=voting.ROUTES, middleware=[Middleware(SafeHeaders)], exception_handlers=dict(HANDLERS))
    door.state = _state(installation)
    return door


def _state(installation: Installation) -> State:
    secure = installation.settings.public_url.startswith("https:")
    return State(
        {
            "installation": installation,
            "cookies": Cookies(installation.keyring, installation.clock, secure=secure),
            "sheets": Sheets(),
        }
    )

"""The pages inside WeChat: an application of its own, so that whatever goes wrong is a page too."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app.errors import ShishiError
from app.h5 import mine, proposal, registering, results, signing_in, voting
from app.h5.headers import SafeHeaders
from app.h5.pages import STATIC, on_failure, on_http_error, on_refusal
from app.h5.session import Cookies
from app.h5.signing_in import ask_to_sign_in
from app.h5.visiting import SignInNeeded
from app.h5.vote_sheet import Sheets
from app.installation import Installation

ROUTERS = (signing_in.router, proposal.router, mine.router, results.router, voting.router, registering.router)


def mount(app: FastAPI, installation: Installation) -> None:
    """Serve the pages under /h5 of `app`."""
    routes = [
        route for router in ROUTERS for route in router.routes
    ]  # built once, whatever the number of services
    pages = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, routes=routes)
    pages.state.installation = installation
    secure = installation.settings.public_url.startswith("https:")
    pages.state.cookies = Cookies(installation.keyring, installation.clock, secure=secure)
    pages.state.sheets = Sheets()
    pages.mount("/static", StaticFiles(directory=STATIC))
    pages.add_middleware(SafeHeaders)
    pages.add_exception_handler(SignInNeeded, ask_to_sign_in)
    pages.add_exception_handler(ShishiError, on_refusal)
    pages.add_exception_handler(HTTPException, on_http_error)
    pages.add_exception_handler(Exception, on_failure)
    app.mount("/h5", pages)

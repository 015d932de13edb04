"""The operators' pages: an application of its own, so that whatever goes wrong is a page too.

How to write a page: a module with `router = APIRouter()` and paths below /console, added to ROUTERS; where it is
to be found, a line in nav.NAV; who may open it, a line in tests/app/console/test_matrix.py.

    @router.get("/board")
    def board(request: Request, here: Here, who: Who) -> Response:             # every operator; see visiting.py
        with here.database.reading() as session:
            ...
        return page(request, "board.html", rows=rows)                          # {% extends "console.html" %}

    @router.post("/board/sort")
    def sort(here: Here, who: Annotated[Account, allowed(Power.CLASSIFY)], form: FormSent) -> Response:
        here.write(lambda session: sorting.sort(session, …, by=who))           # the room checks too
        return redirect_with("/console/board", "已归类。")

Templates fill the blocks title, content, and where wanted head, lead (beside the title) and scripts. A form posts
`{{ token_field() }}`; a script sends `token` (data-token of the body) as X-CSRF-Token. `{{ static("board.css") }}`
is the address of a file in static/. `{{ at | moment }}` and `{{ at | day }}` are in the office's zone. Style is
Tabler's (Bootstrap 5); no inline script, style attribute or event handler: the browser is told to refuse them.
"""

from pathlib import Path

import starlette_admin
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app.console import (
    account,
    alike,
    assessing,
    board,
    board_deeds,
    broadcast_jobs,
    broadcasts,
    candidates,
    dashboard,
    deciding,
    doubts,
    exports,
    forms,
    last_year,
    lists,
    log,
    merging,
    operators,
    paper,
    phase,
    posters,
    project_announcement,
    projects,
    proposal,
    registers,
    round_composing,
    round_running,
    rounds,
    signing_in,
    units_said,
)
from app.console.headers import Guarded
from app.console.pages import STATIC, on_bad_address, on_failure, on_http_error, on_refusal
from app.console.signing_in import ask_to_sign_in
from app.console.visiting import SignInNeeded
from app.errors import ShishiError
from app.installation import Installation

ROUTERS = (
    signing_in.router,
    dashboard.router,
    last_year.router,
    board.router,
    board_deeds.router,
    proposal.router,
    forms.router,
    assessing.router,
    deciding.router,
    alike.router,
    merging.router,
    candidates.router,
    round_composing.router,  # before rounds: new is no id
    rounds.router,
    registers.router,
    project_announcement.router,  # before projects: announcement is no id
    projects.router,
    broadcasts.router,
    broadcast_jobs.router,
    posters.router,
    doubts.router,  # before the steps: neither this nor the next two are one
    units_said.router,
    paper.router,
    round_running.router,
    phase.router,
    exports.router,
    account.router,
    log.router,
    operators.router,
)
TABLER = Path(starlette_admin.__file__).parent / "static"


def mount(app: FastAPI, installation: Installation) -> None:
    """Serve the console under /console of `app`."""
    routes = [
        route for router in ROUTERS for route in router.routes
    ]  # built once, whatever the number of services
    console = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, routes=routes)
    console.state.installation = installation
    console.mount("/static/tabler", StaticFiles(directory=TABLER))
    console.mount("/static", StaticFiles(directory=STATIC))
    lists.mount(console, installation)
    console.add_middleware(Guarded, https=installation.settings.public_url.startswith("https:"))
    console.add_exception_handler(SignInNeeded, ask_to_sign_in)
    console.add_exception_handler(ShishiError, on_refusal)
    console.add_exception_handler(HTTPException, on_http_error)
    console.add_exception_handler(RequestValidationError, on_bad_address)
    console.add_exception_handler(Exception, on_failure)
    app.mount("/console", console)

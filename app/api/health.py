"""/healthz and /readyz: whether the process is alive, and whether it can work."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

import migrations
from app.api import problems
from app.database import Database
from app.installation import Installation

ALIVE = {"status": "ok"}


def router(installation: Installation) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        """Without the database: restarting us would not cure that."""
        return ALIVE

    @router.get("/readyz")
    def ready() -> Response:
        hindrance = hindrance_of(installation.database)
        return problems.response(503, "not_ready", hindrance) if hindrance else JSONResponse(ALIVE)

    return router


def hindrance_of(database: Database) -> str | None:
    """Why the database cannot be worked with; None when it can, also after a later version has upgraded it."""
    try:
        standing = migrations.standing(database.read)
    except SQLAlchemyError:
        return "数据库现在连不上。"
    return None if standing.can_be_worked_with else "数据库的结构不是当前版本，请先运行 shishi migrate。"

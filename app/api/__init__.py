"""The JSON API for operators and integrations, and the addresses where a machine asks how we are."""

import re

from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import Mount

from app.api import (
    assessments,
    broadcasts,
    campaigns,
    candidates,
    decisions,
    doubts,
    forms,
    health,
    merges,
    metrics,
    openapi,
    paper,
    problems,
    projects,
    proposals,
    registers,
    rounds,
    similar,
    units,
)
from app.api.guard import Guard, refuse_repeated
from app.installation import Installation

PREFIX = "/api/v1"
ROUTERS = (
    campaigns.router,
    proposals.router,
    similar.router,
    assessments.router,
    decisions.router,
    merges.router,
    candidates.router,
    rounds.router,
    doubts.router,
    units.router,
    paper.router,
    forms.router,
    registers.router,
    projects.router,
    broadcasts.router,
)

# Built once for all services.
resources = APIRouter(dependencies=[Depends(refuse_repeated)])
for router in ROUTERS:
    resources.include_router(router, responses=openapi.PROBLEMS)


def mount(app: FastAPI, installation: Installation) -> None:
    """An application of its own, so that its errors are problem details whatever the pages around it do."""
    api = FastAPI(
        title="shishi",
        version="1",
        description="职工实事项目征集的接口，给操作员和其他系统使用。",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=list(resources.routes),
    )
    api.state.installation = installation
    problems.install(api)
    openapi.install(api)
    api.add_middleware(Guard)
    app.router.routes.append(_everything_below(PREFIX, api))
    app.include_router(health.router(installation))
    app.include_router(metrics.router(installation))


def _everything_below(prefix: str, api: FastAPI) -> Mount:
    """Also paths with a line break in them, which a plain mount would leave to the pages around."""
    mounted = Mount(prefix, api)
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    return mounted

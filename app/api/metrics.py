"""/metrics: the numbers for Prometheus, for this machine itself or with an operator's token."""

from ipaddress import ip_address

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from app.api import problems
from app.api.authorisation import Unauthorised, account_of
from app.api.gauges import Gauges
from app.installation import Installation
from app.metrics import exposition


def router(installation: Installation) -> APIRouter:
    router, gauges = APIRouter(include_in_schema=False), Gauges(installation)

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        try:
            _admit(request, installation)
        except Unauthorised as error:
            challenge = {"WWW-Authenticate": "Bearer"}
            return problems.response(error.status, error.code, error.message, headers=challenge)
        return Response(exposition(gauges), media_type=CONTENT_TYPE_LATEST)

    return router


def _admit(request: Request, installation: Installation) -> None:
    """Raises Unauthorised."""
    if not _is_from_here(request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        account_of(installation, token if scheme.lower() == "bearer" else None)


def _is_from_here(request: Request) -> bool:
    """Behind a proxy on this machine everybody seems to come from it; a proxy says so in a header."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers or request.client is None:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False

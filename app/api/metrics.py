"""/metrics: the numbers for Prometheus, for this machine itself or with an operator's token."""

from ipaddress import ip_address

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from app.api import problems
from app.api.authorisation import Unauthorised, account_of
from app.database import Database
from app.installation import Installation
from app.metrics import OUTBOX, REGISTRY
from models import Delivery
from models.enums import DeliveryState

OPEN_STATES = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN)


def router(installation: Installation) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        try:
            _admit(request, installation)
        except Unauthorised as error:
            challenge = {"WWW-Authenticate": "Bearer"}
            return problems.response(error.status, error.code, error.message, headers=challenge)
        _count_outbox(installation.database)
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

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


def _count_outbox(database: Database) -> None:
    """Old numbers would mislead: while the database does not answer there are none, and the others are told."""
    counting = select(Delivery.state, func.count()).where(Delivery.state.in_(OPEN_STATES)).group_by(Delivery.state)
    try:
        with database.reading() as session:
            found = {row[0]: row[1] for row in session.execute(counting)}
    except SQLAlchemyError:
        OUTBOX.clear()
        return
    for state in OPEN_STATES:
        OUTBOX.labels(state.value).set(found.get(state, 0))

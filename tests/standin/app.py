"""The platform as a web application: its API, its authorize page, and whatever else is mounted beside."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from tests.standin.api import (
    custom,
    jssdk,
    mass,
    media,
    menu,
    oauth,
    qrcode,
    quota,
    subscribe,
    tags,
    template,
    token,
    users,
)
from tests.standin.platform import Platform

SUBJECTS = (
    token,
    quota,
    custom,
    template,
    subscribe,
    mass,
    users,
    tags,
    menu,
    qrcode,
    media,
    oauth,
    jssdk,
)


def create_app(
    platform: Platform,
    extra_routes: Sequence[BaseRoute] = (),
    *,
    current_person: oauth.CurrentPerson = oauth.named_in_request,
) -> Starlette:
    """`current_person` tells from a request of the authorize page whose phone it came from."""
    endpoints = [endpoint for subject in SUBJECTS for endpoint in subject.ENDPOINTS]
    pages = [oauth.authorize_route(platform, current_person), media.picture_route(platform)]
    return Starlette(routes=[*(endpoint.route(platform) for endpoint in endpoints), *pages, *extra_routes])

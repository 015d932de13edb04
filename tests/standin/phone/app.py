"""The whole stand-in as one application: the platform's API and the phone beside it."""

import httpx
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.standin.app import create_app
from tests.standin.phone.proxy import HOLDER, WebView
from tests.standin.phone.requests import Unacceptable, refuse
from tests.standin.phone.routes import Phone
from tests.standin.platform import Platform


def with_phone(platform: Platform, service: httpx.AsyncClient, public_url: str) -> tuple[Starlette, Phone]:
    """The application and its phone; `service` reaches the pages at `public_url`."""
    webview = WebView(service, public_url, platform.public_url)
    phone = Phone(platform, webview)
    app = create_app(platform, phone.routes(), current_person=_holder)
    app.add_exception_handler(Unacceptable, refuse)
    app.add_middleware(StayInside, webview=webview)
    return app, phone


def _holder(request: Request) -> str | None:
    return request.cookies.get(HOLDER) or request.query_params.get("as")


class StayInside:
    """After signing in, the platform sends the web-view back to the service's address as the phone reaches it."""

    def __init__(self, app: ASGIApp, webview: WebView) -> None:
        self._app = app
        self._webview = webview

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_inside(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._rewrite(MutableHeaders(scope=message))
            await send(message)

        inside = scope["type"] == "http" and scope["path"].startswith("/connect/")
        held = inside and HOLDER in Request(scope).cookies
        await self._app(scope, receive, send_inside if held else send)

    def _rewrite(self, headers: MutableHeaders) -> None:
        if "location" in headers:
            headers["location"] = self._webview.path_of(headers["location"]) or headers["location"]

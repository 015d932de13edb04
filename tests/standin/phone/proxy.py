"""The web-view: the service's pages at the stand-in's own address, with a cookie jar for each worker."""

import re
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import Response

HOLDER = "standin_holder"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; M2012K11AC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MMWEBID/1 "
    "MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64"
)
PASSED_ON = (
    "accept",
    "accept-language",
    "content-type",
    "if-modified-since",
    "if-none-match",
    "range",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "x-requested-with",
)
KEPT_BACK = {
    "connection",
    "date",
    "server",
    "content-encoding",
    "content-length",
    "keep-alive",
    "set-cookie",
    "strict-transport-security",
    "transfer-encoding",
    "x-frame-options",
}
PATIENCE = httpx.Timeout(30)
FRAME_RULE = re.compile(r"\s*frame-ancestors[^;]*;?")


class WebView:
    """Carries requests to `public_url` for whoever holds the phone.

    `origins` are the addresses that exist only inside the phone (the service's and the platform's); in
    what comes back they become paths, so that a redirect or a link never leaves it.
    """

    def __init__(self, service: httpx.AsyncClient, public_url: str, *origins: str) -> None:
        self._service = service
        self._public_url = public_url.rstrip("/")
        self._origins = {_origin(url) for url in (public_url, *origins)}
        self._jars: dict[str, httpx.Cookies] = {}

    def path_of(self, url: str) -> str | None:
        """Where `url` is reached inside the phone; None for a page of somebody else's."""
        if _origin(url) not in self._origins:
            return None
        parts = urlsplit(url)
        return parts._replace(scheme="", netloc="").geturl() or "/"

    def outside(self, url: str) -> str:
        """How the service knows the page that stands at `url` inside the phone."""
        parts = urlsplit(url)
        return f"{self._public_url}{parts.path}{'?' + parts.query if parts.query else ''}"

    async def fetch(self, request: Request, person: str, address: str = "") -> Response:
        """The service's answer to `request` made by `person`; an unreachable service is a 502.

        `address` is the one their phone has in the network; without it everybody comes from this machine.
        """
        asked = httpx.Request(  # not the client's: it would add the cookies of everybody
            request.method,
            self._public_url + _target(request),
            headers=self._headers(request, address),
            content=await request.body(),
            extensions={"timeout": PATIENCE.as_dict()},
        )
        jar = self._jars.setdefault(person, httpx.Cookies())
        jar.set_cookie_header(asked)
        try:
            answer = await self._service.send(asked, follow_redirects=False)
        except httpx.TransportError:
            return Response("这个网页暂时打不开，服务没有回应。", 502, media_type="text/plain")
        jar.extract_cookies(answer)
        return self._passed_back(answer, request)

    def _headers(self, request: Request, address: str) -> dict[str, str]:
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        headers["user-agent"] = WECHAT
        if address:
            headers["x-forwarded-for"] = address
        if "origin" in request.headers:
            headers["origin"] = _origin(self._public_url)
        if "referer" in request.headers:
            path = urlsplit(request.headers["referer"])._replace(scheme="", netloc="").geturl()
            headers["referer"] = self._public_url + path
        return headers

    def _passed_back(self, answer: httpx.Response, request: Request) -> Response:
        content = answer.content
        if answer.headers.get("content-type", "").startswith("text/html"):
            content = content.replace(self._public_url.encode(), _origin(str(request.base_url)).encode())
        headers = {name: value for name, value in answer.headers.items() if name not in KEPT_BACK}
        if rule := headers.pop("content-security-policy", ""):
            headers["content-security-policy"] = FRAME_RULE.sub("", rule)
        if "location" in headers:
            headers["location"] = self.path_of(headers["location"]) or headers["location"]
        return Response(content, answer.status_code, headers)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _target(request: Request) -> str:
    """Path and query exactly as the page asked for them."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope["query_string"]
    return (path + (b"?" + query if query else b"")).decode("ascii")

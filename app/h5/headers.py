"""What every answer under /h5 tells the browser not to do."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PERSONAL, FIXED = "no-store", "public, max-age=86400"  # the addresses of fixed files change with their content
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


WITH_PERSONAL = encoded({**ALWAYS, "cache-control": PERSONAL})
WITH_FIXED = encoded({**ALWAYS, "cache-control": FIXED})
OURS = {name for name, _ in WITH_PERSONAL}


class SafeHeaders:
    """Pages are one person's and are kept nowhere; style and script may be."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fixed = scope["type"] == "http" and "/static/" in scope["path"]

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = [header for header in message["headers"] if header[0] not in OURS]
                ours = WITH_FIXED if fixed and message["status"] < 400 else WITH_PERSONAL
                message = {**message, "headers": theirs + ours}
            await send(message)

        await self.app(scope, receive, send_safely)

"""What every answer under /h5 tells the browser not to do."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = "content-security-policy"


def policy(*, script: str = "", style: str = "") -> str:
    """`script` and `style` are what a page needs besides our own files."""
    rules = (
        "default-src 'none'",
        f"style-src 'self' {style}",
        f"script-src 'self' {script}",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rule.strip() for rule in rules)


PERSONAL, FIXED = "no-store", "public, max-age=86400"  # the addresses of fixed files change with their content
ALWAYS = {
    CONTENT_POLICY: policy(),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


WITH_PERSONAL = encoded({**ALWAYS, "cache-control": PERSONAL})
WITH_FIXED = encoded({**ALWAYS, "cache-control": FIXED})
OURS = {name for name, _ in WITH_PERSONAL}
ITS_OWN = CONTENT_POLICY.encode()  # which a page may set otherwise


class SafeHeaders:
    """Pages are one person's and are kept nowhere; style and script may be."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fixed = scope["type"] == "http" and "/static/" in scope["path"]

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message["headers"]
                ours = WITH_FIXED if fixed and message["status"] < 400 else WITH_PERSONAL
                if any(header[0] == ITS_OWN for header in given):
                    ours = [header for header in ours if header[0] != ITS_OWN]
                theirs = [header for header in given if header[0] not in OURS or header[0] == ITS_OWN]
                message = {**message, "headers": theirs + ours}
            await send(message)

        await self.app(scope, receive, send_safely)

"""The cookies of the console: who is signed in, and one line to show on the next page. Over https `Guarded` marks
each of them as secure."""

import base64
import json
from collections.abc import Mapping
from hmac import compare_digest
from typing import NamedTuple

from starlette.responses import Response

from app.crypto import Keyring
from app.operators.sessions import LONGEST

SESSION, NOTICE = "shishi_console", "shishi_console_notice"
PATH = "/console"
NOTICE_SECONDS = 60
LONGEST_NOTICE = 400  # characters; a cookie holds no more than 4 KB


class Notice(NamedTuple):
    text: str
    bad: bool = False


def keep_session(response: Response, cookie: str) -> None:
    longest = int(LONGEST.total_seconds())
    response.set_cookie(SESSION, cookie, max_age=longest, path=PATH, httponly=True, samesite="lax")


def drop_session(response: Response) -> None:
    response.delete_cookie(SESSION, path=PATH)


def form_token(keyring: Keyring, cookie: str) -> str:
    """What forms of this session carry, so that no other site can send them."""
    return keyring.digest(cookie, "console form")


def accepts(keyring: Keyring, cookie: str, token: str) -> bool:
    known = keyring.digests(cookie, "console form")
    return any(compare_digest(token.encode(), one.encode()) for one in known)


def put_notice(response: Response, notice: Notice) -> None:
    held = json.dumps([notice.text[:LONGEST_NOTICE], notice.bad]).encode()
    value = base64.urlsafe_b64encode(held).decode()
    response.set_cookie(NOTICE, value, max_age=NOTICE_SECONDS, path=PATH, httponly=True, samesite="lax")


def take_notice(cookies: Mapping[str, str], response: Response) -> None:
    """Shown once: the page that shows it takes it away."""
    if NOTICE in cookies:
        response.delete_cookie(NOTICE, path=PATH)


def notice_in(cookies: Mapping[str, str]) -> Notice | None:
    try:
        text, bad = json.loads(base64.urlsafe_b64decode(cookies.get(NOTICE, "")))
    except (ValueError, TypeError, RecursionError):
        return None
    return Notice(text, bool(bad)) if isinstance(text, str) else None

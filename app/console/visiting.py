"""Who opens a page of the console, and what a form of theirs sends."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData

from app.console.session import SESSION, accepts, form_token
from app.errors import Forbidden, Invalid
from app.installation import Installation
from app.operators import sessions
from app.operators.queries import Account
from app.operators.rules import Power

FILES_LIMIT, FIELDS_LIMIT = 200, 2000
FIELD_BYTES = 1024 * 1024


class SignInNeeded(Exception):
    """Nobody is signed in, or no longer."""


class NotFromOurPage(Forbidden):
    code = "not_from_our_page"


@dataclass(frozen=True)
class Visit:
    """An operator in a browser. `token` goes into their forms; `session_id` is this browser's."""

    account: Account
    session_id: int
    token: str


def installation(request: Request) -> Installation:
    found: Installation = request.app.state.installation
    return found


Here = Annotated[Installation, Depends(installation)]


def visit(request: Request, here: Here) -> Visit:
    """Raises SignInNeeded."""
    found = visit_if_any(request, here)
    if found is None:
        raise SignInNeeded
    return found


Visiting = Annotated[Visit, Depends(visit)]


def who(visiting: Visiting) -> Account:
    return visiting.account


Who = Annotated[Account, Depends(who)]


def allowed(power: Power) -> Any:
    """The account, for a parameter or in `dependencies`: the page is refused without `power`."""

    def empowered(account: Who) -> Account:
        account.require(power)
        return account

    return Depends(empowered)


async def form_sent(request: Request, here: Here, _visiting: Visiting) -> AsyncIterator[FormData]:
    """The fields of a form of ours. Raises NotFromOurPage for one that was made elsewhere."""
    refuse_other_sites(request, here)
    async with request.form(max_files=FILES_LIMIT, max_fields=FIELDS_LIMIT, max_part_size=FIELD_BYTES) as fields:
        token = request.headers.get("x-csrf-token") or fields.get("token", "")
        if not isinstance(token, str) or not accepts(here.keyring, request.cookies.get(SESSION, ""), token):
            raise NotFromOurPage("这个网页放得太久了，没有保存。请返回上一页，复制要紧的内容，刷新以后再试。")
        if any(isinstance(value, str) and "\x00" in value for _, value in fields.multi_items()):
            raise Invalid("内容里有存不下的字符（空字符），请去掉再试。")
        yield fields


FormSent = Annotated[FormData, Depends(form_sent)]
FROM_OUR_PAGE = Depends(form_sent)  # where the button is all there is to send


def refuse_other_sites(request: Request, here: Installation) -> None:
    """A browser says where a form comes from; one from another site is refused before it is read."""
    origin = request.headers.get("origin")
    ours = {urlsplit(here.settings.public_url).netloc, request.headers.get("host", "")}
    if origin is not None and urlsplit(origin).netloc not in ours:
        raise NotFromOurPage("这个请求不是从本系统的网页发出的，没有保存。")


def visit_if_any(request: Request, here: Installation) -> Visit | None:
    """Who is signed in, looked up once a request."""
    if not hasattr(request.state, "visit"):
        request.state.visit = _signed_in(request, here)
    found: Visit | None = request.state.visit
    return found


def _signed_in(request: Request, here: Installation) -> Visit | None:
    """That they were here is written at most once a minute."""
    cookie = request.cookies.get(SESSION, "")
    with here.database.reading() as session:
        found = sessions.find(session, cookie, here.clock)
    if found is None:
        return None
    if sessions.seen_long_ago(found, here.clock):
        here.write(lambda session: sessions.seen(session, found.id, here.clock))
    return Visit(found.account, found.id, form_token(here.keyring, cookie))


def text_of(form: FormData, field: str) -> str:
    """What was typed into a field; nothing for one that is missing or was sent as a file."""
    value = form.get(field, "")
    return value if isinstance(value, str) else ""

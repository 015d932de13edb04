"""Who opens a page, and what a form of theirs sends: identity comes from the server's side alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.errors import Forbidden, ShishiError
from app.h5.session import RENEWED_AFTER, SESSION_LIFE, Cookies, SignedIn
from app.installation import Installation
from app.proposals.service import Desk
from models import Follower

BODY_LIMIT = 256 * 1024
FIELDS_LIMIT = 200


class SignInNeeded(ShishiError):
    """Nobody is signed in, or no longer. Which sentence is told depends on the page: see `ask_to_sign_in`."""

    status = 401
    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__("请重新打开这个网页。")


class NotFromOurPage(Forbidden):
    code = "not_from_our_page"


@dataclass(frozen=True)
class Visitor:
    """Who is signed in; `token` goes into their forms."""

    id: int
    openid: str
    subscribed: bool
    token: str


def installation(request: Request) -> Installation:
    found: Installation = request.app.state.installation
    return found


Here = Annotated[Installation, Depends(installation)]


def cookies(request: Request) -> Cookies:
    found: Cookies = request.app.state.cookies
    return found


Jar = Annotated[Cookies, Depends(cookies)]


def visitor(request: Request, here: Here, jar: Jar) -> Visitor:
    """Raises SignInNeeded."""
    follower = _signed_in(request, here, jar)
    return Visitor(follower.id, follower.openid, follower.subscribed, jar.form_token(follower.id, follower.openid))


Who = Annotated[Visitor, Depends(visitor)]


async def form_sent(request: Request, who: Who, jar: Jar) -> Mapping[str, str]:
    """The fields of a form of ours. Raises NotFromOurPage for one that was made elsewhere."""
    fields = await fields_of(request)
    if not jar.accepts(fields.pop("token", ""), who.id, who.openid):
        raise NotFromOurPage("这个网页放得太久了，没有保存。请返回上一页，刷新以后再试。")
    return fields


FormSent = Annotated[Mapping[str, str], Depends(form_sent)]
FROM_OUR_PAGE = Depends(form_sent)  # where the button is all there is to send


def desk(session: Session, here: Installation) -> Desk:
    """Raises NoCampaign."""
    return Desk(campaigns.current(session, here.clock), here.keyring, here.clock.now())


def present(here: Installation) -> Desk:
    """Where the campaign stands as a page is opened; what is written looks again in its own transaction."""
    with here.database.reading() as session:
        return desk(session, here)


def session_of(request: Request, jar: Cookies) -> SignedIn:
    """What the cookie says. Raises SignInNeeded."""
    within = RENEWED_AFTER if request.method == "GET" else SESSION_LIFE
    signed_in = jar.signed_in(request.cookies, within)
    if signed_in is None:
        raise SignInNeeded
    return signed_in


def _signed_in(request: Request, here: Installation, jar: Cookies) -> Follower:
    signed_in = session_of(request, jar)
    with here.database.reading() as session:
        follower = session.get(Follower, signed_in.follower_id)
    if follower is None or not jar.belongs_to(signed_in, follower.openid):
        raise SignInNeeded
    return follower


async def fields_of(request: Request) -> dict[str, str]:
    """What a form sends, each name once. Anything but a form is nothing; too much is refused while it arrives."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise HTTPException(413)
    try:
        pairs = parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=FIELDS_LIMIT)
    except ValueError:
        raise HTTPException(413) from None
    return dict(pairs)

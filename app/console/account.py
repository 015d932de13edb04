"""One's own account: the password, two-step sign-in, where one is signed in, API tokens."""

import io
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Path
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.console.pages import page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Visit, Visiting, Who, text_of
from app.errors import Forbidden, Invalid
from app.installation import Installation
from app.operators import credentials, queries, service, sessions, signing_in, totp
from app.operators.passwords import hash_password
from app.operators.queries import Account

ACCOUNT = "/console/account"
router = APIRouter()
RowId = Annotated[int, Path(ge=1, lt=2**31)]  # as PostgreSQL counts


@router.get("/account")
def account(request: Request, here: Here, visiting: Visiting) -> Response:
    return page(request, "account.html", **_shown(here, visiting))


@router.post("/account/password")
def change_password(here: Here, visiting: Visiting, form: FormSent) -> Response:
    name, new = visiting.account.name, text_of(form, "new")
    if new != text_of(form, "again"):
        raise Invalid("两次输入的新密码不一样，没有改。请返回再试一次。")
    _prove(here, visiting.account, form)
    password = hash_password(new)
    here.write(
        lambda session: credentials.set_password(
            session,
            name,
            password,
            actor=visiting.account.actor,
            clock=here.clock,
            keep_session=visiting.session_id,
        )
    )
    return redirect_with(ACCOUNT, "密码改好了。别的地方都已退出，要用新密码重新登录。")


@router.get("/account/totp")
def offer_totp(request: Request, here: Here, who: Who) -> Response:
    return _offer(request, here, who, credentials.offered_secret(here.keyring))


@router.post("/account/totp")
def turn_on_totp(request: Request, here: Here, who: Who, form: FormSent) -> Response:
    sealed = _sealed(form)
    _prove(here, who, form)
    try:
        here.write(
            lambda session: credentials.turn_on_totp(
                session,
                who.name,
                sealed,
                text_of(form, "code"),
                actor=who.actor,
                keyring=here.keyring,
                clock=here.clock,
            )
        )
    except credentials.WrongCode as refusal:
        return _offer(request, here, who, sealed, refusal.message)
    return redirect_with(ACCOUNT, "两步登录已经打开。下次登录除了密码，还要输手机上的动态码。")


@router.post("/account/totp/off")
def turn_off_totp(here: Here, who: Who, form: FormSent) -> Response:
    _prove(here, who, form)
    here.write(lambda session: credentials.turn_off_totp(session, who.name, actor=who.actor, clock=here.clock))
    return redirect_with(ACCOUNT, "两步登录已经关掉。")


@router.post("/account/sessions/end-others", dependencies=[FROM_OUR_PAGE])
def end_other_sessions(here: Here, visiting: Visiting) -> Response:
    ended = here.write(
        lambda session: sessions.end_others(session, visiting.account, visiting.session_id, here.clock)
    )
    return redirect_with(ACCOUNT, f"别的 {ended} 处都已退出。" if ended else "没有别的地方登录着。")


@router.post("/account/sessions/{session_id}/end", dependencies=[FROM_OUR_PAGE])
def end_session(here: Here, who: Who, session_id: RowId) -> Response:
    here.write(lambda session: sessions.sign_out(session, who, session_id, here.clock))
    return redirect_with(ACCOUNT, "那一处已经退出。")


@router.post("/account/tokens")
def issue_token(request: Request, here: Here, visiting: Visiting, form: FormSent) -> Response:
    who = visiting.account
    _prove(here, who, form)
    token = here.write(lambda session: service.issue_token(session, who.name, actor=who.actor, clock=here.clock))
    return page(request, "account.html", **_shown(here, visiting), issued=token)


@router.post("/account/tokens/{token_id}/revoke", dependencies=[FROM_OUR_PAGE])
def revoke_token(here: Here, who: Who, token_id: RowId) -> Response:
    here.write(
        lambda session: service.revoke_tokens(session, who.name, only=token_id, actor=who.actor, clock=here.clock)
    )
    return redirect_with(ACCOUNT, "令牌已经收回，用它的程序不能再连接。")


def _shown(here: Installation, visiting: Visit) -> dict[str, Any]:
    own = visiting.account.id
    with here.database.reading() as session:
        return {
            "has_totp": queries.operator(session, own).totp is not None,
            "sessions": sessions.of_operator(session, own, here.clock),
            "this_session": visiting.session_id,
            "tokens": queries.tokens_of(session, own),
        }


def _prove(here: Installation, account: Account, form: FormData) -> None:
    """What matters takes the password again, so that a browser left open gives nothing away. Raises Forbidden."""
    with here.database.reading() as session:
        claim = signing_in.claimed(session, account.name)
    proven = claim.is_proven_by(text_of(form, "password"))
    if not here.write(lambda session: signing_in.confirm(session, claim, proven, here.clock)):
        raise Forbidden("现在的密码不对，没有改。连续输错 5 次要等 15 分钟，或者请负责人解锁。请返回再试一次。")


def _sealed(form: FormData) -> bytes:
    try:
        return bytes.fromhex(text_of(form, "secret"))
    except ValueError:
        return b""


def _offer(request: Request, here: Installation, who: Account, sealed: bytes, problem: str = "") -> Response:
    secret = credentials.secret_in(sealed, here.keyring)
    drawn = io.BytesIO()
    segno.make(totp.address(secret, who.name)).save(
        drawn, kind="svg", scale=5, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return page(
        request,
        "account_totp.html",
        422 if problem else 200,
        picture=Markup(drawn.getvalue().decode()),  # noqa: S704 - drawn by us, of an address that is quoted
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        sealed=sealed.hex(),
        problem=problem,
    )

"""Signing in to the console, and out of it."""

import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.console.browsers import browser_of
from app.console.pages import page, redirect_with, telling
from app.console.session import PATH, drop_session, keep_session
from app.console.visiting import FROM_OUR_PAGE, Here, Visiting, refuse_other_sites, visit_if_any
from app.installation import Installation
from app.operators import sessions, signing_in
from app.operators.signing_in import Outcome, Step

OWN_ADDRESS = re.compile(r"/console/[A-Za-z0-9/_-]*(\?[^\s\\]*)?")
HOME, SIGN_IN = "/console/", "/console/sign-in"
STEP = "shishi_console_step"
STEP_LIFE = timedelta(minutes=5)
LONGEST_TYPED = 500

EXPIRED = "您离开得久了，已经自动退出，刚才的内容没有保存。请返回上一页复制要紧的内容，重新登录后再试。"
REFUSED = (
    "没有登录成功。可能是名字、密码或动态码不对；也可能连续输错了 5 次，账号锁住了，"
    "请 15 分钟以后再试，或请负责人解锁。"
)
STEP_OVER = "隔得太久了，请从头再登录一次。"

router = APIRouter()
Typed = Annotated[str, Form(max_length=LONGEST_TYPED)]


def ask_to_sign_in(request: Request, _needed: Exception) -> Response:
    if request.method != "GET":
        return telling(request, "请重新登录", EXPIRED, 401, (SIGN_IN, "重新登录"))
    wanted = f"{request.url.path}?{request.url.query}".rstrip("?")
    return RedirectResponse(f"{SIGN_IN}?to={quote(wanted, safe='')}" if wanted != HOME else SIGN_IN, 303)


@router.get("/sign-in")
def ask(request: Request, here: Here, to: str = HOME) -> Response:
    if visit_if_any(request, here):
        return RedirectResponse(own_address(to), 303)
    return page(request, "sign_in.html", to=own_address(to))


@router.post("/sign-in")
def sign_in(request: Request, here: Here, name: Typed = "", password: Typed = "", to: Typed = HOME) -> Response:
    refuse_other_sites(request, here)
    with here.database.reading() as session:
        claim = signing_in.claimed(session, name)
    proven = claim.is_proven_by(password)
    browser = browser_of(request.headers.get("user-agent", ""))
    outcome = here.write(
        lambda session: signing_in.enter(session, claim, proven, browser, keyring=here.keyring, clock=here.clock)
    )
    if outcome.step is Step.CODE_NEEDED:
        return _ask_for_code(request, here, outcome.operator_id, own_address(to))
    if outcome.step is Step.REFUSED:
        return page(request, "sign_in.html", 403, to=own_address(to), name=name, problem=REFUSED)
    return _entered(outcome, to)


@router.post("/sign-in/code")
def sign_in_with_code(request: Request, here: Here, code: Typed = "", to: Typed = HOME) -> Response:
    refuse_other_sites(request, here)
    try:
        held = _steps(here).loads(request.cookies.get(STEP, ""), max_age=int(STEP_LIFE.total_seconds()))
    except BadSignature:
        return page(request, "sign_in.html", 403, to=own_address(to), problem=STEP_OVER)
    browser = browser_of(request.headers.get("user-agent", ""))
    outcome = here.write(
        lambda session: signing_in.enter_with_code(
            session, held["operator"], held["mark"], code, browser, keyring=here.keyring, clock=here.clock
        )
    )
    if outcome.step is Step.REFUSED:
        return page(request, "sign_in_code.html", 403, to=own_address(to), problem=REFUSED)
    return _entered(outcome, to)


@router.post("/sign-out", dependencies=[FROM_OUR_PAGE])
def sign_out(here: Here, visiting: Visiting) -> Response:
    here.write(lambda session: sessions.sign_out(session, visiting.account, visiting.session_id, here.clock))
    response = redirect_with(SIGN_IN)
    drop_session(response)
    return response


def own_address(address: str) -> str:
    """`address` if it is a page of ours, never another host; else the page everybody has."""
    return address if OWN_ADDRESS.fullmatch(address) and "//" not in address else HOME


def _entered(outcome: Outcome, to: str) -> Response:
    response = RedirectResponse(own_address(to), 303)
    keep_session(response, outcome.cookie)
    response.delete_cookie(STEP, path=PATH)
    return response


def _ask_for_code(request: Request, here: Installation, operator_id: int, to: str) -> Response:
    with here.database.reading() as session:
        mark = signing_in.password_mark(session, operator_id, here.keyring)
    response = page(request, "sign_in_code.html", to=to)
    held = _steps(here).dumps({"operator": operator_id, "mark": mark})
    life = int(STEP_LIFE.total_seconds())
    response.set_cookie(STEP, held, max_age=life, path=PATH, httponly=True, samesite="strict")
    return response


def _steps(here: Installation) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(here.keyring.digests("cookies", "console")[::-1], salt=STEP)

"""The owner's page of accounts: who may sign in, as what, and helping those who cannot."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.console.pages import page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, allowed, text_of
from app.errors import Invalid, ShishiError
from app.installation import Installation
from app.operators import credentials, queries, service, sessions
from app.operators.passwords import hash_password
from app.operators.queries import Account
from app.operators.rules import ROLE_TITLES, Power
from models.enums import Role

OPERATORS = "/console/operators"
ROLE_DUTIES = {
    Role.INTAKE: "导入表格、归类、请人补充、录纸质选票",
    Role.REVIEWER: "评审、答复、合并",
    Role.CAMPAIGNER: "做候选项目、投票和群发",
    Role.APPROVER: "放行群发、开关投票、定阶段、确认结果",
    Role.AUDITOR: "只看，看操作日志，看不到个人资料",
    Role.OWNER: "以上都可以，还管理操作员",
}

router = APIRouter()
OWNER_ONLY = allowed(Power.MANAGE_OPERATORS)
Owner = Annotated[Account, OWNER_ONLY]
OperatorId = Annotated[int, Path(ge=1, lt=2**31)]
Change = Callable[[Session, str], object]


@router.get("/operators", dependencies=[OWNER_ONLY])
def operators(request: Request, here: Here) -> Response:
    return _listing(request, here)


@router.post("/operators")
def add(request: Request, here: Here, owner: Owner, form: FormSent) -> Response:
    """What was typed stays in the form when it is refused, but for the password."""
    name, roles = text_of(form, "name"), _roles(form)
    try:
        password = hash_password(text_of(form, "password"))
        here.write(
            lambda session: service.add(
                session, name, password, roles, actor=owner.actor, clock=here.clock, unit=text_of(form, "unit")
            )
        )
    except ShishiError as refusal:
        return _listing(request, here, refusal, name=name, unit=text_of(form, "unit"), chosen=roles)
    return redirect_with(
        OPERATORS, f"已为“{name.strip()}”开好账号。请把初始密码当面告诉本人，并请本人登录后马上改掉。"
    )


@router.get("/operators/{operator_id}", dependencies=[OWNER_ONLY])
def operator(request: Request, here: Here, operator_id: OperatorId) -> Response:
    return _one(request, here, operator_id)


@router.post("/operators/{operator_id}/roles")
def set_roles(here: Here, owner: Owner, operator_id: OperatorId, form: FormSent) -> Response:
    def change(session: Session, name: str) -> None:
        service.set_roles(session, name, _roles(form), actor=owner.actor, clock=here.clock)
        service.set_unit(session, name, text_of(form, "unit"), actor=owner.actor, clock=here.clock)

    return _changed(here, operator_id, change, "角色和单位已经保存，马上生效。")


@router.post("/operators/{operator_id}/password")
def reset_password(here: Here, owner: Owner, operator_id: OperatorId, form: FormSent) -> Response:
    password = hash_password(text_of(form, "password"))

    def change(session: Session, name: str) -> None:
        credentials.set_password(session, name, password, actor=owner.actor, clock=here.clock)

    return _changed(here, operator_id, change, "密码已经重设，原来登录着的地方都已退出。")


@router.post("/operators/{operator_id}/totp/off", dependencies=[FROM_OUR_PAGE])
def turn_off_totp(here: Here, owner: Owner, operator_id: OperatorId) -> Response:
    def change(session: Session, name: str) -> None:
        credentials.turn_off_totp(session, name, actor=owner.actor, clock=here.clock)

    return _changed(here, operator_id, change, "两步登录已经关掉，请本人登录后重新打开。")


@router.post("/operators/{operator_id}/unlock", dependencies=[FROM_OUR_PAGE])
def unlock(here: Here, owner: Owner, operator_id: OperatorId) -> Response:
    def change(session: Session, name: str) -> None:
        service.unlock(session, name, actor=owner.actor, clock=here.clock)

    return _changed(here, operator_id, change, "已经解锁，现在就可以登录。")


@router.post("/operators/{operator_id}/disable", dependencies=[FROM_OUR_PAGE])
def disable(here: Here, owner: Owner, operator_id: OperatorId) -> Response:
    def change(session: Session, name: str) -> None:
        service.disable(session, name, actor=owner.actor, clock=here.clock)

    return _changed(here, operator_id, change, "账号已经停用：登录着的地方都已退出，接口令牌都已收回。")


@router.post("/operators/{operator_id}/enable", dependencies=[FROM_OUR_PAGE])
def enable(here: Here, owner: Owner, operator_id: OperatorId) -> Response:
    def change(session: Session, name: str) -> None:
        service.enable(session, name, actor=owner.actor, clock=here.clock)

    return _changed(here, operator_id, change, "账号重新启用了，密码还是原来的。")


@router.post("/operators/{operator_id}/tokens", dependencies=[FROM_OUR_PAGE])
def issue_token(request: Request, here: Here, owner: Owner, operator_id: OperatorId) -> Response:
    token = here.write(
        lambda session: service.issue_token(
            session, _name(session, operator_id), actor=owner.actor, clock=here.clock
        )
    )
    return _one(request, here, operator_id, issued=token)


@router.post("/operators/{operator_id}/tokens/revoke", dependencies=[FROM_OUR_PAGE])
def revoke_tokens(here: Here, owner: Owner, operator_id: OperatorId) -> Response:
    def change(session: Session, name: str) -> None:
        service.revoke_tokens(session, name, actor=owner.actor, clock=here.clock)

    return _changed(here, operator_id, change, "接口令牌都已收回。")


def _changed(here: Installation, operator_id: int, change: Change, notice: str) -> Response:
    """What is refused is said on the page itself, which shows what is so."""
    address = f"{OPERATORS}/{operator_id}"
    try:
        here.write(lambda session: change(session, _name(session, operator_id)))
    except service.LastOwner as refusal:
        return redirect_with(address, refusal.message, bad=True)
    return redirect_with(address, notice)


def _name(session: Session, operator_id: int) -> str:
    return queries.operator(session, operator_id).name


def _roles(form: FormData) -> set[Role]:
    try:
        return {Role(word) for word in form.getlist("role") if isinstance(word, str)}
    except ValueError:
        raise Invalid("没有这个角色，请刷新网页再选。") from None


def _listing(
    request: Request, here: Installation, refusal: ShishiError | None = None, **typed: object
) -> Response:
    with here.database.reading() as session:
        everyone = queries.everyone(session)
        seen = sessions.last_seen(session)
    return page(
        request,
        "operators.html",
        refusal.status if refusal else 200,
        operators=everyone,
        seen=seen,
        now=here.clock.wall(),
        roles=ROLE_TITLES,
        duties=ROLE_DUTIES,
        problem=refusal.message if refusal else "",
        typed=typed,
    )


def _one(request: Request, here: Installation, operator_id: int, issued: str = "") -> Response:
    with here.database.reading() as session:
        return page(
            request,
            "operator.html",
            operator=queries.operator(session, operator_id),
            sessions=sessions.of_operator(session, operator_id, here.clock),
            tokens=queries.tokens_of(session, operator_id),
            now=here.clock.wall(),
            roles=ROLE_TITLES,
            duties=ROLE_DUTIES,
            issued=issued,
        )

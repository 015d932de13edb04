"""Registers of voters: importing one, what is known of it, late entries, letting go of a binding."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from app.ballots import binding, register_files, registers
from app.ballots.register_rows import Entry, Roll, entry_of
from app.campaigns import queries as campaigns
from app.console.pages import page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import Invalid, ShishiError
from app.installation import Installation
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power

REGISTERS = "/console/registers"
PROBLEMS_SHOWN = 200

router = APIRouter()
Maker = Annotated[Account, allowed(Power.MAKE_ROUNDS)]
RegisterId = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/registers")
def listing(request: Request, here: Here, who: Who) -> Response:
    return _list(request, here, who)


@router.post("/registers")
def take_in(request: Request, here: Here, who: Maker, form: FormSent) -> Response:
    """Import a file, or with `do` as "check" only say what is wrong with it."""
    title, checking = text_of(form, "title"), text_of(form, "do") == "check"
    roll = None
    try:
        roll = register_files.read(_file_of(form))
        title = registers.check_title(title)
        if checking or roll.problems:
            return _list(request, here, who, title=title, roll=roll)
        made = _imported(here, who, title, roll)
    except ShishiError as refusal:
        return _list(request, here, who, title=title, refusal=refusal)
    return redirect_with(f"{REGISTERS}/{made}", f"导入了 {len(roll.entries)} 人。")


@router.get("/registers/{register_id}")
def register(request: Request, here: Here, who: Who, register_id: RegisterId) -> Response:
    return _show(request, here, who, register_id)


@router.post("/registers/{register_id}/add")
def add(request: Request, here: Here, who: Maker, register_id: RegisterId, form: FormSent) -> Response:
    try:
        entry, reason = _entry_of(form), text_of(form, "reason")
        here.write(
            lambda session: (
                registers.add(
                    session, register_id, entry, reason, by=who, keyring=here.keyring, clock=here.clock
                ).id
            )
        )
    except ShishiError as refusal:
        return _show(request, here, who, register_id, form, refusal, "add")
    return redirect_with(f"{REGISTERS}/{register_id}", "补登好了，本人现在可以登记投票。")


@router.post("/registers/{register_id}/release")
def release(request: Request, here: Here, who: Maker, register_id: RegisterId, form: FormSent) -> Response:
    try:
        entry, reason = _entry_of(form), text_of(form, "reason")
        here.write(
            lambda session: binding.release(
                session, register_id, entry, reason, by=who, keyring=here.keyring, clock=here.clock
            )
        )
    except ShishiError as refusal:
        return _show(request, here, who, register_id, form, refusal, "release")
    return redirect_with(f"{REGISTERS}/{register_id}", "解开了，请本人重新登记。投过的票还在，仍是一人一票。")


@router.post("/registers/{register_id}/drop", dependencies=[FROM_OUR_PAGE])
def drop(here: Here, who: Maker, register_id: RegisterId) -> Response:
    try:
        here.write(lambda session: registers.drop(session, register_id, by=who, clock=here.clock))
    except registers.InUse as refusal:
        return redirect_with(f"{REGISTERS}/{register_id}", refusal.message, bad=True)
    return redirect_with(REGISTERS, "名册删掉了。")


def _file_of(form: FormData) -> bytes:
    """Browsers send an empty file where none was chosen. Raises Invalid."""
    sent = form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise Invalid("还没有选择名册文件，请选好再来。")
    return sent.file.read(register_files.LARGEST + 1)


def _imported(here: Installation, who: Account, title: str, roll: Roll) -> int:
    with here.database.reading() as session:
        key = campaigns.current(session, here.clock).key
    keyring, clock = here.keyring, here.clock
    return here.write(
        lambda session: registers.import_roll(session, key, title, roll, by=who, keyring=keyring, clock=clock).id
    )


def _entry_of(form: FormData) -> Entry:
    return entry_of(text_of(form, "card"), text_of(form, "name"), text_of(form, "unit"))


def _list(
    request: Request,
    here: Installation,
    who: Account,
    *,
    title: str = "",
    roll: Roll | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        found = [(one, registers.numbers(session, one)) for one in registers.of_campaign(session, campaign.id)]
    return page(
        request,
        "registers.html",
        refusal.status if refusal else 422 if roll and roll.problems else 200,
        registers=found,
        may_make=who.may(Power.MAKE_ROUNDS),
        title=title,
        roll=roll,
        problems=roll.problems[:PROBLEMS_SHOWN] if roll else (),
        refusal=refusal and refusal.message,
    )


def _show(
    request: Request,
    here: Installation,
    who: Account,
    register_id: int,
    form: FormData | None = None,
    refusal: ShishiError | None = None,
    deed: str = "",
) -> Response:
    """`deed` is the form that was refused, and is filled in again."""
    with here.database.reading() as session:
        found = registers.by_id(session, register_id)
        makers = operators.names(session, [found.imported_by] if found.imported_by else [])
        return page(
            request,
            "register.html",
            refusal.status if refusal else 200,
            register=found,
            numbers=registers.numbers(session, found),
            whole=registers.frozen_digest(session, found.id) == found.digest,
            rounds=registers.rounds_of(session, found),
            imported_by=makers.get(found.imported_by or 0, "命令行"),
            may_make=who.may(Power.MAKE_ROUNDS),
            typed={name: text_of(form, name) for name in ("card", "name", "unit", "reason")} if form else {},
            deed=deed,
            refusal=refusal and refusal.message,
        )

"""Broadcasts: which there are, what one will do and has done, and the steps that take it there."""

from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.ballots import queries as rounds
from app.broadcasts import composing, desk, queries, releasing
from app.broadcasts.rules import (
    KIND_TITLES,
    TITLE_LIMIT,
    WAYS,
    BroadcastText,
)
from app.campaigns import queries as campaigns
from app.campaigns.rules import PHASE_TITLES
from app.console.broadcast_form import NOT_VOTED, PHASES, TAG, Typed, text_in, typed_in
from app.console.broadcast_page import broadcast_page, desk_of, text_told, typed_for
from app.console.broadcast_progress import MESSAGE_TITLES, progress_of, stand_of
from app.console.broadcast_steps import COMPOSE, DEEDS, Deed, Step
from app.console.pages import page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import ShishiError
from app.followers import tags
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power, reveal
from app.proposals.sheets import Csv
from app.settings import AccountKind
from app.wechat import templates
from app.wechat.errors import CallFailed
from app.writer import Call
from models.enums import DeliveryState, RoundState

router = APIRouter()
BROADCASTS = "/console/broadcasts"
BroadcastId = Annotated[int, Path(ge=1, lt=2**31)]
DeliveryId = Annotated[int, Path(ge=1, lt=2**31)]
COMPOSES, RELEASES = allowed(Power.COMPOSE_BROADCASTS), allowed(Power.RELEASE_BROADCASTS)
Composer = Annotated[Account, COMPOSES]
Releaser = Annotated[Account, RELEASES]
FAILURE_HEADERS = ("记录", "openid", "代号", "结果", "原因", "返回码")


@router.get("/broadcasts")
def listing(request: Request, here: Here, who: Who) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        found = queries.of_campaign(session, campaign.id)
        progress = queries.progress(session, [one.id for one in found])
        shown = {
            "broadcasts": [(one, text_told(one), progress[one.id], stand_of(session, here, one)) for one in found],
            "phases": PHASE_TITLES,
            "may_compose": who.may(COMPOSE),
            "SENT": DeliveryState.SENT,
            "FAILED": DeliveryState.FAILED,
            "UNKNOWN": DeliveryState.UNKNOWN,
        }
        return page(request, "broadcasts.html", **shown)


@router.get("/broadcasts/new", dependencies=[COMPOSES])
def blank(request: Request, here: Here) -> Response:
    return _form(request, here, Typed())


@router.get("/broadcasts/templates", dependencies=[COMPOSES])
async def library(here: Here) -> Response:
    """What the account has to choose from, by channel; asked by the form while it is filled in."""
    if here.settings.wechat.account_kind is not AccountKind.SERVICE:
        return JSONResponse({})
    try:
        found = {
            "template": await templates.of_messages(here.wechat),
            "subscribe": await templates.of_subscriptions(here.wechat),
        }
    except CallFailed as refusal:
        return JSONResponse({"problem": refusal.message})
    return JSONResponse({channel: [one._asdict() for one in those] for channel, those in found.items()})


@router.post("/broadcasts")
def compose(request: Request, here: Here, who: Composer, form: FormSent) -> Response:
    typed = typed_in(form)
    try:
        text = text_in(typed, here.settings.zone)
        made = here.write(lambda session: _compose(session, here, text, who))
    except ShishiError as refusal:
        return _form(request, here, typed, refusal=refusal)
    return redirect_with(f"{BROADCASTS}/{made}", "写好了。请看看发给多少人、手机上什么样，再提交给同事。")


@router.get("/broadcasts/{broadcast_id}")
def one_broadcast(request: Request, here: Here, who: Who, broadcast_id: BroadcastId) -> Response:
    return broadcast_page(request, here, who, broadcast_id)


@router.get("/broadcasts/{broadcast_id}/edit", dependencies=[COMPOSES])
def draft(request: Request, here: Here, who: Who, broadcast_id: BroadcastId) -> Response:
    with here.database.reading() as session:
        text = composing.text_of(queries.row(session, broadcast_id))
    return _form(request, here, typed_for(here, who, text), broadcast_id)


@router.post("/broadcasts/{broadcast_id}/edit")
def edit(request: Request, here: Here, who: Composer, broadcast_id: BroadcastId, form: FormSent) -> Response:
    typed, kind = typed_in(form), here.settings.wechat.account_kind
    try:
        changes = vars(text_in(typed, here.settings.zone))
        if typed.who == "openids" and not typed.openids.strip():
            changes.pop("audience")  # whoever may not see the list has left it alone
        here.write(
            lambda session: composing.edit(session, broadcast_id, changes, by=who, kind=kind, clock=here.clock)
        )
    except ShishiError as refusal:
        return _form(request, here, typed, broadcast_id, refusal)
    return redirect_with(f"{BROADCASTS}/{broadcast_id}", "保存好了。")


@router.post("/broadcasts/{broadcast_id}/drop", dependencies=[FROM_OUR_PAGE])
def drop(request: Request, here: Here, who: Composer, broadcast_id: BroadcastId) -> Response:
    try:
        here.write(lambda session: composing.drop(session, broadcast_id, by=who, clock=here.clock))
    except ShishiError as refusal:
        return broadcast_page(request, here, who, broadcast_id, refusal)
    return redirect_with(BROADCASTS, "草稿删掉了。")


@router.post("/broadcasts/{broadcast_id}/preview")
async def preview(
    request: Request, here: Here, who: Composer, broadcast_id: BroadcastId, form: FormSent
) -> Response:
    """Send it to one phone, to see it there."""
    openid = text_of(form, "openid").strip()
    try:
        broadcast = await here.writer.ask(
            Call(lambda session: desk_of(here).may_preview(session, broadcast_id, openid, by=who))
        )
        await desk.preview(here.wechat, here.keyring, broadcast, openid)
    except ShishiError as refusal:
        return broadcast_page(request, here, who, broadcast_id, refusal)
    return redirect_with(f"{BROADCASTS}/{broadcast_id}", "试发了一条，请在那部手机上看看。")


@router.get("/broadcasts/{broadcast_id}/progress")
def progress(here: Here, _who: Who, broadcast_id: BroadcastId) -> Response:
    """What the page asks again and again while it is open."""
    with here.database.reading() as session:
        broadcast = queries.row(session, broadcast_id)
        return JSONResponse(progress_of(session, here, broadcast))


@router.get("/broadcasts/{broadcast_id}/failures.csv")
def failures(here: Here, who: Who, broadcast_id: BroadcastId) -> Response:
    """Who did not get it and why; openids for those alone who may see them."""
    with here.database.reading() as session, TemporaryDirectory() as folder:
        queries.row(session, broadcast_id)
        path = FilePath(folder) / "failures.csv"
        with Csv(path, FAILURE_HEADERS, ()) as table:
            _fill(table, session, here, who, broadcast_id)
        content = path.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="broadcast-{broadcast_id}-failures.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/broadcasts/{broadcast_id}/deliveries/{delivery_id}")
def release(
    request: Request,
    here: Here,
    who: Releaser,
    broadcast_id: BroadcastId,
    delivery_id: DeliveryId,
    form: FormSent,
) -> Response:
    """Say what became of a message that nobody knows of."""
    verdict = text_of(form, "as")
    try:
        here.write(
            lambda session: releasing.release(
                session, broadcast_id, delivery_id, releasing.verdict_in(verdict), by=who, clock=here.clock
            )
        )
    except ShishiError as refusal:
        return broadcast_page(request, here, who, broadcast_id, refusal)
    return redirect_with(f"{BROADCASTS}/{broadcast_id}", "记下了。")


@router.post("/broadcasts/{broadcast_id}/{taken}", dependencies=[FROM_OUR_PAGE])
def take(request: Request, here: Here, who: Who, broadcast_id: BroadcastId, taken: Step) -> Response:
    deed = DEEDS[taken]
    who.require(deed.power)
    try:
        here.write(lambda session: _take(session, here, who, broadcast_id, deed))
    except ShishiError as refusal:
        return broadcast_page(request, here, who, broadcast_id, refusal)
    return redirect_with(f"{BROADCASTS}/{broadcast_id}", deed.done)


def _compose(session: Session, here: Installation, text: BroadcastText, who: Account) -> int:
    key, kind = campaigns.current(session, here.clock).key, here.settings.wechat.account_kind
    return composing.compose(session, key, text, by=who, kind=kind, clock=here.clock).id


def _take(session: Session, here: Installation, who: Account, broadcast_id: int, deed: Deed) -> None:
    if deed.do is None:
        desk_of(here).approve(session, broadcast_id, by=who)
    else:
        deed.do(session, broadcast_id, by=who, clock=here.clock)


def _fill(table: Csv, session: Session, here: Installation, who: Account, broadcast_id: int) -> None:
    for state in (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED):
        for row in queries.all_deliveries(session, broadcast_id, state):
            openid = reveal(row.openid, who.sight.openid) or ""
            reference = here.keyring.person(row.openid) if row.openid else ""
            code = str(row.errcode or "")
            table.add((str(row.id), openid, reference, MESSAGE_TITLES[state], row.error or "", code))


def _form(
    request: Request,
    here: Installation,
    typed: Typed,
    broadcast_id: int | None = None,
    refusal: ShishiError | None = None,
) -> Response:
    is_service = here.settings.wechat.account_kind is AccountKind.SERVICE
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        views = [
            rounds.view(session, one, here.keyring, here.clock.now())
            for one in rounds.of_campaign(session, campaign.id)
        ]
        shown = {
            "broadcast_id": broadcast_id,
            "typed": typed,
            "phases": {kind.value: PHASE_TITLES[kind] for kind in PHASES},
            "kinds": KIND_TITLES,
            "channels": [
                (key, way.title, way.hint, is_service or not way.service_only) for key, way in WAYS.items()
            ],
            "tags": [(f"{TAG}{tag.id}", tag.name) for tag in tags.everyone(session)],
            "rounds": [(f"{NOT_VOTED}{one.id}", one.title) for one in views if one.state is RoundState.OPEN],
            "links": [
                (one.title, f"{here.settings.public_url}/h5/vote/{one.id}")
                for one in views
                if one.state in (RoundState.DRAFT, RoundState.OPEN)
            ],
            "title_limit": TITLE_LIMIT,
            "refusal": refusal and refusal.message,
        }
        return page(request, "broadcasts_edit.html", refusal.status if refusal else 200, **shown)

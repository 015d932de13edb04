"""Broadcasts: which there are, what one will do and has done, and the steps that take it there."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.ballots import queries as rounds
from app.broadcasts import composing, desk, job_tags, picture, queries, releasing
from app.broadcasts.desk import Desk
from app.broadcasts.planning import Plan
from app.broadcasts.rules import (
    CHANNEL_TITLES,
    KIND_TITLES,
    SERVICE_ONLY,
    STATE_TITLES,
    TITLE_LIMIT,
    BroadcastText,
)
from app.campaigns import queries as campaigns
from app.campaigns.rules import PHASE_TITLES
from app.console.broadcast_form import NOT_VOTED, PHASES, TAG, Typed, text_in, typed_in, typed_of
from app.console.broadcast_steps import COMPOSE, DEEDS, RELEASE, Deed, Step, offered
from app.console.charts import share
from app.console.pages import page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import ShishiError
from app.followers import tags
from app.installation import Installation
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power, Shown, reveal
from app.proposals.sheets import Csv
from app.settings import AccountKind
from app.wechat import templates
from app.wechat.errors import CallFailed
from app.writer import Call
from models import Broadcast
from models.enums import BroadcastState, DeliveryState, RoundState

router = APIRouter()
BROADCASTS = "/console/broadcasts"
BroadcastId = Annotated[int, Path(ge=1, lt=2**31)]
DeliveryId = Annotated[int, Path(ge=1, lt=2**31)]
COMPOSES, RELEASES = allowed(Power.COMPOSE_BROADCASTS), allowed(Power.RELEASE_BROADCASTS)
Composer = Annotated[Account, COMPOSES]
Releaser = Annotated[Account, RELEASES]
DOUBTFUL_SHOWN = 50
FAILURE_HEADERS = ("记录", "openid", "代号", "结果", "原因", "返回码")
MESSAGE_TITLES: Mapping[DeliveryState, str] = MappingProxyType(
    {
        DeliveryState.SENT: "已发出",
        DeliveryState.PENDING: "等着发",
        DeliveryState.SENDING: "正在发",
        DeliveryState.FAILED: "没发成",
        DeliveryState.UNKNOWN: "说不准",
        DeliveryState.SKIPPED: "没有发",
    }
)
CHANNEL_HINTS: Mapping[str, str] = MappingProxyType(
    {
        "template": "像服务通知，只能发给关注者；要先在公众平台选好模板，不能有营销的话。",
        "subscribe": "发给在网页上点过“允许”的人，点一次发一条。",
        "mass": "像平常的推文，每位关注者一个月最多收四条。",
        "customer": "像聊天，只能发给最近两天给公众号写过消息的人。",
    }
)


class Bar(NamedTuple):
    title: str
    total: int


@router.get("/broadcasts")
def listing(request: Request, here: Here, who: Who) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        found = queries.of_campaign(session, campaign.id)
        progress = queries.progress(session, [one.id for one in found])
        shown = {
            "broadcasts": [(one, text_told(one), progress[one.id]) for one in found],
            "states": STATE_TITLES,
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
    return _page(request, here, who, broadcast_id)


@router.get("/broadcasts/{broadcast_id}/edit", dependencies=[COMPOSES])
def draft(request: Request, here: Here, who: Who, broadcast_id: BroadcastId) -> Response:
    with here.database.reading() as session:
        text = composing.text_of(queries.row(session, broadcast_id))
    return _form(request, here, _typed(here, who, text), broadcast_id)


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
        return _page(request, here, who, broadcast_id, refusal)
    return redirect_with(BROADCASTS, "草稿删掉了。")


@router.post("/broadcasts/{broadcast_id}/preview")
async def preview(
    request: Request, here: Here, who: Composer, broadcast_id: BroadcastId, form: FormSent
) -> Response:
    """Send it to one phone, to see it there."""
    openid = text_of(form, "openid").strip()
    try:
        broadcast = await here.writer.ask(
            Call(lambda session: _desk(here).may_preview(session, broadcast_id, openid, by=who))
        )
        await desk.preview(here.wechat, here.keyring, broadcast, openid)
    except ShishiError as refusal:
        return _page(request, here, who, broadcast_id, refusal)
    return redirect_with(f"{BROADCASTS}/{broadcast_id}", "试发了一条，请在那部手机上看看。")


@router.get("/broadcasts/{broadcast_id}/progress")
def progress(here: Here, _who: Who, broadcast_id: BroadcastId) -> Response:
    """What the page asks again and again while it is open."""
    with here.database.reading() as session:
        broadcast = queries.row(session, broadcast_id)
        return JSONResponse(_progress(session, broadcast))


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
        return _page(request, here, who, broadcast_id, refusal)
    return redirect_with(f"{BROADCASTS}/{broadcast_id}", "记下了。")


@router.post("/broadcasts/{broadcast_id}/{taken}", dependencies=[FROM_OUR_PAGE])
def take(request: Request, here: Here, who: Who, broadcast_id: BroadcastId, taken: Step) -> Response:
    deed = DEEDS[taken]
    who.require(deed.power)
    try:
        here.write(lambda session: _take(session, here, who, broadcast_id, deed))
    except ShishiError as refusal:
        return _page(request, here, who, broadcast_id, refusal)
    return redirect_with(f"{BROADCASTS}/{broadcast_id}", deed.done)


def text_told(broadcast: Broadcast) -> str:
    """One line: what, how, to whom."""
    text = composing.text_of(broadcast)
    return f"{KIND_TITLES[text.kind]} · {CHANNEL_TITLES[text.channel]} · {text.audience.told()}"


def _typed(here: Installation, who: Account, text: BroadcastText) -> Typed:
    return typed_of(text, here.settings.zone, sees_openids=who.sight.openid is Shown.CLEAR)


def _compose(session: Session, here: Installation, text: BroadcastText, who: Account) -> int:
    key, kind = campaigns.current(session, here.clock).key, here.settings.wechat.account_kind
    return composing.compose(session, key, text, by=who, kind=kind, clock=here.clock).id


def _take(session: Session, here: Installation, who: Account, broadcast_id: int, deed: Deed) -> None:
    if deed.do is None:
        _desk(here).approve(session, broadcast_id, by=who)
    else:
        deed.do(session, broadcast_id, by=who, clock=here.clock)


def _fill(table: Csv, session: Session, here: Installation, who: Account, broadcast_id: int) -> None:
    for state in (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED):
        for row in queries.all_deliveries(session, broadcast_id, state):
            openid = reveal(row.openid, who.sight.openid) or ""
            reference = here.keyring.person(row.openid) if row.openid else ""
            code = str(row.errcode or "")
            table.add((str(row.id), openid, reference, MESSAGE_TITLES[state], row.error or "", code))


def _desk(here: Installation) -> Desk:
    return Desk.of(here.settings, here.keyring, here.clock)


def _progress(session: Session, broadcast: Broadcast) -> dict[str, Any]:
    by_state = queries.progress(session, [broadcast.id])[broadcast.id].by_state
    return {
        "state": broadcast.state.value,
        "told": STATE_TITLES[broadcast.state],
        "total": sum(by_state.values()),
        "messages": {state.value: by_state.get(state, 0) for state in MESSAGE_TITLES},
        "stopped_for": broadcast.stopped_for or "",
        "tag": job_tags.told(session, broadcast.id),
    }


def _page(
    request: Request,
    here: Installation,
    who: Account,
    broadcast_id: int,
    refusal: ShishiError | None = None,
) -> Response:
    """Raises NoBroadcast."""
    with here.database.reading() as session:
        broadcast = queries.row(session, broadcast_id)
        text = composing.text_of(broadcast)
        plan, no_plan = _plan(session, here, broadcast)
        shown = {
            "broadcast": broadcast,
            "text": text,
            "typed": _typed(here, who, text),
            "phases": PHASE_TITLES,
            "about": text_told(broadcast),
            "progress": _progress(session, broadcast),
            "messages": MESSAGE_TITLES,
            "plan": plan,
            "no_plan": no_plan,
            "deeds": offered(broadcast, who, releasing.hands(session, broadcast_id)),
            "reasons": [
                (MESSAGE_TITLES[state], queries.reasons(session, broadcast_id, state))
                for state in (DeliveryState.FAILED, DeliveryState.SKIPPED)
            ],
            "doubtful": queries.deliveries(session, broadcast_id, DeliveryState.UNKNOWN, 0, DOUBTFUL_SHOWN),
            "person": lambda openid: here.keyring.person(openid) if openid else "",
            "share": share,
            "sent": _bars(here, picture.sent_over_time(session, broadcast)),
            "opened": _bars(here, picture.opened_after(session, broadcast)),
            "votes": _bars(here, picture.votes_after(session, broadcast)),
            "jobs": queries.jobs(session, broadcast_id),
            "done": _done(session, broadcast),
            "may_compose": who.may(COMPOSE),
            "may_release": who.may(RELEASE),
            "plan_is_open": broadcast.state in desk.NOT_RELEASED,
            "is_draft": broadcast.state is BroadcastState.DRAFT,
            "refusal": refusal and refusal.message,
        }
        return page(request, "broadcast.html", refusal.status if refusal else 200, **shown)


def _bars(here: Installation, spans: Sequence[picture.Span]) -> list[Bar]:
    """None where there is nothing to see."""
    if not any(span.total for span in spans):
        return []
    zone = here.settings.zone
    times = [(one.begins_at.astimezone(zone), one.ends_at.astimezone(zone)) for one in spans]
    fine = spans[-1].ends_at - spans[0].begins_at < timedelta(hours=1)
    clock, first = "%H:%M:%S" if fine else "%H:%M", times[0][0].date()
    titles = [f"{'' if a.date() == first else '次日 '}{a:{clock}} 到 {b:{clock}}" for a, b in times]
    return [Bar(title, span.total) for title, span in zip(titles, spans, strict=True)]


def _plan(session: Session, here: Installation, broadcast: Broadcast) -> tuple[Plan | None, str]:
    """None once it is released, or where the audience cannot be counted: then the reason."""
    if broadcast.state not in desk.NOT_RELEASED:
        return None, ""
    try:
        return _desk(here).plan(session, broadcast), ""
    except ShishiError as refusal:
        return None, refusal.message


def _done(session: Session, broadcast: Broadcast) -> list[tuple[str, Any, str]]:
    steps = (
        ("写好", broadcast.composed_at, broadcast.composed_by),
        ("提交", broadcast.submitted_at, broadcast.submitted_by),
        ("放行", broadcast.released_at, broadcast.released_by),
        ("开始发", broadcast.begun_at, None),
        ("结束", broadcast.finished_at, None),
    )
    names = operators.names(session, {by for _, _, by in steps if by is not None})
    return [(what, at, names[by] if by else "") for what, at, by in steps if at]


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
                (key, CHANNEL_TITLES[key], hint, is_service or key not in SERVICE_ONLY)
                for key, hint in CHANNEL_HINTS.items()
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

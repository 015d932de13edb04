"""The page of one broadcast: what it will do or has done, where it stands and why, what may be done with it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.broadcasts import composing, desk, picture, queries, releasing
from app.broadcasts.desk import Desk
from app.broadcasts.jobs import STOPPED, is_article, standing
from app.broadcasts.planning import Plan
from app.broadcasts.rules import KIND_TITLES, WAYS, BroadcastText
from app.campaigns.rules import PHASE_TITLES
from app.console.broadcast_form import Typed, typed_of
from app.console.broadcast_progress import MESSAGE_TITLES, progress_of
from app.console.broadcast_steps import COMPOSE, RELEASE, offered
from app.console.charts import share
from app.console.pages import page
from app.errors import ShishiError
from app.installation import Installation
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Shown
from app.outbox import endings
from models import Broadcast
from models.enums import BroadcastState, DeliveryState

DOUBTFUL_SHOWN = 50


class Bar(NamedTuple):
    title: str
    total: int


def broadcast_page(
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
        found, progress = queries.jobs(session, broadcast), progress_of(session, here, broadcast)
        shown = {
            "broadcast": broadcast,
            "text": text,
            "typed": typed_for(here, who, text),
            "phases": PHASE_TITLES,
            "about": text_told(broadcast),
            "progress": progress,
            "messages": MESSAGE_TITLES,
            "plan": plan,
            "no_plan": no_plan,
            "deeds": offered(
                broadcast,
                who,
                releasing.hands(session, broadcast_id),
                is_missed=progress["missed"],
                has_failed=progress["messages"][DeliveryState.FAILED] > 0,
            ),
            "doubtful": queries.deliveries(session, broadcast_id, DeliveryState.UNKNOWN, 0, DOUBTFUL_SHOWN),
            "person": lambda openid: here.keyring.person(openid) if openid else "",
            "share": share,
            "sent": _bars(here, picture.sent_over_time(session, broadcast)),
            "opened": _bars(here, picture.opened_after(session, broadcast)),
            "votes": _bars(here, picture.votes_after(session, broadcast)),
            "jobs": found,
            "jobs_failed": sum(endings.job_failed(job["status"]) for job in found),
            "may_ask": who.may(COMPOSE) and bool(standing(found)),
            "may_delete": who.may(RELEASE)
            and broadcast.state in STOPPED
            and is_article(broadcast)
            and standing(found),
            "done": _done(session, broadcast),
            "may_compose": who.may(COMPOSE),
            "may_release": who.may(RELEASE),
            "plan_is_open": broadcast.state in desk.NOT_RELEASED,
            "is_draft": broadcast.state is BroadcastState.DRAFT,
            "refusal": refusal and refusal.message,
        }
        return page(request, "broadcast.html", refusal.status if refusal else 200, **shown)


def _is_deletable(broadcast: Broadcast) -> bool:
    return is_article(broadcast) and broadcast.state in STOPPED


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
        return desk_of(here).plan(session, broadcast), ""
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


def text_told(broadcast: Broadcast) -> str:
    """One line: what, how, to whom."""
    text = composing.text_of(broadcast)
    return f"{KIND_TITLES[text.kind]} · {WAYS[text.channel].title} · {text.audience.told()}"


def typed_for(here: Installation, who: Account, text: BroadcastText) -> Typed:
    return typed_of(text, here.settings.zone, sees_openids=who.sight.openid is Shown.CLEAR)


def desk_of(here: Installation) -> Desk:
    return Desk.of(here.settings, here.keyring, here.clock)

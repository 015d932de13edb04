"""Broadcasts as JSON, with openids for those alone who may see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.api import broadcast_schemas as schemas
from app.api.reading import local
from app.broadcasts import job_tags, queries
from app.broadcasts.planning import Plan
from app.broadcasts.queries import Progress
from app.broadcasts.waiting import Watch
from app.campaigns import queries as campaigns
from app.installation import Installation
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Shown, reveal
from app.outbox.rules import QuietHours
from models import Broadcast, Delivery
from models.enums import DeliveryState

NOT_OUT = (DeliveryState.SKIPPED, DeliveryState.FAILED, DeliveryState.UNKNOWN)


def broadcasts_shown(
    session: Session, found: Sequence[Broadcast], account: Account, installation: Installation
) -> list[schemas.Broadcast]:
    keys = {view.id: view.key for view in campaigns.everyone(session, installation.clock)}
    progress = queries.progress(session, [one.id for one in found])
    return [_shown(session, one, keys[one.campaign_id], progress[one.id], account, installation) for one in found]


def plan_shown(found: Plan, installation: Installation) -> schemas.Plan:
    return schemas.Plan(
        people=found.people,
        reachable=found.reachable,
        left_out=dict(found.left_out),
        ends_at=local(found.ends_at, installation) if found.ends_at else None,
        warnings=list(found.warnings),
        tag_calls=found.tag_calls,
    )


def delivery_shown(found: Delivery, account: Account, installation: Installation) -> schemas.Delivery:
    return schemas.Delivery(
        id=str(found.id),
        openid=reveal(found.openid, account.sight.openid),
        reference=installation.keyring.person(found.openid) if found.openid else None,
        state=found.state,
        errcode=found.errcode,
        error=found.error,
        message_id=found.platform_id,
        attempts=found.attempts,
        batch=found.batch,
        finished_at=local(found.finished_at, installation) if found.finished_at else None,
    )


def _shown(
    session: Session,
    found: Broadcast,
    campaign: str,
    progress: Progress,
    account: Account,
    installation: Installation,
) -> schemas.Broadcast:
    hands = [found.composed_by, found.submitted_by, found.released_by]
    names = operators.names(session, [hand for hand in hands if hand])
    states = progress.by_state
    reasons: dict[str, int] = {}
    for state in NOT_OUT if any(states.get(state) for state in NOT_OUT) else ():
        reasons |= queries.reasons(session, found.id, state)

    waiting = Watch(QuietHours.of(installation.settings), installation.clock).waiting(session, found)

    def at(moment: datetime | None) -> datetime | None:
        return local(moment, installation) if moment else None

    return schemas.Broadcast(
        id=str(found.id),
        campaign=campaign,
        title=found.title,
        kind=found.kind,
        channel=found.channel,
        audience=_audience(found.audience, account),
        content=found.content,
        state=found.state,
        scheduled_at=at(found.scheduled_at),
        on_phase=found.on_phase,
        total=progress.total if found.gathered_at else max(found.total, progress.total),
        pending=states.get(DeliveryState.PENDING, 0),
        sending=states.get(DeliveryState.SENDING, 0),
        sent=states.get(DeliveryState.SENT, 0),
        failed=states.get(DeliveryState.FAILED, 0),
        unknown=states.get(DeliveryState.UNKNOWN, 0),
        skipped=states.get(DeliveryState.SKIPPED, 0),
        reasons=reasons,
        jobs=[schemas.MassJob(**job) for job in queries.jobs(session, found)],
        tags=[
            schemas.JobTag(
                name=one.name, tagged=one.tagged, ready=one.ready_at is not None, deleted_at=at(one.gone_at)
            )
            for one in job_tags.of_broadcast(session, found.id)
        ],
        stopped_for=waiting.told if waiting else None,
        goes_on_at=at(waiting.until) if waiting else None,
        missed=waiting is not None and waiting.is_missed,
        composed_by=names[found.composed_by],
        composed_at=local(found.composed_at, installation),
        submitted_by=names.get(found.submitted_by or 0),
        released_by=names.get(found.released_by or 0),
        released_at=at(found.released_at),
        begun_at=at(found.begun_at),
        finished_at=at(found.finished_at),
    )


def _audience(stored: dict[str, Any], account: Account) -> dict[str, Any]:
    if "openids" in stored and account.sight.openid is not Shown.CLEAR:
        return {"openids": len(stored["openids"])}
    return stored

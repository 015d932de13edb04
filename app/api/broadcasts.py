"""/broadcasts: notices and links for many people, from the draft to what became of each message."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from app.api import broadcast_schemas as schemas
from app.api import cursors
from app.api.authorisation import Caller, Shared, allowed
from app.api.broadcast_showing import broadcasts_shown, delivery_shown, plan_shown
from app.api.campaigns import refuse_impossible
from app.api.once import Once
from app.api.reading import row_id
from app.api.schemas import Name
from app.broadcasts import composing, desk, queries, releasing
from app.broadcasts.audiences import Audience
from app.broadcasts.desk import Desk
from app.broadcasts.jobs import MassJobs
from app.broadcasts.rules import BroadcastText
from app.campaigns import queries as campaigns
from app.errors import Invalid
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.writer import Call
from models import Broadcast

router = APIRouter(prefix="/broadcasts", tags=["broadcasts"])

MAY_BE_EMPTY = ("scheduled_at", "on_phase")

Composer = Annotated[Account, Depends(allowed(Power.COMPOSE_BROADCASTS))]
Releaser = Annotated[Account, Depends(allowed(Power.RELEASE_BROADCASTS))]


def broadcast_id(id: str, _caller: Caller) -> int:
    return row_id(id, "条推送")


def delivery_id(delivery: str, _caller: Caller) -> int:
    return row_id(delivery, "条发送记录")


BroadcastId = Annotated[int, Depends(broadcast_id)]
DeliveryId = Annotated[int, Depends(delivery_id)]


@router.get("")
def some_broadcasts(campaign: Name, installation: Shared, account: Caller) -> schemas.Broadcasts:
    """The broadcasts of a campaign, the newest first."""
    refuse_impossible(campaign)
    with installation.database.reading() as session:
        view = campaigns.by_key(session, campaign, installation.clock)
        items = broadcasts_shown(session, queries.of_campaign(session, view.id), account, installation)
    return schemas.Broadcasts(items=items, next_cursor=None)


@router.post("", status_code=201)
def compose(sent: schemas.NewBroadcast, installation: Shared, account: Composer, once: Once) -> schemas.Broadcast:
    """Write it down. Nothing goes out before a colleague has approved it."""
    refuse_impossible(sent.campaign)
    text = BroadcastText(**_values(sent, exclude={"campaign"}))
    kind, clock = installation.settings.wechat.account_kind, installation.clock

    def make(session: Session) -> str:
        return str(composing.compose(session, sent.campaign, text, by=account, kind=kind, clock=clock).id)

    return _read(int(once.make(sent, make)), account, installation)


@router.get("/{id}")
def one_broadcast(id: BroadcastId, installation: Shared, account: Caller) -> schemas.Broadcast:
    return _read(id, account, installation)


@router.patch("/{id}")
def edit(
    id: BroadcastId, sent: schemas.BroadcastChange, installation: Shared, account: Composer
) -> schemas.Broadcast:
    """Change what is named."""
    changes = _values(sent, exclude_unset=True)
    if emptied := [name for name, value in changes.items() if value is None and name not in MAY_BE_EMPTY]:
        raise Invalid(f"{'、'.join(emptied)} 不能是空的。")
    kind, clock = installation.settings.wechat.account_kind, installation.clock
    return _do(
        id,
        account,
        installation,
        lambda session: composing.edit(session, id, changes, by=account, kind=kind, clock=clock),
    )


@router.delete("/{id}", status_code=204)
def drop(id: BroadcastId, installation: Shared, account: Composer) -> None:
    """Throw a draft away."""
    clock = installation.clock
    installation.write(lambda session: composing.drop(session, id, by=account, clock=clock))


@router.get("/{id}/plan")
def plan(id: BroadcastId, installation: Shared, _caller: Caller) -> schemas.Plan:
    """How many it reaches, who is left out and why, when it will be done, what to think of before."""
    with installation.database.reading() as session:
        found = _desk(installation).plan(session, queries.row(session, id))
    return plan_shown(found, installation)


@router.post("/{id}/preview")
async def preview(
    id: BroadcastId, sent: schemas.Preview, installation: Shared, account: Composer
) -> schemas.Previewed:
    """Send it to one person, to see it on a real phone. It counts for nothing else."""
    office = _desk(installation)
    broadcast = await installation.writer.ask(
        Call(lambda session: office.may_preview(session, id, sent.openid, by=account))
    )
    await desk.preview(installation.wechat, installation.keyring, broadcast, sent.openid)
    return schemas.Previewed(sent=True)


@router.post("/{id}/submit")
def submit(id: BroadcastId, installation: Shared, account: Composer) -> schemas.Broadcast:
    """Hand it to a colleague."""
    clock = installation.clock
    return _do(id, account, installation, lambda session: composing.submit(session, id, by=account, clock=clock))


@router.post("/{id}/take-back")
def take_back(id: BroadcastId, installation: Shared, account: Composer) -> schemas.Broadcast:
    """Make a draft of it again: before its release, or when its moment was missed."""
    clock = installation.clock
    return _do(
        id, account, installation, lambda session: composing.take_back(session, id, by=account, clock=clock)
    )


@router.post("/{id}/approve")
def approve(id: BroadcastId, installation: Shared, account: Releaser) -> schemas.Broadcast:
    """Let it go, now or at its time: never by whoever composed or submitted it."""
    return _do(id, account, installation, lambda session: _desk(installation).approve(session, id, by=account))


@router.post("/{id}/pause")
def pause(id: BroadcastId, installation: Shared, account: Composer) -> schemas.Broadcast:
    clock = installation.clock
    return _do(id, account, installation, lambda session: releasing.pause(session, id, by=account, clock=clock))


@router.post("/{id}/resume")
def resume(id: BroadcastId, installation: Shared, account: Composer) -> schemas.Broadcast:
    clock = installation.clock
    return _do(id, account, installation, lambda session: releasing.resume(session, id, by=account, clock=clock))


@router.post("/{id}/cancel")
def cancel(id: BroadcastId, installation: Shared, account: Composer) -> schemas.Broadcast:
    """What has not gone out never will."""
    clock = installation.clock
    return _do(id, account, installation, lambda session: releasing.cancel(session, id, by=account, clock=clock))


@router.post("/{id}/retry-failed")
def retry_failed(id: BroadcastId, installation: Shared, account: Composer) -> schemas.Broadcast:
    """Once more to those alone to whom it failed."""
    clock = installation.clock
    return _do(
        id, account, installation, lambda session: releasing.retry_failed(session, id, by=account, clock=clock)
    )


@router.post("/{id}/jobs/ask")
async def ask_jobs(id: BroadcastId, installation: Shared, account: Composer) -> schemas.Broadcast:
    """Ask the platform how its mass jobs stand, where it has not told by itself."""
    await _mass_jobs(installation).ask(id, by=account)
    return await run_in_threadpool(_read, id, account, installation)


@router.post("/{id}/jobs/delete")
async def delete_jobs(
    id: BroadcastId, sent: schemas.JobsDeletion, installation: Shared, account: Releaser
) -> schemas.Broadcast:
    """Empty the articles of its mass jobs. Texts cannot be deleted, and cards stay in the chats."""
    await _mass_jobs(installation).delete(id, sent.confirm, by=account)
    return await run_in_threadpool(_read, id, account, installation)


@router.get("/{id}/deliveries")
def deliveries(
    id: BroadcastId, asked: Annotated[schemas.DeliveryQuery, Query()], installation: Shared, account: Caller
) -> schemas.Deliveries:
    """What became of each message."""
    wanted = id, asked.state
    after = cursors.read(installation.keyring, wanted, asked.cursor)
    with installation.database.reading() as session:
        queries.row(session, id)
        found = queries.deliveries(session, id, asked.state, after, asked.limit + 1)
    more = len(found) > asked.limit
    shown = found[: asked.limit]
    return schemas.Deliveries(
        items=[delivery_shown(one, account, installation) for one in shown],
        next_cursor=cursors.make(installation.keyring, wanted, shown[-1].id) if more else None,
    )


@router.post("/{id}/deliveries/{delivery}/release")
def release(
    id: BroadcastId, delivery: DeliveryId, sent: schemas.Release, installation: Shared, account: Releaser
) -> schemas.Delivery:
    """Say what became of a message that nobody knows of, or send it again."""
    clock = installation.clock
    found = installation.write(
        lambda session: releasing.release(session, id, delivery, sent.verdict, by=account, clock=clock)
    )
    installation.wake_up()
    return delivery_shown(found, account, installation)


def _do(
    id: int, account: Account, installation: Installation, deed: Callable[[Session], Broadcast]
) -> schemas.Broadcast:
    installation.write(deed)
    return _read(id, account, installation)


def _read(id: int, account: Account, installation: Installation) -> schemas.Broadcast:
    with installation.database.reading() as session:
        found = queries.row(session, id)
        (shown,) = broadcasts_shown(session, [found], account, installation)
        if found.state in desk.NOT_RELEASED:
            shown.total = _desk(installation).estimate(session, found)
    return shown


def _desk(installation: Installation) -> Desk:
    return Desk.of(installation.settings, installation.keyring, installation.clock)


def _mass_jobs(installation: Installation) -> MassJobs:
    return MassJobs.of(installation.wechat, installation.writer, installation.clock)


def _values(sent: BaseModel, **which: Any) -> dict[str, Any]:
    """What was sent, as the fields of BroadcastText. Raises BadAudience."""
    values = sent.model_dump(**which)
    if values.get("audience") is not None:
        values["audience"] = Audience.from_json(values["audience"])
    return values

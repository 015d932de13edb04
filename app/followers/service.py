"""Followers come, write and go."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.upserts import insert_into
from models import Follower


def meet(session: Session, openids: Collection[str], now: datetime) -> dict[str, Follower]:
    """The followers of these openids, locked for this transaction; those unknown until now are made.

    A fixed order of locking keeps two replicas from waiting for one another.
    """
    known = _locked(session, openids)
    missing = [openid for openid in openids if openid not in known]
    if missing:
        _insert_unknown(session, missing, now)
        known.update(_locked(session, missing))
    return known


def _locked(session: Session, openids: Collection[str]) -> dict[str, Follower]:
    found = select(Follower).where(Follower.openid.in_(openids)).order_by(Follower.id).with_for_update()
    return {follower.openid: follower for follower in session.scalars(found)}


def _insert_unknown(session: Session, openids: list[str], now: datetime) -> None:
    """A person may write before we hear that they follow; another replica may meet them at the same moment."""
    rows = [{"openid": openid, "created_at": now} for openid in openids]
    session.execute(insert_into(session, Follower).on_conflict_do_nothing(index_elements=["openid"]), rows)


def subscribe(follower: Follower, scene: str | None, now: datetime) -> None:
    follower.subscribed = True
    follower.subscribed_at = now
    follower.scene = scene or follower.scene

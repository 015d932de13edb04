"""Posters with a code for each unit: who comes by one is counted to the unit."""

import secrets
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.errors import NotFound
from app.operators import log
from app.operators.queries import Account
from app.operators.rules import Power
from models import Follower, Poster

AT_ONCE = 50  # units named in one go: each is a call of the platform
POWER = Power.COMPOSE_BROADCASTS


class Came(NamedTuple):
    poster: Poster
    people: int


def without_one(session: Session, units: Collection[str]) -> list[str]:
    """Those of the units that have no code yet, in their order."""
    found = set(session.scalars(select(Poster.unit).where(Poster.unit.in_(units))))
    return [unit for unit in units if unit not in found]


def new_scene() -> str:
    """Says nothing of the unit: it is in the address behind the code."""
    return f"unit-{secrets.token_hex(6)}"


def keep(session: Session, unit: str, scene: str, url: str, *, by: Account, clock: Clock) -> None:
    """Raises Forbidden. Of two who made one for a unit at the same time, the first stays."""
    by.require(POWER)
    if not without_one(session, [unit]):
        return
    poster = Poster(unit=unit, scene=scene, url=url, made_by=by.id, made_at=clock.now())
    session.add(poster)
    session.flush()
    subject, detail = f"poster:{poster.id}", {"unit": unit}
    log.record(session, actor=by.actor, verb="poster.make", subject=subject, detail=detail, clock=clock)


def everyone(session: Session) -> list[Came]:
    """All posters by the names of their units, with how many followers came last by each."""
    people = (
        select(Follower.scene, func.count().label("people"))
        .where(Follower.subscribed)
        .group_by(Follower.scene)
        .subquery()
    )
    counted = func.coalesce(people.c.people, 0)
    rows = session.execute(
        select(Poster, counted).outerjoin(people, people.c.scene == Poster.scene).order_by(Poster.unit)
    )
    return [Came(poster, number) for poster, number in rows]


def some(session: Session, ids: Sequence[int]) -> list[Poster]:
    """Those with these ids, all where none is named. Raises NotFound when there is nothing to print."""
    wanted = select(Poster).order_by(Poster.unit)
    found = list(session.scalars(wanted.where(Poster.id.in_(ids)) if ids else wanted))
    if not found:
        raise NotFound("还没有这样的海报。")
    return found

"""Links by which units give their opinion: made once, shown once, known afterwards by a digest alone."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.ballots import queries
from app.ballots.noting import note
from app.ballots.rules import STATE_TITLES, WrongState
from app.ballots.unit_rules import unit_named
from app.clock import Clock
from app.errors import Conflict, NotFound
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power
from models import UnitLink
from models.enums import RoundState

SECRET_BYTES = 32
BEFORE_THE_CLOSE = (RoundState.DRAFT, RoundState.OPEN)


class NoLink(NotFound):
    """Unknown, withdrawn, or of another round: never said which."""

    code = "no_unit_link"


class HaveLinks(Conflict):
    """All of these units have one already."""

    code = "unit_has_link"


@dataclass(frozen=True)
class Made:
    """`secrets` by unit, for this once; `already` have a link that was given out before, and keep it."""

    secrets: Mapping[str, str]
    already: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    id: int
    unit: str
    made_by: str
    made_at: datetime


def make(session: Session, round_id: int, units: Sequence[str], *, by: Account, clock: Clock) -> Made:
    """A link for each unit that has none. Raises Forbidden, NoRound, WrongState, HaveLinks, Invalid."""
    by.require(Power.MAKE_ROUNDS)
    round = queries.row(session, round_id, locked=True)
    state = queries.state_of(round, clock.now())
    if state not in BEFORE_THE_CLOSE:
        raise WrongState(f"这一轮投票{STATE_TITLES[state]}，不再征求单位的意见。")
    wanted = list(dict.fromkeys(map(unit_named, units)))
    known = set(session.scalars(_live(round_id).with_only_columns(UnitLink.unit)))
    made = {unit: secrets.token_urlsafe(SECRET_BYTES) for unit in wanted if unit not in known}
    if not made:
        raise HaveLinks("这些单位都已经有链接了。链接丢了的，先作废原来的，再另做一个。")
    session.add_all(
        UnitLink(round_id=round_id, unit=unit, secret=digest_of(secret), made_by=by.id, made_at=clock.now())
        for unit, secret in made.items()
    )
    session.flush()
    note(session, round, by.actor, "make_unit_links", clock, {"units": list(made)})
    return Made(made, tuple(unit for unit in wanted if unit in known))


def withdraw(session: Session, round_id: int, link_id: int, *, by: Account, clock: Clock) -> None:
    """Nobody comes in by it any more; what was said by it stays. Raises Forbidden, NoRound, NoLink."""
    by.require(Power.MAKE_ROUNDS)
    round = queries.row(session, round_id, locked=True)
    link = session.scalar(_live(round_id).where(UnitLink.id == link_id))
    if link is None:
        raise NoLink("没有这个链接，或者已经作废了。")
    link.withdrawn_at = clock.now()
    session.flush()
    note(session, round, by.actor, "withdraw_unit_link", clock, {"unit": link.unit})


def by_secret(session: Session, round_id: int, secret: str) -> UnitLink:
    """Raises NoLink."""
    link = session.scalar(_live(round_id).where(UnitLink.secret == digest_of(secret)))
    if link is None:
        raise NoLink("这个链接打不开：可能没有复制完整，也可能已经作废。请联系发链接给您的工作人员。")
    return link


def of_round(session: Session, round_id: int) -> Sequence[Link]:
    """Those that open, by unit."""
    links = session.scalars(_live(round_id).order_by(UnitLink.unit, UnitLink.id)).all()
    names = operators.names(session, {link.made_by for link in links})
    return [Link(link.id, link.unit, names[link.made_by], link.made_at) for link in links]


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _live(round_id: int) -> Select[UnitLink]:
    return select(UnitLink).where(UnitLink.round_id == round_id, UnitLink.withdrawn_at.is_(None))

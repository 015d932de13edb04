"""What units as a whole think of the candidates: shown beside the votes, and never one of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots import queries, unit_links
from app.ballots.noting import note
from app.ballots.queries import NoRound, RoundView
from app.ballots.rules import require
from app.ballots.unit_rules import Said, checked, unit_named
from app.campaigns import queries as campaigns
from app.campaigns import rules as phases
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.crypto import Keyring
from app.operators import log
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power
from models import Round, UnitLink, UnitOpinion
from models.enums import RoundState

SAID_PLACE = "unit_opinions.said"
BY_ITSELF = "unit"  # who did it, in the action log, when it came by a unit's link


@dataclass(frozen=True)
class Given:
    """One unit's opinion; `said` by number. `by` is the operator who entered it, None where a link was used."""

    unit: str
    said: Mapping[int, Said]
    by: str | None
    at: datetime


@dataclass(frozen=True)
class UnitSheet:
    """What a unit finds behind its link. `given` is what it has said so far."""

    round: RoundView
    campaign: CampaignView
    unit: str
    given: Given | None

    @property
    def open(self) -> bool:
        return self.round.state is RoundState.OPEN and self.campaign.allows.vote


def sheet(session: Session, round_id: int, secret: str, keyring: Keyring, clock: Clock) -> UnitSheet:
    """Raises NoLink, also for a round that nobody knows."""
    link = unit_links.by_secret(session, round_id, secret)
    round = queries.by_id(session, round_id, keyring, clock.now())
    campaign = campaigns.by_id(session, round.campaign_id, clock)
    return UnitSheet(round, campaign, link.unit, of_unit(session, round, link.unit, keyring))


def give(
    session: Session, round_id: int, secret: str, said: Mapping[int, Said], *, keyring: Keyring, clock: Clock
) -> None:
    """By a unit's own link. Raises NoLink, WrongState, PhaseClosed, Invalid."""
    unit_links.by_secret(session, round_id, secret)
    round = _open(session, round_id, keyring, clock)
    link = unit_links.by_secret(session, round_id, secret)  # it may have been withdrawn while the round was locked
    _write(session, round, link.unit, said, link, None, keyring, clock)


def enter(
    session: Session,
    round_id: int,
    unit: str,
    said: Mapping[int, Said],
    *,
    by: Account,
    keyring: Keyring,
    clock: Clock,
) -> None:
    """What came on paper. Raises Forbidden, NoRound, WrongState, PhaseClosed, Invalid."""
    by.require(Power.MAKE_ROUNDS)
    unit = unit_named(unit)
    _write(session, _open(session, round_id, keyring, clock), unit, said, None, by, keyring, clock)


def of_unit(session: Session, round: RoundView, unit: str, keyring: Keyring) -> Given | None:
    of_it = select(UnitOpinion).where(UnitOpinion.round_id == round.id, UnitOpinion.unit == unit)
    found = session.scalars(of_it).all()
    return next(iter(_read(session, round, found, keyring)), None)


def of_round(session: Session, round: RoundView, keyring: Keyring) -> Sequence[Given]:
    """By unit."""
    of_it = select(UnitOpinion).where(UnitOpinion.round_id == round.id).order_by(UnitOpinion.unit)
    return _read(session, round, session.scalars(of_it).all(), keyring)


def _read(session: Session, round: RoundView, rows: Sequence[UnitOpinion], keyring: Keyring) -> list[Given]:
    names = operators.names(session, {row.entered_by for row in rows if row.entered_by is not None})
    number = {str(id): at for id, at in zip(round.fixed.candidates, round.slip.numbers, strict=True)}

    def read(row: UnitOpinion) -> Given:
        stored = json.loads(keyring.open(row.said, SAID_PLACE))
        said = {number[id]: Said.from_json(one) for id, one in stored.items() if id in number}
        by = names[row.entered_by] if row.entered_by is not None else None
        return Given(row.unit, dict(sorted(said.items())), by, row.given_at)

    return [read(row) for row in rows]


def _open(session: Session, round_id: int, keyring: Keyring, clock: Clock) -> RoundView:
    """The round, locked. Raises NoRound, WrongState, PhaseClosed."""
    row: Round = queries.row(session, round_id, locked=True)
    if row.released_by is None:
        raise NoRound("没有这一轮投票，或者还没有开始。")
    round = queries.view(session, row, keyring, clock.now())
    require(round.state, RoundState.OPEN, "收单位的意见")
    campaign = campaigns.by_id(session, round.campaign_id, clock)
    phases.require(campaign.allows.vote, campaign.phase, "收单位的意见")
    return round


def _write(
    session: Session,
    round: RoundView,
    unit: str,
    said: Mapping[int, Said],
    link: UnitLink | None,
    by: Account | None,
    keyring: Keyring,
    clock: Clock,
) -> None:
    kept = checked(said, round.slip.numbers)
    candidate = dict(zip(round.slip.numbers, round.fixed.candidates, strict=True))
    stored = {str(candidate[number]): one.to_json() for number, one in sorted(kept.items())}
    written = json.dumps(stored, ensure_ascii=False)
    of_it = select(UnitOpinion).where(UnitOpinion.round_id == round.id, UnitOpinion.unit == unit)
    row = session.scalar(of_it) or UnitOpinion(round_id=round.id, unit=unit)
    if row.said and keyring.open(row.said, SAID_PLACE) == written:
        return
    row.said, row.given_at = keyring.seal(written, SAID_PLACE), clock.now()
    row.link_id, row.entered_by = link.id if link else None, by.id if by else None
    session.add(row)
    session.flush()
    verb = "enter_unit_opinion" if by else "unit_opinion"
    detail = {"unit": unit, "opinion": log.personal_digest(keyring, written)}
    note(session, queries.row(session, round.id), by.actor if by else BY_ITSELF, verb, clock, detail)

"""What the pages of one round say of it: who may vote, when, by whom it was brought how far."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from sqlalchemy.orm import Session

from app.ballots import paper_votes, queries, running
from app.ballots.electorate import Electorate
from app.ballots.queries import RoundView
from app.ballots.rules import STATE_TITLES, TURNOUT_TITLES
from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.installation import Installation
from app.operators import queries as operators
from models import Register, Round
from models.enums import RoundState

ROUNDS = "/console/rounds"
RoundId = Annotated[int, Path(ge=1, lt=2**31)]


def settle(here: Installation, round_id: int) -> None:
    """Have written down what the clock has done. Raises NoRound."""
    with here.database.reading() as session:
        overtaken = queries.is_overtaken(session, round_id, here.clock.now())
    if overtaken:
        here.write(lambda session: running.settled(session, round_id, here.keyring, here.clock))


def found(session: Session, here: Installation, round_id: int) -> tuple[Round, RoundView, CampaignView]:
    """Raises NoRound."""
    round = queries.row(session, round_id)
    view = queries.view(session, round, here.keyring, here.clock.now())
    return round, view, campaigns.by_id(session, round.campaign_id, here.clock)


def about(
    session: Session, here: Installation, round: Round, view: RoundView, campaign: CampaignView
) -> Mapping[str, Any]:
    electorate = view.fixed.electorate
    return {
        "round": round,
        "view": view,
        "campaign": campaign,
        "state": said_state(round, view),
        "candidates": list(zip(view.slip.numbers, queries.candidates_of(session, round.id), strict=True)),
        "electorate": electorate.told(here.settings.zone),
        "register": _register(session, electorate),
        "secrecy": TURNOUT_TITLES[view.turnout],
        "turnout": turnout(session, view),
        "papers_waiting": paper_votes.waiting(session, round.id),
        "box": queries.box(session, round.id),
        "link": f"{here.settings.public_url}/h5/vote/{round.id}",
        "results_link": f"{here.settings.public_url}/h5/results/{campaign.key}",
        "done": _done(session, round),
        "names": operators.names(session, {each for each in (round.composed_by, round.confirmed_by) if each}),
    }


def said_state(round: Round, view: RoundView) -> str:
    if view.state is RoundState.DRAFT and round.released_by is not None:
        return "已安排，到时间自动打开"
    return STATE_TITLES[view.state]


def turnout(session: Session, view: RoundView) -> int | None:
    """How many have voted; None while nobody can have, or operators may not know it."""
    if view.state is RoundState.DRAFT or not queries.may_see_turnout(view, operator=True):
        return None
    return queries.votes_cast(session, view.id)


def _register(session: Session, electorate: Electorate) -> Register | None:
    return session.get(Register, electorate.register_id) if electorate.register_id is not None else None


def _done(session: Session, round: Round) -> list[tuple[str, datetime, str]]:
    """(what, when, by whom) of what has happened to it, in its order."""
    steps = (
        ("组成", round.composed_at, round.composed_by),
        ("打开", round.opened_at, round.released_by),
        ("截止", round.closed_at, round.closed_by),
        ("确认", round.confirmed_at, round.confirmed_by),
        ("公布", round.published_at, round.published_by),
    )
    names = operators.names(session, {by for _, _, by in steps if by is not None})
    return [(what, at, names[by] if by else "到时间自动") for what, at, by in steps if at]

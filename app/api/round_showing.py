"""Rounds and what they came to, as the API shows them: each thing from the moment it may be known."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.api import round_schemas as schemas
from app.api.reading import local
from app.ballots import queries
from app.campaigns import queries as campaigns
from app.installation import Installation
from app.operators import queries as operators
from app.statistics.outcomes import Line, Outcome
from models import Round
from models.enums import RoundState


def rounds_shown(session: Session, found: Sequence[Round], installation: Installation) -> list[schemas.Round]:
    keys = {view.id: view.key for view in campaigns.everyone(session, installation.clock)}
    return [_shown(session, round, keys[round.campaign_id], installation) for round in found]


def results_shown(session: Session, round: Round, found: Outcome) -> schemas.Results:
    box = queries.box(session, round.id)
    assert box is not None, "what was counted has a box"
    return schemas.Results(
        round=str(round.id),
        state=round.state,
        total_ballots=found.ballots,
        invalid=dict(found.invalid),
        candidates=[_candidate(line) for line in found.lines],
        seed=round.seed,
        head_at_open=box.head_at_open,
        head=found.head,
    )


def _shown(session: Session, round: Round, campaign: str, installation: Installation) -> schemas.Round:
    view = queries.view(session, round, installation.keyring, installation.clock.now())
    box = queries.box(session, round.id)
    names = operators.names(session, _hands(round))
    is_told = view.state is not RoundState.DRAFT and queries.may_see_turnout(view, operator=True)

    def at(moment: datetime | None) -> datetime | None:
        return local(moment, installation) if moment else None

    return schemas.Round(
        id=str(round.id),
        campaign=campaign,
        title=round.title,
        state=view.state,
        ballot_type=round.ballot_type,
        min_choices=round.min_choices,
        max_choices=round.max_choices,
        candidates=[str(each) for each in view.fixed.candidates],
        electorate=round.electorate,
        turnout=round.turnout,
        opens_at=at(round.opens_at),
        closes_at=at(round.closes_at),
        opened_at=at(round.opened_at),
        closed_at=at(round.closed_at),
        confirmed_at=at(round.confirmed_at),
        published_at=at(round.published_at),
        composed_by=names[round.composed_by],
        released_by=names.get(round.released_by or 0),
        closed_by=names.get(round.closed_by or 0),
        confirmed_by=names.get(round.confirmed_by or 0),
        published_by=names.get(round.published_by or 0),
        seed=round.seed if box else None,
        head_at_open=box.head_at_open if box else None,
        head=round.tally["head"] if round.tally else None,
        ballots=queries.votes_cast(session, round.id) if is_told else None,
        url=f"{installation.settings.public_url}/h5/vote/{round.id}",
    )


def _hands(round: Round) -> set[int]:
    """Who has had a hand in it."""
    hands = (round.composed_by, round.released_by, round.closed_by, round.confirmed_by, round.published_by)
    return {each for each in hands if each is not None}


def _candidate(line: Line) -> schemas.CandidateResult:
    count = line.count
    return schemas.CandidateResult(
        id=str(line.candidate_id),
        number=count.number,
        title=line.title,
        votes=count.votes,
        against=count.against,
        abstain=count.abstain,
        rank=count.rank,
        lot=count.lot,
        opinions=list(line.opinions),
    )

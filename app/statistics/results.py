"""What the public learns of a campaign's rounds of voting and its projects: nothing before their publication."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from app.ballots import invalid, queries
from app.ballots.choices import Stance
from app.ballots.queries import OPINION_PLACE, RoundView
from app.ballots.reasons import told
from app.ballots.tally import Count, Tally
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.crypto import Keyring
from app.errors import Forbidden
from app.projects import queries as projects
from app.projects.queries import Announced
from app.statistics.sayings import Sayings, summed_up
from app.statistics.turnout import TurnoutByUnit, turnout
from app.statistics.unit_opinions import UnitsSaid, units_said
from app.triage import lineage
from app.triage.lineage import Origin
from models import Ballot, Box, Candidate, Opinion, Register, Round
from models.enums import BallotWay, InvalidReason, RoundState

VOICES = 4  # quoted of each candidate

# A published round never changes again, and summing up what thousands wrote takes its time.
_summed_up: WeakKeyDictionary[Engine | Connection, dict[int, Mapping[int, Sayings]]] = WeakKeyDictionary()
_summing = Lock()


class NotPublished(Forbidden):
    """The same whether there is a round or not, and wherever it stands."""

    code = "not_published"


@dataclass(frozen=True)
class Share:
    """How many gave a candidate one stance; `word` is the stance's, `part` from 0 to 1 of all ballots."""

    stance: Stance
    word: str
    votes: int
    part: float


@dataclass(frozen=True)
class Line:
    """One candidate. `lot` was drawn if another got as many votes; `origins` are the proposals it grew from."""

    rank: int
    number: int
    title: str
    department: str | None
    shares: tuple[Share, ...]
    lot: str | None
    said: Sayings
    origins: tuple[Origin, ...]

    @property
    def votes(self) -> int:
        return self.shares[0].votes

    @property
    def proposals(self) -> int:
        return sum(len(origin.all()) for origin in self.origins)


@dataclass(frozen=True)
class Result:
    """One published round. `ballots` count, one for each voter; `cast` are those replaced or `invalid` as well.

    `on_paper`: how many of all that were cast.
    """

    view: RoundView
    opened_at: datetime
    closed_at: datetime
    published_at: datetime
    ballots: int
    cast: int
    on_paper: int
    invalid: Mapping[InvalidReason, int]
    head_at_open: str
    head_at_close: str
    head: str
    register: str
    turnout: TurnoutByUnit | None
    units_said: UnitsSaid | None
    lines: tuple[Line, ...]

    @property
    def replaced(self) -> int:
        """How many ballots were changed for later ones."""
        return self.cast - self.ballots - sum(self.invalid.values())

    @property
    def struck_out(self) -> str:
        """How many do not count, and why."""
        return told(self.invalid)

    @property
    def ties(self) -> list[list[Line]]:
        """Candidates with as many votes as another, in the order of their lots."""
        equal: dict[int, list[Line]] = defaultdict(list)
        for line in self.lines:
            if line.lot:
                equal[line.votes].append(line)
        return list(equal.values())


@dataclass(frozen=True)
class Published:
    """`announced` are the year's projects, once they are released."""

    campaign: CampaignView
    announced: Announced | None
    results: tuple[Result, ...]


def published(session: Session, campaign: CampaignView, keyring: Keyring, clock: Clock) -> Published:
    """All published rounds, the newest first. Raises NotPublished."""
    rounds = _published_rounds(session, campaign.id)
    if not rounds:
        raise NotPublished("投票结果还没有公布。公布以后，这里谁都可以看。")
    results = tuple(_result(session, round, keyring, clock) for round in rounds)
    return Published(campaign, projects.announced(session, campaign), results)


def _published_rounds(session: Session, campaign_id: int) -> Sequence[Round]:
    of_it = select(Round).where(Round.campaign_id == campaign_id, Round.state == RoundState.PUBLISHED)
    return session.scalars(of_it.order_by(Round.published_at.desc(), Round.id.desc())).all()


def _on_paper(session: Session, round_id: int) -> int:
    paper = Ballot.round_id == round_id, Ballot.way == BallotWay.PAPER
    return session.scalar(select(func.count()).select_from(Ballot).where(*paper)) or 0


def _result(session: Session, round: Round, keyring: Keyring, clock: Clock) -> Result:
    assert round.tally is not None
    opened_at, closed_at, published_at = round.opened_at, round.closed_at, round.published_at
    assert opened_at is not None
    assert closed_at is not None
    assert published_at is not None
    view = queries.view(session, round, keyring, clock.now())
    box = session.get_one(Box, round.id)
    tally = Tally.from_json(round.tally)
    return Result(
        view=view,
        opened_at=opened_at,
        closed_at=closed_at,
        published_at=published_at,
        ballots=tally.ballots,
        cast=box.size,
        on_paper=_on_paper(session, round.id),
        invalid=invalid.by_reason(session, round.id),
        head_at_open=box.head_at_open,
        head_at_close=box.head,
        head=round.tally["head"],
        register=_register(session, view),
        turnout=turnout(round.turnout_by_unit) if round.turnout_by_unit else None,
        units_said=units_said(session, view, keyring),
        lines=_lines(session, view, tally, keyring),
    )


def _lines(session: Session, view: RoundView, tally: Tally, keyring: Keyring) -> tuple[Line, ...]:
    candidates = queries.candidates_of(session, view.id)
    by_number = {one.number: one for one in candidates}
    origins = lineage.of_candidates(session, candidates)
    said = _said(session, view.id, keyring)
    ranked = sorted(tally.counts, key=lambda count: count.rank)
    return tuple(_line(by_number[one.number], one, view, tally.ballots, origins, said) for one in ranked)


def _line(
    candidate: Candidate,
    count: Count,
    view: RoundView,
    ballots: int,
    origins: Mapping[int, tuple[Origin, ...]],
    said: Mapping[int, Sayings],
) -> Line:
    words = view.fixed.ballot_type.stances
    return Line(
        rank=count.rank,
        number=count.number,
        title=candidate.title,
        department=candidate.department,
        shares=tuple(Share(one, words[one], count.of(one), count.of(one) / (ballots or 1)) for one in words),
        lot=count.lot,
        said=said.get(candidate.id, Sayings()),
        origins=origins[candidate.id],
    )


def _said(session: Session, round_id: int, keyring: Keyring) -> Mapping[int, Sayings]:
    """By the candidate's id."""
    with _summing:  # whoever comes meanwhile waits instead of doing the same
        known = _summed_up.setdefault(session.get_bind(), {})
        if round_id not in known:
            known[round_id] = _sum_up(session, round_id, keyring)
        return known[round_id]


def _sum_up(session: Session, round_id: int, keyring: Keyring) -> Mapping[int, Sayings]:
    texts: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(select(Opinion.candidate_id, Opinion.text).where(Opinion.round_id == round_id)):
        texts[row.candidate_id].append(keyring.open(row.text, OPINION_PLACE))
    return {candidate_id: summed_up(said, VOICES) for candidate_id, said in texts.items()}


def _register(session: Session, view: RoundView) -> str:
    """The digest of the register that the round goes by, if it does."""
    register = session.get(Register, view.fixed.electorate.register_id or 0)
    return register.digest if register else ""

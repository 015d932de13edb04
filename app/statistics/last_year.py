"""What people think of last year's projects: scores, how far apart they are, and remarks."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from app.campaigns.definition import LastYearProject
from app.campaigns.queries import CampaignView
from app.statistics import evaluations
from app.statistics.cells import Cell, fold
from app.statistics.figures import Scores, histogram
from app.statistics.intake import NO_UNIT, OTHER_UNITS, ROUTE_TITLES
from app.statistics.masking import masked
from models.enums import IntakeChannel

UNITS_SHOWN = 10
OTHER_ROUTES = "其余来源（合在一起）"
WORKER = "职工"

# By project: the counts of each group.
Histograms = Mapping[int, Mapping[str, tuple[int, ...]]]


@dataclass(frozen=True)
class Group:
    title: str
    scores: Scores


@dataclass(frozen=True)
class Opinion:
    """What was said of one project. `routes` and `units` are empty when too few said anything to be told apart."""

    project: LastYearProject
    scores: Scores
    routes: tuple[Group, ...]
    units: tuple[Group, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """What was said of the projects in free words; only a form says of which union or department it is."""

    by: str
    text: str


@dataclass(frozen=True)
class Report:
    opinions: tuple[Opinion, ...]
    from_forms: tuple[Words, ...]
    from_workers: tuple[Words, ...]

    @property
    def is_empty(self) -> bool:
        return not any((*(one.scores.total for one in self.opinions), self.from_forms, self.from_workers))


def last_year(session: Session, campaign: CampaignView) -> Report:
    scores = evaluations.scores(session, campaign.id)
    routes, units = _by_route_and_unit(session, scores)
    remarks = _remarks(session, scores)
    said = [
        (channel, Words(WORKER if channel is IntakeChannel.WECHAT else unit or NO_UNIT, masked(text or "")))
        for channel, unit, text in evaluations.words(session, campaign.id)
    ]
    return Report(
        opinions=tuple(
            Opinion(
                project,
                Scores(_sum(routes[project.number])),
                _groups(routes[project.number], len(ROUTE_TITLES), OTHER_ROUTES),
                _groups(units[project.number], UNITS_SHOWN, OTHER_UNITS),
                tuple(remarks[project.number]),
            )
            for project in campaign.definition.last_year
        ),
        from_forms=tuple(one for channel, one in said if channel is not IntakeChannel.WECHAT),
        from_workers=tuple(one for channel, one in said if channel is IntakeChannel.WECHAT),
    )


def _by_route_and_unit(session: Session, scores: Subquery) -> tuple[Histograms, Histograms]:
    kinds = (scores.c.project, scores.c.channel, scores.c.unit, scores.c.score)
    routes, units = _Tally(), _Tally()
    for project, channel, unit, score, count in session.execute(select(*kinds, func.count()).group_by(*kinds)):
        routes.add(project, ROUTE_TITLES[channel], score, count)
        units.add(project, unit or NO_UNIT, score, count)
    return routes.histograms(), units.histograms()


class _Tally:
    """Scores being added up for each project and group."""

    def __init__(self) -> None:
        self._counts: dict[int, dict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))

    def add(self, project: int, group: str, score: int, count: int) -> None:
        self._counts[project][group][score] += count

    def histograms(self) -> Histograms:
        found = {
            project: {title: histogram(counts) for title, counts in groups.items()}
            for project, groups in self._counts.items()
        }
        return defaultdict(dict, found)


def _sum(groups: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*groups.values(), strict=True))) or histogram({})


def _groups(groups: Mapping[str, tuple[int, ...]], top: int, rest: str) -> tuple[Group, ...]:
    folded = fold((Cell(title, counts) for title, counts in groups.items()), top, rest)
    return tuple(Group(cell.title, Scores(cell.counts)) for cell in folded.rows)


def _remarks(session: Session, scores: Subquery) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    order = (scores.c.project, scores.c.proposal_id)
    said = select(scores.c.project, scores.c.remark).where(scores.c.remark != "").order_by(*order)
    for project, remark in session.execute(said):
        found[project].append(masked(remark))
    return found

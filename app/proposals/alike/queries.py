"""Asking what is alike: for somebody who writes, for operators who compare, and for a category."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.definition import Definition
from app.proposals.alike.categories import Suggestion, suggestion
from app.proposals.alike.features import Text, features
from app.proposals.alike.kept import Busy, kept
from app.proposals.alike.marks import Run, marked
from app.proposals.alike.pairs import Pair, gathered, members
from app.proposals.alike.public import public_title
from app.proposals.supporting import root_of
from models import Proposal
from models.enums import ProposalStatus

# Found on one half of the made-up corpus: `python -m tests.bench.alike` tells what each is worth on the other.
LIKELY = 0.27  # a pair of proposals is worth a look
POSSIBLE = 0.18  # told quite anew, or only of the same field: as often the one as the other
CERTAIN = 0.35  # somebody who writes is told of it: rather too seldom than for nothing

OPEN = frozenset({ProposalStatus.SUBMITTED, ProposalStatus.RETURNED, ProposalStatus.SHORTLISTED})
COMPARED_AT_ONCE = 400  # so many new proposals a look at the pairs takes in
PATIENCE = 400  # so many proposals that are new to us are taken in while somebody in the chat waits
SPARE = 9  # found beyond what is wanted, since some are not to be shown


@dataclass(frozen=True)
class Alike:
    """A proposal near to a text. `title` and `summary` in runs, marked where the text says the same."""

    proposal: Proposal
    score: float
    title: Sequence[Run]
    summary: Sequence[Run]


@dataclass(frozen=True)
class Offer:
    """A colleague's open proposal, as far as anybody may see it."""

    number: str
    title: str
    score: float


@dataclass(frozen=True)
class Cluster:
    """Proposals that are likely the same, the oldest first, and what holds them together, the likeliest first."""

    proposals: Sequence[Proposal]
    links: Sequence[tuple[Proposal, Proposal, float]]


@dataclass(frozen=True)
class Queue:
    """`waiting`: how many proposals have not been compared yet."""

    clusters: Sequence[Cluster]
    waiting: int


def text_of(proposal: Proposal) -> Text:
    return Text(proposal.title, proposal.summary, proposal.expected_outcome)


def offers(
    session: Session,
    campaign_id: int,
    text: Text,
    *,
    limit: int = 3,
    without: Callable[[], Collection[int]] = tuple,
) -> list[Offer]:
    """Open proposals that somebody who writes `text` may want to support; of merged ones, what they are part of.

    `without`: ids of proposals that are out of the question, asked for where something is near. Right after a
    start not all are known yet, and while operators have hundreds compared nothing is offered: whoever writes is
    not kept waiting for that.
    """
    try:
        nearest = _nearest(session, campaign_id, text, limit, least=CERTAIN, patience=PATIENCE)
    except Busy:
        return []
    if not nearest:
        return []
    found, known = dict[int, Offer](), without()
    for score, proposal in nearest:
        root = root_of(session, proposal)
        allowed = root.status in OPEN and root.id not in known and proposal.id not in known
        if allowed and root.id not in found:
            found[root.id] = Offer(root.number, public_title(root.title), score)
    return list(found.values())[:limit]


def similar_to(session: Session, proposal: Proposal, *, limit: int = 10, least: float = 0.0) -> list[Alike]:
    """What is near to `proposal` in its campaign, but for what was withdrawn, the nearest first."""
    text = text_of(proposal)
    found = _nearest(session, proposal.campaign_id, text, limit, least=least)
    return [
        Alike(other, score, marked(other.title, _all(text)), marked(other.summary, _all(text)))
        for score, other in found
        if other.id != proposal.id and other.status is not ProposalStatus.WITHDRAWN
    ][:limit]


def duplicates(session: Session, campaign_id: int) -> Queue:
    """Open proposals that are likely the same. Many new ones are compared over several questions."""
    pairs, proposals, waiting = _pairs(session, campaign_id, LIKELY)
    return Queue([_cluster(group, proposals) for group in gathered(pairs)], waiting)


def possible_duplicates(session: Session, campaign_id: int) -> Queue:
    """What may be the same too, two by two: so loosely, half of the field would hang together."""
    pairs, proposals, waiting = _pairs(session, campaign_id, POSSIBLE)
    return Queue([_cluster([pair], proposals) for pair in pairs if pair.score < LIKELY], waiting)


def _pairs(session: Session, campaign_id: int, threshold: float) -> tuple[list[Pair], Mapping[int, Proposal], int]:
    """The likeliest first; the proposals by id; how many have not been compared yet."""
    with kept(session, campaign_id) as known:
        known.pairs.compare(known.index, COMPARED_AT_ONCE)
        pairs, waiting = known.pairs.above(threshold), known.pairs.waiting(known.index)
    proposals = _by_id(session, members(pairs), OPEN)
    return [pair for pair in pairs if {pair.first, pair.second} <= proposals.keys()], proposals, waiting


def suggest_category(session: Session, campaign_id: int, definition: Definition, text: Text) -> Suggestion | None:
    """The category that `text` most likely belongs to; None where it could as well be another."""
    with kept(session, campaign_id) as known:
        typical = known.profiles(session, definition)
        return suggestion(known.index.direction(features(text)), typical)


def _nearest(
    session: Session, campaign_id: int, text: Text, limit: int, *, least: float, patience: int | None = None
) -> list[tuple[float, Proposal]]:
    """`patience`: how many proposals may be taken in first; None for all there are."""
    with kept(session, campaign_id, patience) as known:
        found = known.index.near(known.index.direction(features(text)), limit + SPARE)
    near = [each for each in found if each.score >= least]
    proposals = _by_id(session, [each.key for each in near])
    return [(each.score, proposals[each.key]) for each in near if each.key in proposals]


def _by_id(
    session: Session, ids: Collection[int], statuses: Iterable[ProposalStatus] = ProposalStatus
) -> Mapping[int, Proposal]:
    if not ids:
        return {}
    found = select(Proposal).where(Proposal.id.in_(ids), Proposal.status.in_(list(statuses)))
    return {proposal.id: proposal for proposal in session.scalars(found)}


def _cluster(group: Sequence[Pair], proposals: Mapping[int, Proposal]) -> Cluster:
    links = [(proposals[pair.first], proposals[pair.second], pair.score) for pair in group]
    return Cluster([proposals[key] for key in members(group)], links)


def _all(text: Text) -> str:
    return "\n".join(text)

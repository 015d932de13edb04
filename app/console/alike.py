"""Proposals that are likely the same: the queue of them, and what is near to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.console.at_hand import ROUTES, Number, campaign_of, category_titles, proposal_by
from app.console.pages import page
from app.console.visiting import Here, Who, allowed
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals.alike import queries
from app.proposals.alike.marks import Run, marked
from app.proposals.alike.queries import Cluster
from app.proposals.exports import STATUS_TITLES
from models import Proposal

SHOWN = 20  # groups on a page; they go as they are merged
COMPARED = 6  # of a group at once, as many as the page for merging holds

router = APIRouter()


@dataclass(frozen=True)
class Member:
    """One of a group, with what it shares with the others marked; `score`: with the one it is nearest to."""

    proposal: Proposal
    title: Sequence[Run]
    summary: Sequence[Run]
    score: float


@dataclass(frozen=True)
class Group:
    """`size` counts also those that are not among the `members` shown; `merge` is the page to compare these on."""

    members: Sequence[Member]
    size: int
    score: float
    merge: str


@router.get("/alike")
def alike(
    request: Request, here: Here, _who: Annotated[Account, allowed(Power.MERGE)], loose: bool = False
) -> Response:
    """`loose`: what is less likely, two by two."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        find = queries.possible_duplicates if loose else queries.duplicates
        queue = find(session, campaign.id)
        shown = {
            "loose": loose,
            "groups": [_group(cluster) for cluster in queue.clusters[:SHOWN]],
            "more": max(0, len(queue.clusters) - SHOWN),
            "waiting": queue.waiting,
            "categories": category_titles(campaign),
            "routes": ROUTES,
        }
        return page(request, "alike.html", **shown)


@router.get("/alike/{number}")
def alike_to(request: Request, here: Here, who: Who, number: Number) -> Response:
    with here.database.reading() as session:
        proposal = proposal_by(session, number)
        campaign = campaign_of(session, proposal, here)
        shown = {
            "proposal": proposal,
            "found": queries.similar_to(session, proposal, least=queries.LIKELY / 2),
            "likely": queries.LIKELY,
            "may_merge": who.may(Power.MERGE),
            "categories": category_titles(campaign),
            "routes": ROUTES,
            "statuses": STATUS_TITLES,
        }
        return page(request, "alike_to.html", **shown)


def _group(cluster: Cluster) -> Group:
    shown = _foremost(cluster)
    members = [_member(proposal, shown, cluster) for proposal in shown]
    return Group(members, len(cluster.proposals), cluster.links[0][2], _merge_page(shown))


def _foremost(cluster: Cluster) -> list[Proposal]:
    """Those that are most alike, the oldest first."""
    by_score = dict.fromkeys(proposal for first, second, _ in cluster.links for proposal in (first, second))
    return sorted(list(by_score)[:COMPARED], key=lambda proposal: proposal.id)


def _member(proposal: Proposal, shown: Sequence[Proposal], cluster: Cluster) -> Member:
    words = "\n".join("\n".join(queries.text_of(other)) for other in shown if other is not proposal)
    scores = [score for first, second, score in cluster.links if proposal in (first, second)]
    return Member(proposal, marked(proposal.title, words), marked(proposal.summary, words), max(scores))


def _merge_page(shown: Sequence[Proposal]) -> str:
    first, *others = [proposal.number for proposal in shown]
    return "/console/merge?" + urlencode([("into", first), *(("with", other) for other in others)])

"""Merging proposals side by side, and the list of merges with the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.console.at_hand import ROUTES, category_titles, numbers_chosen, numbers_in, proposals_by
from app.console.pages import page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, Who, allowed, text_of
from app.errors import Invalid, ShishiError
from app.installation import Installation
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals import queries, supporting
from app.proposals.alike.marks import Run, marked
from app.proposals.exports import STATUS_TITLES
from app.triage import families, merging
from app.triage.merging import Merged
from models import Proposal

MERGES = "/console/merges"
MOST = 6  # columns that a screen can hold

router = APIRouter()
Merger = Annotated[Account, allowed(Power.MERGE)]
MergeId = Annotated[int, Path(ge=1, lt=2**31)]


@dataclass(frozen=True)
class Column:
    """One proposal beside the others. `told` and `untold` count whose authors hear of it when it is merged."""

    proposal: Proposal
    title: Sequence[Run]
    summary: Sequence[Run]
    expected_outcome: Sequence[Run]
    supporters: int
    merged: Sequence[Proposal]
    told: int
    untold: int


@dataclass(frozen=True)
class Listed:
    """A merge that stands. `families` are the proposals it took in, each with what was in it before."""

    made: Merged
    operator: str
    into: Proposal
    families: Sequence[tuple[Proposal, Sequence[Proposal]]]


@router.get("/merge")
def compare(
    request: Request,
    here: Here,
    _who: Merger,
    into: str = "",
    others: Annotated[list[str] | None, Query(alias="with")] = None,
) -> Response:
    return _compare(request, here, into, others or [])


@router.post("/merge")
def merge(request: Request, here: Here, who: Merger, form: FormSent) -> Response:
    into, reason, chosen = text_of(form, "into"), text_of(form, "reason"), numbers_chosen(form)
    others = [number for number in chosen if number != into]
    try:
        if into not in chosen:
            raise Invalid("请选以哪一份为主。")
        made = here.write(
            lambda session: merging.merge(session, into, others, reason, by=who, clock=here.clock).id
        )
    except ShishiError as refusal:
        return _compare(request, here, into, chosen, refusal=refusal, reason=reason)
    return redirect_with(f"{MERGES}#merge-{made}", f"{len(others)} 份提案已经合并到 {into}，会告诉提案人。")


@router.get("/merges")
def merges(request: Request, here: Here, who: Who) -> Response:
    return _merges(request, here, who)


@router.post("/merges/{merge_id}/undo", dependencies=[FROM_OUR_PAGE])
def undo(request: Request, here: Here, who: Merger, merge_id: MergeId) -> Response:
    try:
        here.write(lambda session: merging.undo(session, merge_id, by=who, clock=here.clock))
    except ShishiError as refusal:
        return _merges(request, here, who, refusal)
    return redirect_with(MERGES, "合并撤销了，几份提案都恢复成原来的样子。")


def _compare(
    request: Request,
    here: Installation,
    into: str,
    others: Sequence[str],
    *,
    refusal: ShishiError | None = None,
    reason: str = "",
) -> Response:
    """`others` as they were typed or chosen; what cannot be found leaves the page with the form to name them."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        columns: list[Column] = []
        try:
            wanted = numbers_in(campaign.definition.year, *([] if into in others else [into]), *others)
            if len(wanted) > MOST:
                raise Invalid(f"一次最多并排看 {MOST} 份，请分几次合并。")
            columns = _columns(session, wanted)
        except ShishiError as trouble:
            refusal = refusal or trouble
        shown = {
            "columns": columns,
            "into": columns[0].proposal.number if columns and not refusal else into,
            "typed": " ".join(dict.fromkeys([into, *others])).strip(),
            "reason": reason,
            "refusal": refusal and refusal.message,
            "most": MOST,
            "campaign": campaign,
            "wording": campaign.definition.wording,
            "categories": category_titles(campaign),
            "routes": ROUTES,
            "statuses": STATUS_TITLES,
        }
        return page(request, "merge.html", refusal.status if refusal else 200, **shown)


def _columns(session: Session, wanted: Sequence[str]) -> list[Column]:
    """The first is what the others are compared with; it is compared with all of them."""
    proposals = proposals_by(session, wanted)
    supporters = supporting.counts(session, proposals)
    columns = []
    for one in proposals:
        rest = [each for each in proposals if each is not one]
        against = rest if one is proposals[0] else proposals[:1]
        words = "\n".join("\n".join((each.title, each.summary, each.expected_outcome)) for each in against)
        told, untold = merging.audience(session, one)
        columns.append(
            Column(
                proposal=one,
                title=marked(one.title, words),
                summary=marked(one.summary, words),
                expected_outcome=marked(one.expected_outcome, words),
                supporters=supporters[one.id],
                merged=families.below(session, one),
                told=told,
                untold=untold,
            )
        )
    return columns


def _merges(request: Request, here: Installation, who: Account, refusal: ShishiError | None = None) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        shown = {
            "merges": _listed(session, merging.of_campaign(session, campaign.id)),
            "may_undo": who.may(Power.MERGE) and campaign.allows.sort,
            "refusal": refusal and refusal.message,
        }
        return page(request, "merges.html", refusal.status if refusal else 200, **shown)


def _listed(session: Session, found: Sequence[Merged]) -> list[Listed]:
    """A few statements, however many merges."""
    names = operators.names(session, {each.merge.operator_id for each in found})
    proposals = queries.by_numbers(session, {number for each in found for number in (each.into, *each.numbers)})
    below = families.below_each(session, proposals.values())
    return [
        Listed(
            made=each,
            operator=names[each.merge.operator_id],
            into=proposals[each.into],
            families=[(source, below[source.id]) for source in map(proposals.__getitem__, each.numbers)],
        )
        for each in found
    ]

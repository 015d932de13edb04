"""What is done on the board with many proposals at once, and the views an operator keeps."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.console.at_hand import numbers_chosen
from app.console.board import around
from app.console.board_query import WITHOUT, read_address
from app.console.pages import page, redirect_with
from app.console.visiting import FormSent, Here, Who, allowed, text_of
from app.errors import Invalid, ShishiError
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals import queries, sorting, views
from app.proposals.sorting import Sorted
from app.triage import decisions, rules
from app.triage.decisions import Verdict
from models.enums import DecisionKind

BOARD = "/console/board"
FIELDS = ("category", "assignee")

router = APIRouter()
Sorter = Annotated[Account, allowed(Power.CLASSIFY)]
Decider = Annotated[Account, allowed(Power.DECIDE)]
ViewId = Annotated[int, Path(ge=1, lt=2**31)]


@router.post("/board/sort")
def sort(request: Request, here: Here, who: Sorter, form: FormSent) -> Response:
    """A field left at "as it is" stays as it is."""
    numbers, back = numbers_chosen(form), _back(form)
    changes = changes_in(form)
    if not numbers or not changes:
        told = "请先勾选提案。" if not numbers else "请选要改成的类别或经办人。"
        return redirect_with(back, told, bad=True)
    outcome = here.write(lambda session: sorting.sort_all(session, numbers, changes, by=who, clock=here.clock))
    if any(one.refusal for one in outcome):
        return page(request, "board_done.html", outcome=outcome, back=back)
    return redirect_with(back, _told(outcome))


@router.post("/board/reject")
def reject(request: Request, here: Here, who: Decider, form: FormSent) -> Response:
    """`do`: "now" publishes, "hold" prepares; without it the reason is asked for. All of them or none."""
    numbers, do = numbers_chosen(form), text_of(form, "do")
    if not numbers:
        return redirect_with(_back(form), "请先勾选提案。", bad=True)
    if do not in ("now", "hold"):
        return _reject_page(request, here, form, numbers)
    try:
        verdict = _rejection(form)
        here.write(
            lambda session: decisions.decide_all(
                session, numbers, verdict, by=who, clock=here.clock, hold=do == "hold"
            )
        )
    except ShishiError as refusal:
        return _reject_page(request, here, form, numbers, refusal)
    told = "的答复备好了，等一起公布。" if do == "hold" else "作出了“不采纳”的答复，会逐一告诉提案人。"
    return redirect_with(_back(form), f"{len(numbers)} 份提案{told}")


@router.post("/board/views")
def save_view(here: Here, who: Who, form: FormSent) -> Response:
    back, asked = _back(form), read_address(text_of(form, "back"))
    try:
        view = here.write(
            lambda session: views.save(session, text_of(form, "name"), asked.fields, by=who, clock=here.clock).name
        )
    except ShishiError as refusal:
        return redirect_with(back, refusal.message, bad=True)
    return redirect_with(back, f"视图“{view}”存好了。")


@router.post("/board/views/{view_id}/delete")
def drop_view(here: Here, who: Who, view_id: ViewId, form: FormSent) -> Response:
    name = here.write(lambda session: views.drop(session, view_id, by=who, clock=here.clock))
    return redirect_with(_back(form), f"视图“{name}”删掉了，提案都还在。")


def changes_in(form: FormData) -> dict[str, str | None]:
    """What a form wants category and assignee to be; empty is as it is, "none" is without."""
    chosen = {field: text_of(form, field) for field in FIELDS}
    return {field: None if value == WITHOUT else value for field, value in chosen.items() if value}


def _back(form: FormData) -> str:
    """The board with the filter that the form was shown under."""
    address = read_address(text_of(form, "back")).address
    return f"{BOARD}?{address}" if address else BOARD


def _told(outcome: Sequence[Sorted]) -> str:
    changed = sum(one.changed for one in outcome)
    same = len(outcome) - changed
    return f"改好了 {changed} 份提案。" + (f"另有 {same} 份本来就是这样。" if same else "")


def _rejection(form: FormData) -> Verdict:
    if not text_of(form, "ground"):
        raise Invalid("不采纳要选一条原因。")
    return Verdict(DecisionKind.REJECT, text_of(form, "reason"), text_of(form, "ground"))


def _reject_page(
    request: Request,
    here: Installation,
    form: FormData,
    numbers: Sequence[str],
    refusal: ShishiError | None = None,
) -> Response:
    """With what was typed."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        found = [queries.by_number(session, number) for number in numbers]
        shown = {
            "proposals": [proposal for proposal in found if proposal],
            "grounds": campaign.definition.grounds,
            "typed": {field: text_of(form, field) for field in ("ground", "reason")},
            "longest": rules.REASON_TOLD,
            "back": text_of(form, "back"),
            "cancel": _back(form),
            "refusal": refusal and refusal.message,
            **around(session, campaign),
        }
        return page(request, "board_reject.html", refusal.status if refusal else 200, **shown)

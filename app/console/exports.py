"""Taking proposals out of the house: as a summary, as filled forms; and the blank forms to fill in."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.console.at_hand import Number, campaign_of, proposal_by
from app.console.pages import page
from app.console.visiting import FormSent, Here, Who, text_of
from app.errors import Invalid, NotFound
from app.installation import Installation
from app.operators.queries import Account
from app.operators.reasons import clean_reason
from app.operators.rules import Power
from app.proposals import exports, papers
from app.proposals.exports import CHANNEL_TITLES, FORMATS, STATUS_TITLES, Scope
from app.proposals.papers import BLANK
from app.proposals.sheets import ENCODINGS
from models.enums import IntakeChannel, ProposalStatus

router = APIRouter()

Word = TypeVar("Word", IntakeChannel, ProposalStatus)
FORMAT_TITLES = {
    ".xlsx": "Excel 汇总表（征集汇总表，可直接打印）",
    ".docx": "Word 征集表（按通知的式样，一份一页）",
    ".csv": "CSV 表格（给其他系统用）",
}
MEDIA_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
}


@dataclass(frozen=True)
class Order:
    """What an operator wants to take out. `reason` says why persons are in it; empty when they are not."""

    ending: str
    encoding: str
    scope: Scope
    personal: bool
    reason: str


@router.get("/exports")
def choosing(request: Request, here: Here, who: Who) -> Response:
    with here.database.reading() as session:
        definition = campaigns.current(session, here.clock).definition
    return page(
        request,
        "exports.html",
        formats=FORMAT_TITLES,
        statuses=STATUS_TITLES,
        channels=CHANNEL_TITLES,
        blanks=[papers.paper_of(definition, channel) for channel in blank_channels()],
        may_see_persons=who.may(Power.READ_PERSONS),
    )


@router.post("/exports")
def exporting(here: Here, who: Who, form: FormSent) -> Response:
    order = _order(form)
    if order.personal:
        who.require(Power.READ_PERSONS)
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
    return _taken_out(here, who, campaign, order, f"proposals-{campaign.key}")


@router.get("/proposals/{number}/form.docx")
def form_of(here: Here, who: Who, number: Number) -> Response:
    """One proposal as the form on paper has it, without who filled it in."""
    with here.database.reading() as session:
        campaign = campaign_of(session, proposal_by(session, number), here)
    order = Order(exports.WORD, ENCODINGS[0], Scope(numbers=frozenset({number})), personal=False, reason="")
    return _taken_out(here, who, campaign, order, number)


def _taken_out(here: Installation, who: Account, campaign: CampaignView, order: Order, name: str) -> Response:
    folder = TemporaryDirectory(prefix="shishi-")
    path = Path(folder.name) / f"{name}{order.ending}"
    with here.database.reading() as session:
        table = exports.Table(campaign, here.settings.zone, here.keyring if order.personal else None)
        rows = exports.write(session, table, path, order.scope, order.encoding)
    here.write(
        lambda session: exports.note(
            session, table, order.ending, rows, order.reason, actor=who.actor, clock=here.clock
        )
    )
    return _file(path, folder)


@router.get("/exports/blank-{channel}.docx")
def blank(here: Here, _who: Who, channel: str) -> Response:
    """A form to fill in by hand or in Word, as the notice has it."""
    known = [one for one in blank_channels() if one == channel]
    if not known:
        raise NotFound("没有这种空白表。")
    folder = TemporaryDirectory(prefix="shishi-")
    path = Path(folder.name) / f"blank-{channel}.docx"
    with here.database.reading() as session:
        definition = campaigns.current(session, here.clock).definition
    from app.proposals import word  # see exports.write

    word.write(definition, [(known[0], BLANK)], path)
    return _file(path, folder)


def blank_channels() -> tuple[IntakeChannel, ...]:
    """Workers propose in WeChat; on paper, unions and departments do."""
    return IntakeChannel.ORGANISATION, IntakeChannel.DEPARTMENT


def _order(form: FormData) -> Order:
    """Raises Invalid."""
    ending, encoding = text_of(form, "format"), text_of(form, "encoding") or ENCODINGS[0]
    if ending not in FORMATS or encoding not in ENCODINGS:
        raise Invalid("请选一种文件格式。")
    personal = bool(text_of(form, "personal"))
    reason = clean_reason(text_of(form, "reason")) if personal else ""
    statuses = _chosen(form.getlist("status"), ProposalStatus)
    channels = _chosen(form.getlist("channel"), IntakeChannel)
    return Order(ending, encoding, Scope(statuses, channels), personal, reason)


def _chosen(sent: Iterable[object], kind: type[Word]) -> frozenset[Word]:
    words = {str(one) for one in sent}
    if words - {one.value for one in kind}:
        raise Invalid("筛选条件里有不认识的选项，请刷新以后再选。")
    return frozenset(one for one in kind if one.value in words)


def _file(path: Path, folder: TemporaryDirectory[str]) -> Response:
    """Sent from the disk; the folder goes when it was sent."""
    return FileResponse(
        path,
        media_type=MEDIA_TYPES[path.suffix],
        filename=path.name,
        background=BackgroundTask(folder.cleanup),
    )

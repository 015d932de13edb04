"""Bringing in the forms of unions and departments: choosing files, looking them over, importing, undoing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.campaigns.rules import PHASE_TITLES
from app.console.forms_preview import Bench
from app.console.pages import page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, FormSent, Here, allowed
from app.errors import Invalid, NotFound
from app.installation import Installation
from app.operators.queries import Account
from app.operators.rules import Power
from app.proposals.intake import importing, reception, records, undoing
from app.proposals.intake.paper import FIELDS, LONG, NAMES, FileRead
from app.proposals.intake.reception import Upload
from models import FormImport

FORMS = "/console/forms"
LATEST = 50
LARGEST_ID = 2**31 - 1
KIND_TITLES = {"union": "附件1（工会组织推荐）", "department": "附件2（机关部室推荐）"}

router = APIRouter()
Importer = Annotated[Account, allowed(Power.IMPORT)]


@dataclass(frozen=True)
class Past:
    """An import of before."""

    imported: FormImport
    names: Sequence[str]
    numbers: Sequence[str]


@router.get("/forms", dependencies=[allowed(Power.IMPORT)])
def forms(request: Request, here: Here) -> Response:
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
        past = [_past(one, here) for one in records.recent(session, campaign.id, LATEST)]
    keeps, phase = here.settings.forms.keep_originals, PHASE_TITLES[campaign.phase]
    return page(request, "forms.html", campaign=campaign, phase=phase, past=past, keeps=keeps)


@router.post("/forms")
def look_over(request: Request, here: Here, who: Importer, form: FormSent) -> Response:
    """Read the files and show what is in them; nothing is stored."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
    around = importing.filled_about(campaign, here.settings.zone)
    keep = here.settings.forms.keep_originals
    files = reception.read(_uploads(form), around, keep_originals=keep)
    return _preview(request, here, who, campaign, files)


@router.post("/forms/import")
def take_in(request: Request, here: Here, who: Importer, form: FormSent) -> Response:
    """Import what is in order; what still is to be mended is shown again."""
    with here.database.reading() as session:
        campaign = campaigns.current(session, here.clock)
    files = _bench(here, who, campaign).carried(form)
    if not files:
        raise Invalid("没有勾选要导入的文件。")

    def write(session: Session) -> int:
        made = importing.import_files(session, campaign.key, files, by=who, keyring=here.keyring, clock=here.clock)
        return len(records.numbers_of(session.get_one(FormImport, made))) if made else 0

    count = here.write(write)
    left = [file for file in files if file.status != "import"]
    if left:
        return _preview(request, here, who, campaign, left, count)
    return redirect_with(FORMS, f"导入了 {count} 份提案。" if count else "没有新的提案：这些表以前都导入过。")


@router.post("/forms/{import_id}/undo", dependencies=[FROM_OUR_PAGE])
def undo(here: Here, who: Importer, import_id: int) -> Response:
    if not 0 < import_id <= LARGEST_ID:
        raise NotFound("没有这次导入，请刷新网页看看。")
    try:
        here.write(lambda session: undoing.undo(session, import_id, by=who, clock=here.clock))
    except (undoing.WorkedOn, undoing.AlreadyUndone) as refusal:
        return redirect_with(FORMS, refusal.message, bad=True)
    return redirect_with(FORMS, "这次导入已经撤销，里面的提案都收回了。")


def _uploads(form: FormData) -> list[Upload]:
    """Browsers send an empty file where none was chosen. Raises Invalid."""
    sent = [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    if not sent:
        raise Invalid("还没有选择文件，请返回上一页选好再来。")
    return [Upload(file.filename or "", file.file.read()) for file in sent]


def _bench(here: Installation, who: Account, campaign: CampaignView) -> Bench:
    return Bench(here.keyring, who, importing.filled_about(campaign, here.settings.zone))


def _preview(
    request: Request,
    here: Installation,
    who: Account,
    campaign: CampaignView,
    files: Sequence[FileRead],
    done: int = 0,
) -> Response:
    with here.database.reading() as session:
        outcome = importing.outcome(session, campaign, files)
    shown = _bench(here, who, campaign).shown(files, outcome)
    return page(
        request,
        "forms_preview.html",
        files=shown,
        ready=sum(len(file.forms) for file in shown if file.outcome.status == "import"),
        faulty=sum(file.outcome.status == "needs_correction" for file in shown),
        carried=any(file.sealed for file in shown),
        done=done,
        names=NAMES,
        fields=FIELDS,
        long=LONG,
        kinds=KIND_TITLES,
    )


def _past(imported: FormImport, here: Installation) -> Past:
    return Past(imported, records.file_names(imported, here.keyring), records.numbers_of(imported))

"""/forms: taking in the forms of unions and departments, looking at an import, undoing it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from app.api.authorisation import Caller, Shared, allowed
from app.api.form_schemas import FormError, FormFile, FormRead, FormsImported, FormsQuery
from app.api.once import Once
from app.campaigns import queries as campaigns
from app.errors import Invalid, NotFound
from app.installation import Installation
from app.operators import requests
from app.operators.queries import Account
from app.operators.rules import Power, Shown, Sight, reveal
from app.proposals.intake import importing, reception, records, undoing
from app.proposals.intake.importing import FileOutcome, FormOutcome, ImportOutcome
from app.proposals.intake.paper import FileRead, Kind
from app.proposals.intake.reception import Upload
from app.proposals.intake.values import is_day
from models.enums import IntakeChannel

router = APIRouter(prefix="/forms", tags=["forms"])

CHANNELS: dict[Kind, IntakeChannel] = {"union": IntakeChannel.ORGANISATION, "department": IntakeChannel.DEPARTMENT}
LARGEST_ID = 2**31 - 1
UNSHOWN = "（文件名不显示）"
FILES = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "files": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": reception.MOST_FILES,
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                    "required": ["files"],
                }
            }
        },
    }
}

Importing = Annotated[Account, Depends(allowed(Power.IMPORT))]


async def uploaded(request: Request, _account: Importing) -> list[Upload]:
    """The files, under whatever name they are sent; read only once it is known who sends them. Raises Invalid."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid("请用 multipart/form-data 上传文件。")
    uploads = []
    async with request.form(max_files=reception.MOST_FILES + 1) as form:
        for name, sent in form.multi_items():
            if not isinstance(sent, UploadFile):
                raise Invalid(f"这里只收文件，没有这一项：{name[:40]}。")
            uploads.append(Upload(sent.filename or "", await sent.read()))
    if not uploads:
        raise Invalid("没有收到文件，请至少上传一份。")
    return uploads


@router.post("", status_code=201, openapi_extra=FILES, responses={200: {"model": FormsImported}})
def import_forms(
    query: Annotated[FormsQuery, Query()],
    uploads: Annotated[list[Upload], Depends(uploaded)],
    making: Once,
    account: Importing,
    installation: Shared,
    response: Response,
) -> FormsImported:
    """Import the files that are in order; 200 for a dry run, and when nothing was there to import."""
    here, settings = installation, installation.settings
    with here.database.reading() as session:
        campaign = (
            campaigns.by_key(session, query.campaign, here.clock)
            if query.campaign
            else campaigns.current(session, here.clock)
        )
    around = importing.filled_about(campaign, settings.zone)
    files = reception.read(uploads, around, keep_originals=settings.forms.keep_originals)
    made = None if query.dry_run else _made(making, campaign.key, files, installation)
    response.status_code = 201 if made else 200
    with here.database.reading() as session:
        return shown(importing.outcome(session, campaign, files, made), account.sight)


@router.get("/{import_id}")
def one_import(import_id: str, installation: Shared, account: Caller) -> FormsImported:
    """Its proposals as they are now; of files that were not imported nothing is kept but why."""
    with installation.database.reading() as session:
        return shown(records.one(session, _number(import_id), installation.keyring), account.sight)


@router.delete("/{import_id}", status_code=204)
def undo_import(import_id: str, installation: Shared, account: Importing) -> None:
    """Take back the whole import, while nobody has worked on what came with it."""
    number, clock = _number(import_id), installation.clock
    installation.write(lambda session: undoing.undo(session, number, by=account, clock=clock))


def shown(outcome: ImportOutcome, sight: Sight) -> FormsImported:
    files = [_file(file, sight) for file in outcome.files]
    return FormsImported(made=str(outcome.id) if outcome.id else None, files=files)


def _made(making: Once, campaign: str, files: Sequence[FileRead], here: Installation) -> int | None:
    """The id of the import; the files sent again with the same key are imported once."""

    keyring, clock = here.keyring, here.clock

    def make(session: Session) -> str:
        made = importing.import_files(session, campaign, files, by=making.account, keyring=keyring, clock=clock)
        return str(made or "")

    sent = requests.digest(*(part for file in files for part in (file.name, file.digest)))
    made = making.make(sent, make)
    return int(made) if made else None


def _file(file: FileOutcome, sight: Sight) -> FormFile:
    """The name of a file may be that of who filled it in."""
    return FormFile(
        name=file.name if sight.name is Shown.CLEAR else UNSHOWN,
        status=file.status,
        forms=[_form(form, sight) for form in file.forms],
        errors=[FormError(**vars(problem)) for problem in file.problems],
    )


def _form(outcome: FormOutcome, sight: Sight) -> FormRead:
    form = outcome.form
    values = dict(form.values)
    name = values["filler"] if sight.name is Shown.CLEAR else None
    phone = reveal(values["phone"], sight.phone_of(CHANNELS[form.kind]))
    date = values["date"] if is_day(values["date"] or "") else None
    told = {"form_kind": form.kind, "filler": name, "phone": phone, "date": date, "number": outcome.number}
    return FormRead.model_validate({**values, **told})


def _number(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 11 and int(said) <= LARGEST_ID):
        raise NotFound("没有这次导入，或者已经撤销了。")
    return int(said)

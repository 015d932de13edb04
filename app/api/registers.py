"""/registers: who may vote in rounds that go by a register; neither cards nor names are ever given."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from app.api import register_schemas as schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.campaigns import refuse_impossible
from app.api.once import Once
from app.api.reading import local, row_id
from app.api.schemas import Name
from app.ballots import binding, register_files, registers
from app.ballots.register_rows import entry_of
from app.campaigns import queries as campaigns
from app.errors import Invalid
from app.installation import Installation
from app.operators import requests
from app.operators.queries import Account
from app.operators.rules import Power
from models import Register

router = APIRouter(prefix="/registers", tags=["registers"])

Maker = Annotated[Account, Depends(allowed(Power.MAKE_ROUNDS))]
WHAT = "份会员名册"
FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            }
        },
    }
}


def register_id(id: str, _caller: Caller) -> int:
    return row_id(id, WHAT)


RegisterId = Annotated[int, Depends(register_id)]


async def uploaded(request: Request, _account: Maker) -> bytes:
    """The one file, under whatever name it is sent; read only once it is known who sends it. Raises Invalid."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid("请用 multipart/form-data 上传名册。")
    async with request.form(max_files=2) as form:
        sent = [file for _, file in form.multi_items()]
        if len(sent) != 1 or not isinstance(sent[0], UploadFile):
            raise Invalid("请上传一份名册，只要一个文件。")
        return await sent[0].read()


@router.get("")
def some_registers(campaign: Name, installation: Shared, _caller: Caller) -> schemas.Registers:
    """The registers of a campaign, the newest first."""
    refuse_impossible(campaign)
    with installation.database.reading() as session:
        view = campaigns.by_key(session, campaign, installation.clock)
        items = _shown(session, registers.of_campaign(session, view.id), installation)
    return schemas.Registers(items=items, next_cursor=None)


@router.post("", status_code=201, openapi_extra=FILE, responses={200: {"model": schemas.Checked}})
def import_register(
    query: Annotated[schemas.ImportQuery, Query()],
    sent: Annotated[bytes, Depends(uploaded)],
    installation: Shared,
    account: Maker,
    once: Once,
    response: Response,
) -> schemas.Register | schemas.Checked:
    """Import a register (.xlsx or .csv), the whole of it or nothing; 200 for a dry run, with what is wrong."""
    refuse_impossible(query.campaign)
    title, keyring, clock = registers.check_title(query.title), installation.keyring, installation.clock
    with installation.database.reading() as session:
        campaigns.by_key(session, query.campaign, clock)
    roll = register_files.read(sent)
    if query.dry_run:
        response.status_code = 200
        problems = [schemas.Problem(row=row, message=f"{message}。") for row, message in roll.problems]
        return schemas.Checked(entries=len(roll.entries), problems=problems)

    def make(session: Session) -> str:
        made = registers.import_roll(
            session, query.campaign, title, roll, by=account, keyring=keyring, clock=clock
        )
        return str(made.id)

    return _read(int(once.make(requests.digest(sent), make)), installation)


@router.get("/{id}")
def one_register(id: RegisterId, installation: Shared, _caller: Caller) -> schemas.Register:
    return _read(id, installation)


@router.delete("/{id}", status_code=204)
def drop(id: RegisterId, installation: Shared, account: Maker) -> None:
    """Only while no round goes by it."""
    installation.write(lambda session: registers.drop(session, id, by=account, clock=installation.clock))


@router.post("/{id}/entries", status_code=201)
def add(
    id: RegisterId, sent: schemas.NewEntry, installation: Shared, account: Maker, once: Once
) -> schemas.Register:
    """Add somebody whom the file had left out."""
    entry, keyring, clock = entry_of(sent.card, sent.name, sent.unit), installation.keyring, installation.clock
    reason = sent.reason

    def make(session: Session) -> str:
        registers.add(session, id, entry, reason, by=account, keyring=keyring, clock=clock)
        return str(id)

    once.make(sent, make)
    return _read(id, installation)


@router.post("/{id}/releases")
def release(id: RegisterId, sent: schemas.Release, installation: Shared, account: Maker) -> schemas.Register:
    """Let another phone be bound to a card; a ballot that was cast stays the one."""
    entry, keyring, clock = entry_of(sent.card, sent.name), installation.keyring, installation.clock
    installation.write(
        lambda session: binding.release(session, id, entry, sent.reason, by=account, keyring=keyring, clock=clock)
    )
    return _read(id, installation)


def _read(register_id: int, installation: Installation) -> schemas.Register:
    with installation.database.reading() as session:
        return _shown(session, [registers.by_id(session, register_id)], installation)[0]


def _shown(session: Session, found: Sequence[Register], installation: Installation) -> list[schemas.Register]:
    keys = {view.id: view.key for view in campaigns.everyone(session, installation.clock)}
    return [
        schemas.Register(
            id=str(one.id),
            campaign=keys[one.campaign_id],
            title=one.title,
            digest=one.digest,
            imported_at=local(one.imported_at, installation),
            **vars(registers.numbers(session, one)),
        )
        for one in found
    ]

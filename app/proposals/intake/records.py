"""Imports as they are looked up: each with its files and what became of them."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.crypto import Keyring
from app.errors import NotFound
from app.proposals.intake.checks import SENTENCES
from app.proposals.intake.importing import NAME_SEALED_FOR, FileOutcome, FormOutcome, ImportOutcome
from app.proposals.intake.paper import FormRead, Problem
from app.proposals.service import phone_of
from models import FormImport, ImportedForm, Proposal
from models.enums import IntakeChannel

NAMELESS = "（文件名已删除）"


def recent(session: Session, campaign_id: int, most: int) -> Sequence[FormImport]:
    """The latest first, undone ones too."""
    found = select(FormImport).where(FormImport.campaign_id == campaign_id).order_by(FormImport.id.desc())
    return session.scalars(found.limit(most)).all()


def one(session: Session, import_id: int, keyring: Keyring) -> ImportOutcome:
    """An import as it stands: its forms as the proposals they became. Raises NotFound, also when it was undone."""
    imported = session.get(FormImport, import_id)
    if imported is None or imported.undone_at is not None:
        raise NotFound("没有这次导入，或者已经撤销了。")
    rows = session.execute(
        select(Proposal, ImportedForm).join(ImportedForm).where(ImportedForm.import_id == import_id)
    )
    forms = {
        proposal.number: FormOutcome(_form(proposal, form, keyring), proposal.number) for proposal, form in rows
    }
    return ImportOutcome(import_id, [_file(told, forms, keyring) for told in imported.files])


def file_names(imported: FormImport, keyring: Keyring) -> list[str]:
    return [_name(told, keyring) for told in imported.files]


def numbers_of(imported: FormImport) -> list[str]:
    return [number for told in imported.files for number in told["numbers"]]


def _file(told: Mapping[str, Any], forms: Mapping[str, FormOutcome], keyring: Keyring) -> FileOutcome:
    problems = [Problem(said["code"], SENTENCES[said["code"]], said["place"]) for said in told["problems"]]
    kept = [forms[number] for number in told["numbers"] if number in forms]
    return FileOutcome(_name(told, keyring), told["status"], kept, problems)


def _name(told: Mapping[str, Any], keyring: Keyring) -> str:
    return keyring.open(b64decode(told["name"]), NAME_SEALED_FOR) if told["name"] else NAMELESS


def _form(proposal: Proposal, form: ImportedForm, keyring: Keyring) -> FormRead:
    values = {
        "organisation": proposal.unit,
        "title": proposal.title,
        "summary": proposal.summary,
        "expected_outcome": proposal.expected_outcome,
        "evaluation": proposal.evaluation_text,
        "filler": proposal.proposer_name,
        "phone": phone_of(proposal, keyring),
        "date": form.filled_on.isoformat() if form.filled_on else None,
    }
    return FormRead("union" if proposal.channel is IntakeChannel.ORGANISATION else "department", values)

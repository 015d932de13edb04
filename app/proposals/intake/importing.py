"""Importing forms that were read: each project becomes a proposal with a number of its own."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.campaigns.rules import require, window
from app.clock import Clock
from app.crypto import Keyring
from app.operators import log
from app.operators.rules import Power
from app.proposals import numbers
from app.proposals.intake import checks, originals
from app.proposals.intake.paper import FileRead, FormRead, Problem, Status
from app.proposals.service import PHONE_SEALED_FOR, TAKE_NUMBER
from models import Campaign, FormImport, ImportedForm, Proposal
from models.enums import IntakeChannel, PhaseKind, ProposalStatus

NAME_SEALED_FOR = "form_imports.files"
AT_ONCE = 500  # fingerprints looked up in one statement


class Importer(Protocol):
    """Who imports: an operator's account, or whoever sits at the command line."""

    @property
    def actor(self) -> str: ...
    def require(self, power: Power) -> None: ...


@dataclass(frozen=True)
class FormOutcome:
    """A form and the number it has; None when it was not imported, or would be."""

    form: FormRead
    number: str | None = None


@dataclass(frozen=True)
class FileOutcome:
    name: str
    status: Status
    forms: Sequence[FormOutcome]
    problems: Sequence[Problem]


@dataclass(frozen=True)
class ImportOutcome:
    """`id` is None for a dry run, and when nothing could be imported."""

    id: int | None
    files: Sequence[FileOutcome]


def fingerprint(form: FormRead) -> str:
    """Tells a form sent twice, however it was laid out."""
    told = (form.values["organisation"], form.values["title"], form.values["summary"])
    return hashlib.sha256(
        "\0".join(re.sub(r"\W", "", value or "").casefold() for value in told).encode()
    ).hexdigest()


def filled_about(campaign: CampaignView, zone: ZoneInfo) -> date:
    """When forms of a campaign are filled in: a date without a year is the one nearest to this."""
    opens_at = window(campaign.definition.phases, PhaseKind.COLLECTING).opens_at
    assert opens_at is not None
    return opens_at.astimezone(zone).date()


def outcome(
    session: Session, campaign: CampaignView, files: Sequence[FileRead], made: int | None = None
) -> ImportOutcome:
    """What importing would do; with `made`, what that import of the same files did."""
    known = _known(session, campaign.id, files)
    seen: dict[str, str] = {}
    return ImportOutcome(made, [_file_outcome(file, known, seen, made) for file in files])


def import_files(
    session: Session, campaign_key: str, files: Sequence[FileRead], *, by: Importer, keyring: Keyring, clock: Clock
) -> int | None:
    """Import the files that are in order; the id of the import, None when there was nothing to import.

    Raises Forbidden, NoCampaign, PhaseClosed.
    """
    by.require(Power.IMPORT)
    campaign = campaigns.by_key(session, campaign_key, clock)
    require(campaign.allows.sort, campaign.phase, "导入表格")
    session.execute(
        select(Campaign.id).where(Campaign.id == campaign.id).with_for_update()
    )  # one import at a time
    planned = outcome(session, campaign, files).files
    taken = [[one.form for one in file.forms] if file.status == "import" else [] for file in planned]
    if not any(taken):
        return None
    imported = FormImport(campaign_id=campaign.id, actor=by.actor, imported_at=clock.now(), files=[])
    session.add(imported)
    session.flush()
    given = [[_propose(session, form, imported, campaign, keyring, clock) for form in forms] for forms in taken]
    imported.files = [
        _told(file, plan, got, keyring) for file, plan, got in zip(files, planned, given, strict=True)
    ]
    originals.keep(session, imported.id, files, keyring)
    session.flush()
    detail = {"proposals": [number for got in given for number in got], "files": len(files)}
    subject = f"import:{imported.id}"
    log.record(session, actor=by.actor, verb="forms.import", subject=subject, detail=detail, clock=clock)
    return imported.id


def _file_outcome(
    file: FileRead, known: dict[str, tuple[str, int]], seen: dict[str, str], made: int | None
) -> FileOutcome:
    if file.status != "import":
        return FileOutcome(file.name, file.status, [FormOutcome(form) for form in file.forms], file.problems)
    forms, problems = [], list[Problem]()
    for form in file.forms:
        key = fingerprint(form)
        number, import_id = known.get(key, (None, None))
        if key in seen:
            problems.append(_duplicate(form, f"和这次的“{seen[key]}”里的是同一份，只导入一次。"))
        elif number and import_id != made:
            problems.append(_duplicate(form, f"这份表以前导入过，编号是 {number}，没有再导入。"))
        else:
            forms.append(FormOutcome(form, number))
        seen.setdefault(key, file.name)
    return FileOutcome(file.name, "import" if forms else "reject", forms, problems)


def _duplicate(form: FormRead, message: str) -> Problem:
    return Problem("duplicate", message, form.place("title"))


def _known(session: Session, campaign_id: int, files: Sequence[FileRead]) -> dict[str, tuple[str, int]]:
    """Number and import of the forms that this campaign has already, by fingerprint."""
    wanted = [fingerprint(form) for file in files for form in file.forms]
    found = {}
    for begin in range(0, len(wanted), AT_ONCE):
        rows = session.execute(
            select(ImportedForm.fingerprint, Proposal.number, ImportedForm.import_id)
            .join(Proposal, Proposal.id == ImportedForm.proposal_id)
            .where(
                Proposal.campaign_id == campaign_id, ImportedForm.fingerprint.in_(wanted[begin : begin + AT_ONCE])
            )
        )
        found.update({key: (number, import_id) for key, number, import_id in rows})
    return found


def _propose(
    session: Session,
    form: FormRead,
    imported: FormImport,
    campaign: CampaignView,
    keyring: Keyring,
    clock: Clock,
) -> str:
    """The number of the proposal that a form becomes. Whoever filled it in was asked by the union, not by us."""
    said = form.values
    running: int = session.execute(TAKE_NUMBER, {"campaign": campaign.id}).scalar_one()
    proposal = Proposal(
        campaign_id=campaign.id,
        number=numbers.make(campaign.definition.year, running),
        channel=IntakeChannel.ORGANISATION if form.kind == "union" else IntakeChannel.DEPARTMENT,
        status=ProposalStatus.SUBMITTED,
        title=said["title"],
        summary=said["summary"],
        expected_outcome=said["expected_outcome"],
        evaluation_text=said["evaluation"],
        unit=said["organisation"],
        consented=False,
        proposer_name=said["filler"],
        phone=keyring.seal(said["phone"], PHONE_SEALED_FOR) if said["phone"] else None,
        submitted_at=clock.now(),
    )
    session.add(proposal)
    session.flush()
    session.add(
        ImportedForm(
            proposal_id=proposal.id,
            import_id=imported.id,
            fingerprint=fingerprint(form),
            filled_on=date.fromisoformat(said["date"]) if said["date"] else None,
        )
    )
    return proposal.number


def _told(file: FileRead, plan: FileOutcome, given: Sequence[str], keyring: Keyring) -> dict[str, Any]:
    """What is kept of a file. Its name may name somebody: it is sealed. Messages quote: only codes are kept."""
    return {
        "name": b64encode(keyring.seal(file.name, NAME_SEALED_FOR)).decode(),
        "digest": file.digest,
        "status": plan.status,
        "numbers": list(given),
        "problems": [{"code": problem.code, "place": problem.place} for problem in plan.problems],
    }


def corrected(file: FileRead, forms: Sequence[FormRead]) -> FileRead:
    """The file with its forms as an operator has mended them, checked anew."""
    return replace(file, forms=forms, problems=[problem for form in forms for problem in checks.problems(form)])

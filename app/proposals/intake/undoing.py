"""Undoing an import: as a whole, and only while nobody has worked on what came with it."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.rules import require
from app.clock import Clock
from app.errors import Conflict, NotFound
from app.operators import log
from app.operators.rules import Power
from app.proposals import locking
from app.proposals.intake import originals
from app.proposals.intake.importing import Importer
from models import (
    Assessment,
    CandidateSource,
    Decision,
    FormImport,
    ImportedForm,
    Merge,
    MergedProposal,
    Proposal,
    SecondLook,
    Support,
)
from models.enums import ProposalStatus

WORK = (
    Assessment.proposal_id,
    SecondLook.proposal_id,
    Decision.proposal_id,
    Merge.into_id,
    MergedProposal.proposal_id,
    CandidateSource.proposal_id,
    Support.proposal_id,
    Proposal.merged_into_id,
)


class AlreadyUndone(Conflict):
    code = "already_undone"


class WorkedOn(Conflict):
    """Somebody has assessed, decided, merged, supported or used one of its proposals."""

    code = "worked_on"


def undo(session: Session, import_id: int, *, by: Importer, clock: Clock) -> None:
    """Take back all proposals of an import; their numbers are not given again.

    Raises Forbidden, NotFound, PhaseClosed, AlreadyUndone, WorkedOn naming the proposals.
    """
    by.require(Power.IMPORT)
    imported = _locked(session, import_id)
    campaign = campaigns.by_id(session, imported.campaign_id, clock)
    require(campaign.allows.sort, campaign.phase, "撤销导入")
    found = select(Proposal.number).join(ImportedForm).where(ImportedForm.import_id == import_id)
    proposals = locking.locked(session, session.scalars(found.order_by(Proposal.number)).all())
    _refuse_worked_on(session, list(proposals.values()))
    session.execute(delete(Proposal).where(Proposal.id.in_([one.id for one in proposals.values()])))
    originals.drop(session, imported)
    imported.undone_at = clock.now()
    session.flush()
    detail = {"proposals": sorted(proposals)}
    subject = f"import:{import_id}"
    log.record(session, actor=by.actor, verb="forms.undo", subject=subject, detail=detail, clock=clock)


def _locked(session: Session, import_id: int) -> FormImport:
    imported = session.get(FormImport, import_id, with_for_update=True)
    if imported is None:
        raise NotFound("没有这次导入，请刷新网页看看。")
    if imported.undone_at is not None:
        raise AlreadyUndone("这次导入已经撤销过了。")
    return imported


def _refuse_worked_on(session: Session, proposals: Collection[Proposal]) -> None:
    numbers = {proposal.id: proposal.number for proposal in proposals}
    touched = {
        proposal.id
        for proposal in proposals
        if proposal.status is not ProposalStatus.SUBMITTED or proposal.supplements
    }
    for column in WORK:
        touched |= set(session.scalars(select(column).where(column.in_(numbers))))
    if touched:
        named = "、".join(sorted(numbers[one] for one in touched))
        raise WorkedOn(f"{named} 已经有人办理了（评审、答复、合并、支持或列入候选），不能撤销这次导入。")

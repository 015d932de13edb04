"""/merges: proposals that are handled as one, and undoing that."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.api import triage_schemas as schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.campaigns import refuse_impossible
from app.api.once import Once
from app.api.reading import local, row_id
from app.api.schemas import Name
from app.campaigns import queries as campaigns
from app.installation import Installation
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power
from app.triage import merging
from app.triage.merging import Merged

router = APIRouter(prefix="/merges", tags=["merges"])

Merger = Annotated[Account, Depends(allowed(Power.MERGE))]


@router.get("")
def some_merges(campaign: Name, installation: Shared, _caller: Caller) -> schemas.Merges:
    """The merges that stand, the latest first."""
    refuse_impossible(campaign)
    with installation.database.reading() as session:
        view = campaigns.by_key(session, campaign, installation.clock)
        items = _shown(session, merging.of_campaign(session, view.id), installation)
    return schemas.Merges(items=items, next_cursor=None)


@router.get("/{id}")
def one_merge(id: str, installation: Shared, _caller: Caller) -> schemas.Merge:
    return _read(row_id(id, "次合并"), installation)


@router.post("", status_code=201)
def merge(sent: schemas.NewMerge, installation: Shared, account: Merger, once: Once) -> schemas.Merge:
    """Handle `proposals` as one with `into`; their authors keep words and name, and are told."""
    clock = installation.clock

    def make(session: Session) -> str:
        made = merging.merge(session, sent.into, sent.proposals, sent.reason, by=account, clock=clock)
        return str(made.id)

    made = int(once.make(sent, make))
    installation.wake_up()
    return _read(made, installation)


@router.delete("/{id}", status_code=204)
def undo(id: str, installation: Shared, account: Merger) -> None:
    """Put everything back as it was before the merge."""
    merge_id, clock = row_id(id, "次合并"), installation.clock
    installation.write(lambda session: merging.undo(session, merge_id, by=account, clock=clock))
    installation.wake_up()


def _read(merge_id: int, installation: Installation) -> schemas.Merge:
    with installation.database.reading() as session:
        return _shown(session, [merging.one(session, merge_id)], installation)[0]


def _shown(session: Session, found: Sequence[Merged], installation: Installation) -> list[schemas.Merge]:
    names = operators.names(session, {each.merge.operator_id for each in found})
    return [
        schemas.Merge(
            id=str(each.merge.id),
            into=each.into,
            proposals=list(each.numbers),
            reason=each.merge.reason,
            operator=names[each.merge.operator_id],
            merged_at=local(each.merge.merged_at, installation),
        )
        for each in found
    ]

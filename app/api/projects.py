"""/projects and /campaigns/{key}/announcement: what was chosen, and the words that tell of it."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.api import project_schemas as schemas
from app.api.authorisation import Caller, Shared, allowed
from app.api.campaigns import refuse_impossible
from app.api.once import Once
from app.api.reading import local, row_id
from app.api.schemas import Name
from app.api.triage_schemas import Indicator
from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.errors import Invalid
from app.installation import Installation
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.rules import Power
from app.projects import announcing, choosing, queries
from app.projects.rules import AnnouncementText
from models.enums import AnnouncementState

router = APIRouter(tags=["projects"])

Maker = Annotated[Account, Depends(allowed(Power.MAKE_PROJECTS))]
Releaser = Annotated[Account, Depends(allowed(Power.CONFIRM_RESULTS))]
WHAT = "个实事项目"
MAY_BE_EMPTY = {"department", "indicators"}
ANNOUNCEMENT = "/campaigns/{key}/announcement"


def project_id(id: str, _caller: Caller) -> int:
    return row_id(id, WHAT)


def either(account: Caller) -> Account:
    """Who prepares the announcement or releases it."""
    if not account.may(Power.CONFIRM_RESULTS):
        account.require(Power.MAKE_PROJECTS)
    return account


ProjectId = Annotated[int, Depends(project_id)]
Either = Annotated[Account, Depends(either)]


@router.get("/projects")
def some_projects(campaign: Name, installation: Shared, _caller: Caller) -> schemas.Projects:
    """The projects of a campaign, in their order."""
    refuse_impossible(campaign)
    with installation.database.reading() as session:
        view = campaigns.by_key(session, campaign, installation.clock)
        return schemas.Projects(items=_shown(session, view, installation), next_cursor=None)


@router.post("/projects", status_code=201)
def choose(sent: schemas.NewProject, installation: Shared, account: Maker, once: Once) -> schemas.Project:
    """Make a candidate a project, once a round of voting is published."""
    refuse_impossible(sent.campaign)
    changes, clock = _changes(sent, exclude={"campaign", "candidate"}), installation.clock
    candidate = int(sent.candidate)

    def make(session: Session) -> str:
        return str(choosing.choose(session, sent.campaign, candidate, changes, by=account, clock=clock).id)

    return _read(int(once.make(sent, make)), installation)


@router.get("/projects/{id}")
def one_project(id: ProjectId, installation: Shared, _caller: Caller) -> schemas.Project:
    return _read(id, installation)


@router.patch("/projects/{id}")
def edit(id: ProjectId, sent: schemas.ProjectChange, installation: Shared, account: Maker) -> schemas.Project:
    """Change what is named, until the announcement is submitted."""
    changes, clock = _changes(sent), installation.clock
    installation.write(lambda session: choosing.edit(session, id, changes, by=account, clock=clock))
    return _read(id, installation)


@router.delete("/projects/{id}", status_code=204)
def drop(id: ProjectId, installation: Shared, account: Maker) -> None:
    """Its candidate can be chosen again."""
    installation.write(lambda session: choosing.drop(session, id, by=account, clock=installation.clock))


@router.post("/project-order")
def reorder(sent: schemas.ProjectOrder, installation: Shared, account: Maker) -> schemas.Projects:
    """Put all projects of a campaign in this order."""
    refuse_impossible(sent.campaign)
    ids, clock = [int(each) for each in sent.projects], installation.clock
    installation.write(lambda session: choosing.reorder(session, sent.campaign, ids, by=account, clock=clock))
    return some_projects(sent.campaign, installation, account)


@router.get(ANNOUNCEMENT)
def announcement(key: str, installation: Shared, _caller: Caller) -> schemas.Announcement:
    return _announcement(key, installation)


@router.put(ANNOUNCEMENT)
def write(key: str, sent: schemas.AnnouncementText, installation: Shared, account: Maker) -> schemas.Announcement:
    """Write it, as often as needed, until it is submitted."""
    refuse_impossible(key)
    text, clock = AnnouncementText(sent.title, sent.text), installation.clock
    installation.write(lambda session: announcing.write(session, key, text, by=account, clock=clock))
    return _announcement(key, installation)


@router.post(f"{ANNOUNCEMENT}/submit")
def submit(key: str, installation: Shared, account: Maker) -> schemas.Announcement:
    """Hand it to a second person; until it is taken back nothing of it changes."""
    refuse_impossible(key)
    clock = installation.clock
    installation.write(lambda session: announcing.submit(session, key, by=account, clock=clock))
    return _announcement(key, installation)


@router.post(f"{ANNOUNCEMENT}/take-back")
def take_back(key: str, installation: Shared, account: Either) -> schemas.Announcement:
    """Let it be changed again."""
    refuse_impossible(key)
    clock = installation.clock
    installation.write(lambda session: announcing.take_back(session, key, by=account, clock=clock))
    return _announcement(key, installation)


@router.post(f"{ANNOUNCEMENT}/release")
def release(
    key: str, installation: Shared, account: Releaser, sent: schemas.Releasing | None = None
) -> schemas.Announcement:
    """Make it public and tell all proposers: never by anybody who had a hand in it."""
    refuse_impossible(key)
    address, clock = _address(installation, key), installation.clock
    seen = sent.submitted_at if sent else None
    installation.write(
        lambda session: announcing.release(session, key, address=address, seen=seen, by=account, clock=clock)
    )
    return _announcement(key, installation)


def _changes(sent: schemas.ProjectChange, **which: Any) -> dict[str, Any]:
    """What was sent, as fields of ProjectText. Raises Invalid for taking away what every project has."""
    changes = sent.model_dump(exclude_unset=True, **which)
    if emptied := [name for name, value in changes.items() if value is None and name not in MAY_BE_EMPTY]:
        raise Invalid(f"{'、'.join(emptied)} 不能是空的。")
    if "indicators" in changes:
        changes["indicators"] = tuple(changes["indicators"] or ())
    return changes


def _read(id: int, installation: Installation) -> schemas.Project:
    with installation.database.reading() as session:
        campaign = campaigns.by_id(session, queries.by_id(session, id).campaign_id, installation.clock)
        return next(one for one in _shown(session, campaign, installation) if one.id == str(id))


def _shown(session: Session, campaign: CampaignView, installation: Installation) -> list[schemas.Project]:
    projects = queries.of_campaign(session, campaign.id)
    entries = queries.entries(session, projects)
    return [
        schemas.Project(
            id=str(project.id),
            campaign=campaign.key,
            candidate=str(project.candidate_id),
            number=entry.number,
            title=project.title,
            summary=project.summary,
            department=project.department,
            indicators=[Indicator.model_validate(one) for one in project.indicators],
            rank=entry.placing.rank if entry.placing else 0,
            votes=entry.placing.votes if entry.placing else 0,
            proposals=entry.numbers,
            chosen_at=local(project.chosen_at, installation),
            edited_at=local(project.edited_at, installation) if project.edited_at else None,
        )
        for project, entry in zip(projects, entries, strict=True)
    ]


def _announcement(key: str, installation: Installation) -> schemas.Announcement:
    refuse_impossible(key)
    with installation.database.reading() as session:
        campaign = campaigns.by_key(session, key, installation.clock)
        found, text = queries.announcement(session, campaign.id), queries.text_of(session, campaign)
        hands = (found.written_by, found.submitted_by, found.released_by) if found else (None, None, None)
        names = operators.names(session, {hand for hand in hands if hand})
        times = (found.written_at, found.submitted_at, found.released_at) if found else (None, None, None)

    def at(moment: datetime | None) -> datetime | None:
        return local(moment, installation) if moment else None

    writer, submitter, releaser = (names.get(hand or 0) for hand in hands)
    written, submitted, released = map(at, times)
    return schemas.Announcement(
        campaign=key,
        state=found.state if found else AnnouncementState.DRAFT,
        title=text.title,
        text=text.text,
        written_by=writer,
        written_at=written,
        submitted_by=submitter,
        submitted_at=submitted,
        released_by=releaser,
        released_at=released,
        url=_address(installation, key),
    )


def _address(installation: Installation, key: str) -> str:
    return f"{installation.settings.public_url}/h5/results/{key}"

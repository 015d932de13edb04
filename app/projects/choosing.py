"""Choosing the year's projects from the candidates that were voted on; editing, ordering, dropping them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ballots import queries as rounds
from app.campaigns import queries as campaigns
from app.clock import Clock
from app.errors import Conflict, Invalid
from app.operators import log
from app.operators.queries import Account
from app.operators.rules import Power
from app.projects import places, queries
from app.projects.holding import changing
from app.projects.rules import PROJECTS_LIMIT, NotYet, ProjectText, checked
from app.triage import candidates
from models import Candidate, Project

NO_CHANGES: Mapping[str, Any] = {}


class AlreadyChosen(Conflict):
    code = "already_chosen"


class ProjectChanged(Conflict):
    """Somebody else has edited it since it was read."""

    code = "project_changed"


def choose(
    session: Session,
    key: str,
    candidate_id: int,
    changes: Mapping[str, Any] = NO_CHANGES,
    *,
    by: Account,
    clock: Clock,
) -> Project:
    """Make a candidate of the campaign `key` a project, the last in order, in the candidate's words but `changes`.

    Raises Forbidden, NoCampaign, NotFound, NotYet, WrongState, AlreadyChosen, Invalid.
    """
    by.require(Power.MAKE_PROJECTS)
    campaign, _ = changing(session, campaigns.by_key(session, key, clock).id, by, clock)
    candidate = candidates.by_id(session, candidate_id)
    if candidate.campaign_id != campaign.id:
        raise Invalid("这个候选项目不是这次活动的。")
    if candidate_id not in places.of_candidates(session, [candidate_id]):
        raise NotYet(f"“{candidate.title}”没有经过职工投票，不能列为实事项目。")
    text = checked(replace(_words_of(candidate), **changes))
    return _add(session, candidate, text, queries.of_campaign(session, campaign.id), by, clock)


def propose(session: Session, key: str, count: int, *, by: Account, clock: Clock) -> Sequence[Project]:
    """Choose those among the first `count` of the last published round that are no projects yet.

    Raises Forbidden, NoCampaign, NotYet, WrongState, AlreadyChosen, Invalid.
    """
    by.require(Power.MAKE_PROJECTS)
    if not 1 <= count <= PROJECTS_LIMIT:
        raise Invalid(f"取前几名，请写 1 到 {PROJECTS_LIMIT} 的数。")
    campaign, _ = changing(session, campaigns.by_key(session, key, clock).id, by, clock)
    round = places.latest_round(session, campaign.id)
    assert round is not None, "looked for when it was taken in hand"
    voted_on = {each.id for each in rounds.candidates_of(session, round.id)}
    found = [
        each
        for each, placing in queries.left(session, campaign.id)
        if placing.rank <= count and each.id in voted_on
    ]
    if not found:
        raise AlreadyChosen(f"投票的前 {count} 名都已经列进来了。")
    for candidate in found:
        chosen = queries.of_campaign(session, campaign.id)
        _add(session, candidate, checked(_words_of(candidate)), chosen, by, clock)
    return queries.of_campaign(session, campaign.id)


def edit(
    session: Session,
    project_id: int,
    changes: Mapping[str, Any],
    *,
    seen: datetime | None = None,
    by: Account,
    clock: Clock,
) -> Project:
    """Change the fields of ProjectText that are named. `seen`: the version that the changes were made to.

    Raises Forbidden, NotFound, WrongState, ProjectChanged, Invalid.
    """
    by.require(Power.MAKE_PROJECTS)
    project = _open(session, project_id, by, clock)
    if seen not in (None, queries.version_of(project)):
        raise ProjectChanged("您改的时候，别的同事也改过这个项目，还没有保存。请比对一下，再保存一次。")
    before = queries.project_text(project)
    after = checked(replace(before, **changes))
    detail = _differences(before, after)
    if detail:
        _write(project, after)
        project.edited_at = clock.now()
        session.flush()
        _note(session, by, "project.edit", project, detail, clock)
    return project


def reorder(session: Session, key: str, ids: Sequence[int], *, by: Account, clock: Clock) -> None:
    """Put all projects of a campaign in this order. Raises Forbidden, NoCampaign, NotYet, WrongState, Invalid."""
    by.require(Power.MAKE_PROJECTS)
    campaign, _ = changing(session, campaigns.by_key(session, key, clock).id, by, clock)
    found = queries.of_campaign(session, campaign.id)
    if sorted(ids) != sorted(project.id for project in found):
        raise Invalid("实事项目有了变化，请刷新以后再排一次。")
    before = [project.id for project in found]
    for project in found:
        project.place = ids.index(project.id)
    session.flush()
    subject, detail = f"campaign:{campaign.key}", {"from": before, "to": list(ids)}
    log.record(session, actor=by.actor, verb="project.reorder", subject=subject, detail=detail, clock=clock)


def drop(session: Session, project_id: int, *, by: Account, clock: Clock) -> None:
    """Its candidate can be chosen again. Raises Forbidden, NotFound, WrongState."""
    by.require(Power.MAKE_PROJECTS)
    project = _open(session, project_id, by, clock)
    detail = {"from": _detail(queries.project_text(project)), "candidate": project.candidate_id}
    session.delete(project)
    session.flush()
    for place, each in enumerate(queries.of_campaign(session, project.campaign_id)):
        each.place = place
    session.flush()
    _note(session, by, "project.drop", project, detail, clock)


def _open(session: Session, project_id: int, by: Account, clock: Clock) -> Project:
    changing(session, queries.by_id(session, project_id).campaign_id, by, clock)
    project = session.get(Project, project_id, populate_existing=True)
    if project is None:  # somebody was quicker
        raise queries.unknown()
    return project


def _add(
    session: Session,
    candidate: Candidate,
    text: ProjectText,
    chosen: Sequence[Project],
    by: Account,
    clock: Clock,
) -> Project:
    if candidate.id in {project.candidate_id for project in chosen}:
        raise AlreadyChosen(f"“{candidate.title}”已经列为实事项目了。")
    if len(chosen) >= PROJECTS_LIMIT:
        raise Invalid(f"实事项目最多 {PROJECTS_LIMIT} 个。")
    project = Project(
        campaign_id=candidate.campaign_id,
        candidate_id=candidate.id,
        place=len(chosen),
        operator_id=by.id,
        chosen_at=clock.now(),
    )
    _write(project, text)
    session.add(project)
    session.flush()
    _note(session, by, "project.choose", project, {"candidate": candidate.id, "to": _detail(text)}, clock)
    return project


def _words_of(candidate: Candidate) -> ProjectText:
    return ProjectText(candidate.title, candidate.summary, candidate.department, tuple(candidate.indicators))


def _write(project: Project, text: ProjectText) -> None:
    for field in fields(ProjectText):
        setattr(project, field.name, getattr(text, field.name))
    project.indicators = [dict(one) for one in text.indicators]


def _detail(text: ProjectText) -> dict[str, Any]:
    return {name: value for name, value in asdict(text).items() if value}


def _differences(before: ProjectText, after: ProjectText) -> dict[str, Any]:
    was, now = asdict(before), asdict(after)
    return {name: {"from": was[name], "to": now[name]} for name in was if was[name] != now[name]}


def _note(
    session: Session, by: Account, verb: str, project: Project, detail: Mapping[str, Any], clock: Clock
) -> None:
    subject = f"project:{project.id}"
    log.record(session, actor=by.actor, verb=verb, subject=subject, detail=detail, clock=clock)

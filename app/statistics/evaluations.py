"""Scores of last year's projects as rows, one for each person and project, however the database keeps them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Integer, Row, Subquery, and_, cast, column, func, select
from sqlalchemy.orm import Session

from models import Proposal
from models.base import Json
from models.enums import IntakeChannel, ProposalStatus


def scores(session: Session, campaign_id: int) -> Subquery:
    """Rows of (project, score, remark, channel, unit); of somebody who scored several times the last counts.

    What was withdrawn says nothing any more; what was merged or rejected as a proposal does.
    """
    elements = "jsonb_array_elements" if session.get_bind().dialect.name == "postgresql" else "json_each"
    element = getattr(func, elements)(Proposal.evaluations).table_valued(
        column("value", Json), joins_implicitly=True
    )
    said = element.c.value
    project = cast(said["project"].as_string(), Integer)
    person = func.coalesce(Proposal.follower_id, -Proposal.id)  # a form is somebody of its own
    latest = func.row_number().over(partition_by=(person, project), order_by=Proposal.id.desc())
    every = (
        select(
            project.label("project"),
            cast(said["rating"].as_string(), Integer).label("score"),
            said["remark"].as_string().label("remark"),
            Proposal.id.label("proposal_id"),
            Proposal.channel.label("channel"),
            Proposal.unit.label("unit"),
            latest.label("latest"),
        )
        .where(_is_told(campaign_id))
        .subquery()
    )
    return select(every).where(every.c.latest == 1).subquery()


def words(session: Session, campaign_id: int) -> Sequence[Row[IntakeChannel, str | None, str | None]]:
    """(channel, unit, what was said of the projects in free words), the oldest first."""
    said = Proposal.evaluation_text
    found = (
        select(Proposal.channel, Proposal.unit, said)
        .where(_is_told(campaign_id), said.is_not(None), said != "")
        .order_by(Proposal.id)
    )
    return session.execute(found).all()


def _is_told(campaign_id: int) -> ColumnElement[bool]:
    return and_(Proposal.campaign_id == campaign_id, Proposal.status != ProposalStatus.WITHDRAWN)

"""Scores of last year's projects as rows, one for each person and project, however the database keeps them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Integer, Row, Select, Subquery, and_, cast, func, select
from sqlalchemy.orm import Session

from app.statistics.unfolding import elements
from models import Proposal
from models.enums import IntakeChannel, ProposalStatus


def scores(session: Session, campaign_id: int) -> Subquery:
    """Rows of (project, score, remark, channel, unit, proposal_id).

    Of somebody who evaluated several times the last time counts. What was withdrawn says nothing any more;
    what was merged or rejected as a proposal does.
    """
    of_project = elements(session, Proposal.evaluations)
    return (
        select(
            cast(of_project["project"].as_string(), Integer).label("project"),
            cast(of_project["rating"].as_string(), Integer).label("score"),
            of_project["remark"].as_string().label("remark"),
            Proposal.channel.label("channel"),
            Proposal.unit.label("unit"),
            Proposal.id.label("proposal_id"),
        )
        .select_from(Proposal)
        .where(Proposal.id.in_(_last_of_each(campaign_id)))
        .subquery()
    )


def _last_of_each(campaign_id: int) -> Select[int]:
    person = func.coalesce(Proposal.follower_id, -Proposal.id)  # a form is somebody of its own
    return select(func.max(Proposal.id)).where(_is_told(campaign_id), Proposal.evaluations != []).group_by(person)


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

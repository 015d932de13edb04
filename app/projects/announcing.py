"""The announcement: written and submitted by one person, released by another, who tells all proposers with it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.errors import Conflict, Forbidden
from app.operators import log
from app.operators.queries import Account
from app.operators.rules import Power, refuse_same_person
from app.projects import notices, queries
from app.projects.holding import changing, held
from app.projects.rules import AnnouncementText, NotYet, checked_announcement, require
from models import Announcement
from models.enums import AnnouncementState


class AnnouncementChanged(Conflict):
    """Somebody else has written it since it was read."""

    code = "announcement_changed"


def write(
    session: Session, key: str, text: AnnouncementText, *, seen: str | None = None, by: Account, clock: Clock
) -> Announcement:
    """`seen`: what `version_of` said when it was read, so that nobody writes over what they never saw.

    Raises Forbidden, NoCampaign, NotYet, WrongState, AnnouncementChanged, Invalid.
    """
    by.require(Power.MAKE_PROJECTS)
    campaign, found = changing(session, campaigns.by_key(session, key, clock).id, by, clock)
    if seen not in (None, version_of(found)):
        raise AnnouncementChanged("您写的时候，别的同事也改过公告，还没有保存。请比对一下，再保存一次。")
    text = checked_announcement(text)
    detail = {
        name: {"from": before, "to": after}
        for name, before, after in (("title", found.title, text.title), ("text", found.text, text.text))
        if before != after
    }
    if detail:
        found.title, found.text = text.title, text.text
        found.written_by, found.written_at = by.id, clock.now()
        session.flush()
        _note(session, campaign, "write", by, clock, detail)
    return found


def submit(session: Session, key: str, *, by: Account, clock: Clock) -> Announcement:
    """Hand it to a second person; nothing changes while they read it. Raises Forbidden, NotYet, WrongState."""
    by.require(Power.MAKE_PROJECTS)
    campaign, found = changing(session, campaigns.by_key(session, key, clock).id, by, clock)
    projects = queries.of_campaign(session, campaign.id)
    if not projects:
        raise NotYet("还没有选实事项目，请先选好再提交。")
    if found.written_at is None:
        raise NotYet("公告还没有写。请看一遍拟好的草稿，改好、保存，再提交。")
    found.state = AnnouncementState.SUBMITTED
    found.submitted_by, found.submitted_at = by.id, clock.now()
    session.flush()
    _note(session, campaign, "submit", by, clock, {"projects": [project.title for project in projects]})
    return found


def take_back(session: Session, key: str, *, by: Account, clock: Clock) -> Announcement:
    """Let it be changed again: by those who prepare it, or by those who release and found something to mend.

    Raises Forbidden, NotYet, WrongState.
    """
    if not by.may(Power.CONFIRM_RESULTS):
        by.require(Power.MAKE_PROJECTS)
    campaign, found = held(session, campaigns.by_key(session, key, clock).id, clock)
    require(found.state, AnnouncementState.SUBMITTED, "收回")
    found.state, found.submitted_by, found.submitted_at = AnnouncementState.DRAFT, None, None
    session.flush()
    _note(session, campaign, "take_back", by, clock, {})
    return found


def release(
    session: Session, key: str, *, address: str, seen: datetime | None = None, by: Account, clock: Clock
) -> Announcement:
    """Make the projects public, and owe the news to all proposers; `address` is where everybody reads it.

    `seen`: when that was submitted which was read; what was taken back and changed meanwhile is read again.
    Never by anybody who had a hand in it. Nothing changes any more.
    Raises Forbidden, NotYet, WrongState, AnnouncementChanged.
    """
    by.require(Power.CONFIRM_RESULTS)
    campaign_id = campaigns.by_key(session, key, clock).id
    notices.hold_authors(session, campaign_id)
    campaign, found = held(session, campaign_id, clock)
    require(found.state, AnnouncementState.SUBMITTED, "公布")
    refuse_hands(found, by)
    if seen not in (None, found.submitted_at):
        raise AnnouncementChanged("您核对的时候，公告收回改过，又重新提交了。请再核对一遍，再公布。")
    found.state = AnnouncementState.RELEASED
    found.released_by, found.released_at = by.id, clock.now()
    session.flush()
    told = notices.owe_all(session, campaign, address, clock)
    _note(session, campaign, "release", by, clock, {"notices": told})
    return found


def version_of(announcement: Announcement | None) -> str:
    """Empty while it is not written."""
    return announcement.written_at.isoformat() if announcement and announcement.written_at else ""


def refuse_hands(announcement: Announcement, by: Account) -> None:
    """Raises Forbidden for whoever chose, changed, wrote or submitted something of it."""
    for hand in (*announcement.hands, announcement.written_by, announcement.submitted_by):
        refuse_same_person(str(by.id), str(hand))


def may_release(announcement: Announcement, by: Account) -> bool:
    """Whether it is not their own work; their role is another question."""
    try:
        refuse_hands(announcement, by)
    except Forbidden:
        return False
    return True


def _note(
    session: Session, campaign: CampaignView, deed: str, by: Account, clock: Clock, detail: dict[str, Any]
) -> None:
    subject, verb = f"campaign:{campaign.key}", f"announcement.{deed}"
    log.record(session, actor=by.actor, verb=verb, subject=subject, detail=detail, clock=clock)

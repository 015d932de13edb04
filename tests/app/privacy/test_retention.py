"""Some days after publication nobody can be reached any more by what we hold; what they proposed stays."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.database import Database
from app.privacy import retention
from models import Action, Announcement, Draft, Follower, FormImport, FormOriginal, Operator, Proposal, Round
from models.enums import AnnouncementState, IntakeChannel, ProposalStatus, RoundState, Turnout
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.service import load_campaign

KEEP = timedelta(days=180)
PUBLISHED = START + timedelta(days=60)


def proposed(number: int, **changes: Any) -> Proposal:
    said = {
        "campaign_id": 1,
        "number": f"SS2018-{number:04d}",
        "channel": IntakeChannel.WECHAT,
        "status": ProposalStatus.SUBMITTED,
        "title": "午间健身课",
        "summary": "请教练来园区",
        "expected_outcome": "一年五十次",
        "unit": "殷行街道",
        "proposer_name": "张三丰",
        "phone": b"sealed",
        "submitted_at": START,
    }
    return Proposal(**said | changes)


def counted(operator_id: int, published_at: datetime) -> Round:
    return Round(
        campaign_id=1,
        title="征求意见",
        state=RoundState.PUBLISHED,
        ballot_type="approval",
        min_choices=1,
        max_choices=3,
        electorate={},
        turnout=Turnout.NOBODY,
        seed="s" * 64,
        composed_by=operator_id,
        composed_at=START,
        published_at=published_at,
    )


@pytest.fixture
def held(database: Database, clock: SteppingClock) -> Database:
    """Three proposals, one without a name; a draft; an import with its file; the announcement was released."""
    load_campaign(database, clock)
    with database.writing() as session:
        worker = Follower(openid="oWorkerWorkerWorkerWorker12", created_at=START)
        session.add(worker)
        session.flush()
        imported = FormImport(campaign_id=1, actor="cli:x", imported_at=START, files=[{"name": "bmFtZQ=="}])
        session.add_all(
            [
                proposed(1, follower_id=worker.id),
                proposed(2, channel=IntakeChannel.ORGANISATION, phone=None),
                proposed(3, proposer_name=None, phone=None),
                Draft(follower_id=worker.id, campaign_id=1, state={}, begun_at=START, touched_at=START),
                Announcement(campaign_id=1, state=AnnouncementState.RELEASED, released_at=PUBLISHED),
                imported,
            ]
        )
        session.flush()
        session.add(FormOriginal(import_id=imported.id, digest="d" * 64, content=b"sealed"))
    return database


def expire(session: Session, clock: Clock) -> int:
    return retention.expire(session, KEEP, clock)


def test_nothing_goes_before_its_day(held: Database, clock: SteppingClock) -> None:
    clock.advance(days=60 + 179)
    with held.writing() as session:
        assert expire(session, clock) == 0
        assert session.scalars(select(Proposal.proposer_name)).all() == ["张三丰", "张三丰", None]


def test_then_names_phones_drafts_and_files_go_and_proposals_stay(held: Database, clock: SteppingClock) -> None:
    clock.advance(days=60 + 180)
    with held.writing() as session:
        assert expire(session, clock) == 3
        assert expire(session, clock) == 0, "once"
    with held.reading() as session:
        rows = session.scalars(select(Proposal).order_by(Proposal.id)).all()
        assert [(one.proposer_name, one.phone, one.unit) for one in rows] == [(None, None, "殷行街道")] * 3
        assert rows[0].follower_id is not None, "they still find their own proposals"
        assert session.scalars(select(Draft)).all() == []
        assert session.scalars(select(FormOriginal)).all() == []
        assert session.scalars(select(FormImport)).one().files == [{"name": None}]
        told = session.scalars(select(Action).where(Action.verb == "campaign.expire")).one()
        assert (told.subject, told.detail) == ("campaign:2018", {"proposals": 2, "drafts": 1})


def test_it_goes_in_slices(held: Database, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SLICE", 1)
    clock.advance(days=365)
    slices = []
    for _ in range(3):
        with held.writing() as session:
            slices.append(expire(session, clock))
    assert slices == [2, 1, 0]


def test_what_would_go_is_told_and_nothing_changed(held: Database, clock: SteppingClock) -> None:
    with held.reading() as session:
        (one,) = retention.expiries(session, KEEP, clock)
    assert (one.campaign.key, one.proposals, one.drafts) == ("2018", 2, 1)
    assert (one.published_at, one.due_at) == (PUBLISHED, PUBLISHED + KEEP)


def test_without_an_announcement_the_result_counts(held: Database, clock: SteppingClock) -> None:
    with held.writing() as session:
        session.get_one(Announcement, 1).released_at = None
        assert retention.expiries(session, KEEP, clock) == []
        operator = Operator(name="李", password_hash="x", roles=[], created_at=START)
        session.add(operator)
        session.flush()
        session.add(counted(operator.id, PUBLISHED))
        session.flush()
        assert [one.published_at for one in retention.expiries(session, KEEP, clock)] == [PUBLISHED]
        clock.advance(days=60 + 180)
        assert expire(session, clock) == 3

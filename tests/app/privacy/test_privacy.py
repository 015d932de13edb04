"""Giving out everything we hold of a person, and letting go of it, whichever rows there are."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.crypto import Keyring
from app.database import Database
from app.followers import service as followers
from app.outbox import service as outbox
from app.privacy import service
from app.privacy.queries import Reading, everything
from app.proposals.forms import form_of
from app.proposals.service import PHONE_SEALED_FOR
from models import Base, CallbackRequest, Delivery, Draft, Follower, Inbound, OAuthCode, Proposal
from models.enums import DeliveryState, IntakeChannel, ProposalStatus
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.installation import make_settings
from tests.fixtures.service import load_campaign

OPENID, OTHER = "oLeavingLeavingLeaving12345", "oStayingStayingStaying12345"
PHONE = "13912345678"


def proposal_of(follower_id: int, number: str, keyring: Keyring) -> Proposal:
    said: dict[str, Any] = {"title": f"名称{number}", "summary": "简介", "expected_outcome": "成效"}
    person = {"unit": "杨浦环卫所", "trade": "sanitation", "proposer_name": "王建国"}
    return Proposal(
        **said,
        **person,
        campaign_id=1,
        number=number,
        channel=IntakeChannel.WECHAT,
        status=ProposalStatus.SUBMITTED,
        category="health",
        follower_id=follower_id,
        consented=True,
        phone=keyring.seal(PHONE, PHONE_SEALED_FOR),
        pictures=[{"media_id": "m", "url": "http://mmbiz.test/m"}],
        submitted_at=START,
    )


def fill(session: Session, openid: str, number: str, keyring: Keyring) -> Follower:
    """A row of this person in every table that may hold one."""
    person = followers.meet(session, [openid], START)[openid]
    state = {"answers": {"title": f"草稿{number}"}, "editing": None, "fragments": {}}
    common = {"follower_id": person.id}
    session.add_all(
        [
            proposal_of(person.id, number, keyring),
            Draft(**common, campaign_id=1, state=state, pictures=[], begun_at=START, touched_at=START),
            Draft(
                **common, campaign_id=1, state=state, pictures=[], begun_at=START, touched_at=START, shelved=True
            ),
            Inbound(
                **common,
                key=number.encode().ljust(16),
                received_at=START,
                reply=keyring.seal("回复", "inbound.reply"),
            ),
            OAuthCode(**common, digest=f"{number:0>64}", used_at=START),
        ]
    )
    owed: dict[str, Any] = {"channel": "customer", "kind": "answer", "openid": openid, "due_at": START}
    outbox.enqueue(session, key=f"answer:{number}", body={"text": f"王建国您好 {number}"}, **owed)
    session.flush()
    return session.scalars(select(Follower).where(Follower.openid == openid)).one()


@pytest.fixture
def filled(database: Database, clock: SteppingClock, keyring: Keyring) -> Database:
    load_campaign(database, clock)
    with database.writing() as session:
        fill(session, OPENID, "SS2018-0001", keyring)
        fill(session, OTHER, "SS2018-0002", keyring)
        session.add(CallbackRequest(fingerprint=b"f" * 16, body=b"b" * 16, received_at=START))
    return database


def rows(database: Database) -> dict[str, list[str]]:
    tables = Base.metadata.sorted_tables
    with database.reading() as session:
        return {table.name: sorted(repr(tuple(row)) for row in session.execute(select(table))) for table in tables}


def sever(database: Database, openid: str) -> int:
    with database.writing() as session:
        person = session.scalars(select(Follower).where(Follower.openid == openid)).one()
        return service.sever(session, person.id, openid)


def test_nothing_leads_back_to_who_has_gone(filled: Database) -> None:
    assert sever(filled, OPENID) == 1
    left = rows(filled)
    assert OPENID not in str(left)
    assert "名称SS2018-0001" in str(left["proposals"])
    (severed,) = [row for row in left["proposals"] if "SS2018-0001" in row]
    for private in ("王建国", "环卫所", "mmbiz"):
        assert private not in severed
    assert "王建国您好 SS2018-0001" not in str(left["deliveries"])


def test_nothing_is_owed_to_who_has_gone_and_what_was_sent_is_counted(filled: Database) -> None:
    with filled.writing() as session:
        for state in DeliveryState:
            owed: dict[str, Any] = {"channel": "customer", "kind": "answer", "openid": OPENID, "due_at": START}
            outbox.enqueue(session, key=state, body={"text": "您好"}, **owed)
            session.execute(update(Delivery).where(Delivery.key == state).values(state=state))
    sever(filled, OPENID)
    with filled.reading() as session:
        left = session.scalars(select(Delivery).where(Delivery.openid.is_(None))).all()
        assert {row.state for row in left} == {DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN}
        assert [row.body for row in left] == [{}] * 3


def in_files(database: Database, said: str) -> set[str]:
    """The files of the database in which these words stand."""
    files = Path(str(database.url.database)).parent.glob("shishi.db*")
    return {file.name for file in files if said.encode() in file.read_bytes()}


@pytest.fixture
def filled_file(sqlite_database: Database, clock: SteppingClock, keyring: Keyring) -> Database:
    load_campaign(sqlite_database, clock)
    with sqlite_database.writing() as session:
        fill(session, OPENID, "SS2018-0001", keyring)
    return sqlite_database


def test_no_byte_of_who_has_gone_is_left_in_the_files(filled_file: Database) -> None:
    assert "shishi.db-wal" in in_files(filled_file, OPENID)
    sever(filled_file, OPENID)
    for private in (OPENID, "王建国", "杨浦环卫所", "mmbiz", "草稿SS2018-0001"):
        assert in_files(filled_file, private) == set(), private
    assert in_files(filled_file, "名称SS2018-0001") == {"shishi.db"}


def test_while_somebody_reads_the_bytes_wait_for_the_next_writing(filled_file: Database) -> None:
    with filled_file.reading() as session:
        session.scalars(select(Follower)).all()
        sever(filled_file, OPENID)
        assert in_files(filled_file, OPENID)
    with filled_file.writing() as session:
        session.execute(select(Follower))
    assert in_files(filled_file, OPENID) == set()


def test_everybody_else_is_left_as_they_were(filled: Database) -> None:
    before = rows(filled)
    sever(filled, OPENID)
    after = rows(filled)
    for table in ("followers", "drafts", "inbound", "oauth_codes", "proposals", "deliveries"):
        assert {row for row in before[table] if OTHER in row or "SS2018-0002" in row} <= {*after[table]}, table
    assert len(after["drafts"]) == len(after["followers"]) * 2 == 2


def test_who_comes_back_is_somebody_new(filled: Database, keyring: Keyring) -> None:
    sever(filled, OTHER)
    with filled.writing() as session:
        person = followers.meet(session, [OTHER], START + timedelta(days=1))[OTHER]
        told = everything(session, person, reading(filled, keyring))
    assert [section.title for section in told] == ["您的微信"]


def test_an_export_tells_every_row_and_shows_no_phone(filled: Database, keyring: Keyring) -> None:
    added = {"asked": "多少人？", "said": "六百名护理员", "at": START.isoformat()}
    with filled.writing() as session:
        person = session.scalars(select(Follower).where(Follower.openid == OPENID)).one()
        session.execute(update(Proposal).where(Proposal.follower_id == person.id).values(supplements=[added]))
        told = everything(session, person, reading(filled, keyring))
    assert [section.title for section in told] == ["您的微信", "提案 SS2018-0001", *["没写完的提案"] * 2]
    whole = str(told)
    for held in (
        OPENID,
        "名称SS2018-0001",
        "王建国",
        "杨浦环卫所",
        "139******78",
        "六百名护理员",
        "草稿SS2018-0001",
        "1 张",
    ):
        assert held in whole, held
    assert whole.count("1 条") == 2
    assert PHONE not in whole
    assert OTHER not in whole


def reading(database: Database, keyring: Keyring) -> Reading:
    with database.reading() as session:
        definition = campaigns.by_key(session, "2018", SteppingClock()).definition
    return Reading(lambda _campaign_id: form_of(definition), keyring, make_settings().zone, START)

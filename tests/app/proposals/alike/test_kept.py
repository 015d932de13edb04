"""The index in memory follows the tables, whoever writes them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.crypto import Keyring
from app.database import Database
from app.proposals.alike import kept, queries
from app.proposals.alike.features import Text
from app.proposals.intake import importing, undoing
from app.proposals.intake.paper import FileRead, FormRead
from models import Operator, Proposal
from models.enums import ProposalStatus
from tests.app.proposals.intake.paper import VALUES
from tests.app.proposals.intake.test_importing import BY
from tests.app.proposals.test_supporting import handed_in
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.service import load_campaign

HOT = {"title": "板房里的空调", "summary": "七月板房里四十度，请每间装空调"}
HANDS = {"title": "学一点手语", "summary": "窗口遇到听障乘客只能写纸条", "expected_outcome": "结业"}
ASKED = Text("板房装空调", "板房太热，请装空调")


@pytest.fixture
def session(database: Database, clock: SteppingClock) -> Iterator[Session]:
    load_campaign(database, clock)
    with database.writing() as session:
        yield session


def offered(session: Session) -> list[str]:
    return [offer.number for offer in queries.offers(session, 1, ASKED)]


def test_what_is_new_is_found(session: Session) -> None:
    assert offered(session) == []
    handed_in(session, 1, **HANDS)
    assert offered(session) == []
    handed_in(session, 2, **HOT)
    assert offered(session) == ["SS2018-0002"]


def test_who_writes_is_not_kept_waiting_while_others_look(session: Session) -> None:
    handed_in(session, 1, **HOT)
    with kept.kept(session, 1):
        assert offered(session) == []
    assert offered(session) == ["SS2018-0001"]


def test_what_was_amended_is_found_as_it_is_now(session: Session) -> None:
    first, second = handed_in(session, 1, **HOT), handed_in(session, 2, **HANDS)
    assert offered(session) == ["SS2018-0001"]
    for proposal, words in ((first, HANDS), (second, HOT)):
        proposal.title, proposal.summary = words["title"], words["summary"]
        proposal.amended_at = START + timedelta(hours=1)
    session.flush()
    assert offered(session) == ["SS2018-0002"]


def test_what_is_gone_is_forgotten_though_its_id_is_given_out_again(session: Session) -> None:
    gone = handed_in(session, 1, **HOT)
    assert offered(session) == ["SS2018-0001"]
    session.execute(delete(Proposal))
    session.expunge_all()
    assert offered(session) == []
    handed_in(session, 2, id=gone.id, **HANDS)
    handed_in(session, 3, id=gone.id + 1, submitted_at=START + timedelta(minutes=1), **HOT)
    assert offered(session) == ["SS2018-0003"]


def test_what_came_with_an_undone_import_is_forgotten_though_as_many_came_after_it(
    session: Session, clock: SteppingClock, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def come(*texts: Mapping[str, str]) -> int:
        forms = tuple(FormRead("union", {**VALUES, **text}, {}) for text in texts)
        files = [FileRead("表.docx", "d" * 64, forms)]
        return importing.import_files(session, "2018", files, by=BY, keyring=keyring, clock=clock) or 0

    monkeypatch.setattr(kept, "OVERLAP", 1)
    session.add(Operator(name=BY.name, password_hash="x", roles=["intake"], created_at=START))
    first = come(HOT, HANDS)
    assert offered(session) == ["SS2018-0001"]
    undoing.undo(session, first, by=BY, clock=clock)
    come(HANDS, HOT)
    assert offered(session) == ["SS2018-0004"]


def test_what_was_not_committed_is_not_shown_to_others(database: Database, session: Session) -> None:
    handed_in(session, 1, **HOT)
    assert offered(session) == ["SS2018-0001"]
    session.rollback()
    with database.reading() as reading:
        assert offered(reading) == []


@pytest.mark.parametrize("status", [ProposalStatus.WITHDRAWN, ProposalStatus.REJECTED])
def test_what_has_ended_is_not_offered(session: Session, status: ProposalStatus) -> None:
    handed_in(session, 1, status=status, **HOT)
    assert offered(session) == []


def test_of_what_is_merged_the_whole_is_offered_once(session: Session) -> None:
    root = handed_in(session, 1, **HANDS)
    for running in (2, 3):
        handed_in(session, running, status=ProposalStatus.MERGED, merged_into_id=root.id, **HOT)
    assert offered(session) == ["SS2018-0001"]


def test_only_what_anybody_may_see_is_offered(session: Session) -> None:
    handed_in(session, 1, **{**HOT, "title": "板房装空调，找张三13800138000"})
    (offer,) = queries.offers(session, 1, ASKED)
    assert offer.title == "板房装空调，找张三****"


def test_duplicates_leave_out_what_has_ended(session: Session) -> None:
    first, second = handed_in(session, 1, **HOT), handed_in(session, 2, **HOT)
    handed_in(session, 3, **HANDS)
    (cluster,) = queries.duplicates(session, 1).clusters
    assert cluster.proposals == [first, second]
    second.status = ProposalStatus.REJECTED
    session.flush()
    assert queries.duplicates(session, 1).clusters == []


def test_many_new_ones_are_compared_bit_by_bit(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COMPARED_AT_ONCE", 2)
    for running in (1, 2, 3):
        handed_in(session, running, **HOT)
    assert queries.duplicates(session, 1).waiting == 1
    assert queries.duplicates(session, 1).waiting == 0


def test_a_category_is_learned_from_those_filed(session: Session, clock: SteppingClock) -> None:
    definition = campaigns.current(session, clock).definition
    for running in range(1, 9):
        handed_in(session, running, title="滑板课", summary="请人来教滑板", category="daily_life")
    suggested = queries.suggest_category(session, 1, definition, Text("滑板", "想学滑板"))
    assert suggested is not None
    assert suggested.key == "daily_life"


def test_nobody_in_the_chat_waits_until_all_are_known(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PATIENCE", 2)
    monkeypatch.setattr(kept, "OVERLAP", 0)
    for running in (1, 2, 3):
        handed_in(session, running, **HANDS)
    handed_in(session, 4, **HOT)
    assert offered(session) == []
    assert offered(session) == ["SS2018-0004"]

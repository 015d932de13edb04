"""Forms become proposals once each; an import is undone whole or not at all."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns import service
from app.campaigns.loader import load_toml
from app.campaigns.rules import PhaseClosed
from app.crypto import Keyring
from app.database import Database
from app.errors import Forbidden, NotFound
from app.operators import log
from app.operators.queries import Account
from app.proposals.intake import importing, records, undoing
from app.proposals.intake.importing import ImportOutcome
from app.proposals.intake.paper import FileRead, FormRead, Problem
from app.proposals.service import TAKE_NUMBER, phone_of
from models import (
    Action,
    Assessment,
    Candidate,
    CandidateSource,
    Decision,
    FormImport,
    FormOriginal,
    ImportedForm,
    Merge,
    MergedProposal,
    Operator,
    Proposal,
    SecondLook,
    Support,
)
from models.enums import Conclusion, DecisionKind, IntakeChannel, PhaseKind, ProposalStatus, Role
from tests.app.proposals.intake.paper import VALUES
from tests.fixtures.clocks import START, SteppingClock
from tests.fixtures.service import CAMPAIGN_FILE

BY = Account(1, "李收件", frozenset({Role.INTAKE}))


@pytest.fixture(autouse=True)
def _campaign(database: Database, clock: SteppingClock) -> None:
    definition = load_toml(CAMPAIGN_FILE.read_text(encoding="utf-8"))
    with database.writing() as session:
        service.load(session, definition, actor="cli:tester", clock=clock)
        session.add(Operator(name=BY.name, password_hash="x", roles=["intake"], created_at=START))


Importing = Callable[..., ImportOutcome]


@pytest.fixture
def importing_files(database: Database, clock: SteppingClock, keyring: Keyring) -> Importing:
    """Imports files as an operator, and tells what became of them."""

    def run(*files: FileRead, by: Account = BY) -> ImportOutcome:
        with database.writing() as session:
            made = importing.import_files(session, "2018", files, by=by, keyring=keyring, clock=clock)
            return importing.outcome(session, campaigns.by_key(session, "2018", clock), files, made)

    return run


def form(**changes: str | None) -> FormRead:
    return FormRead("union", {**VALUES, **changes}, {"title": "第1个表格第1行第1格"})


def file(*forms: FormRead, name: str = "表.docx", **more: Any) -> FileRead:
    return FileRead(name, "d" * 64, forms, **more)


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_form_becomes_a_proposal(database: Database, importing_files: Importing, keyring: Keyring) -> None:
    [told] = importing_files(file(form())).files
    assert [(one.number, told.status) for one in told.forms] == [("SS2018-0001", "import")]
    with database.reading() as session:
        made = session.scalars(select(Proposal)).one()
        assert (made.channel, made.status, made.unit) == (
            IntakeChannel.ORGANISATION,
            ProposalStatus.SUBMITTED,
            "殷行街道总工会",
        )
        assert (made.title, made.evaluation_text, made.category) == ("午间健身课", "第2项很好。", None)
        assert (made.proposer_name, made.consented, made.follower_id) == ("张三", False, None)
        assert made.phone is not None
        assert b"1380" not in made.phone
        assert phone_of(made, keyring) == "13800001111"
        assert session.scalars(select(ImportedForm)).one().filled_on == date(2017, 12, 5)


def test_numbers_go_on_from_the_chat_s(database: Database, importing_files: Importing) -> None:
    with database.writing() as session:
        session.execute(TAKE_NUMBER, {"campaign": 1})
    [told] = importing_files(file(form(), form(title="第二个"))).files
    assert [one.number for one in told.forms] == ["SS2018-0002", "SS2018-0003"]


def test_a_file_with_a_fault_is_not_imported_at_all(database: Database, importing_files: Importing) -> None:
    faulty = file(form(), form(title=None), problems=[Problem("missing_title", "没有填", "第2个表格")])
    outcome = importing_files(faulty)
    assert (outcome.id, outcome.files[0].status) == (None, "needs_correction")
    assert (count(database, Proposal), count(database, FormImport)) == (0, 0)


def test_one_sent_before_or_twice_at_once_is_recognised(database: Database, importing_files: Importing) -> None:
    importing_files(file(form()))
    respelt = form(title=" 午间　健身课。", summary="请教练来园区,每周两次", phone="021-55552200")
    outcome = importing_files(file(respelt), file(form(title="新的"), name="一.docx"), file(form(title="新的")))
    assert [one.status for one in outcome.files] == ["reject", "import", "reject"]
    assert [one.problems[0].code for one in outcome.files if one.problems] == ["duplicate", "duplicate"]
    assert "SS2018-0001" in outcome.files[0].problems[0].message
    assert "一.docx" in outcome.files[2].problems[0].message
    assert count(database, Proposal) == 2


def test_what_became_of_an_import_is_told_alike_later(
    database: Database, importing_files: Importing, keyring: Keyring
) -> None:
    first = importing_files(file(form(), name="张三的表.docx"))
    assert first.id is not None
    with database.reading() as session:
        later = records.one(session, first.id, keyring)
        assert "张三" not in str(session.scalars(select(FormImport)).one().files)
    assert [one.name for one in later.files] == ["张三的表.docx"]
    assert [(one.number, one.form.values) for one in later.files[0].forms] == [("SS2018-0001", VALUES)]


def test_the_log_tells_numbers_and_no_names(database: Database, importing_files: Importing) -> None:
    importing_files(file(form(), name="张三的表.docx"))
    with database.reading() as session:
        entry = session.scalars(select(Action).where(Action.verb == "forms.import")).one()
        assert (entry.actor, entry.subject) == ("operator:李收件", "import:1")
        assert entry.detail == {"proposals": ["SS2018-0001"], "files": 1}
        assert log.verify(session) is None


def test_a_role_and_a_phase_are_needed(
    database: Database, importing_files: Importing, clock: SteppingClock
) -> None:
    with pytest.raises(Forbidden):
        importing_files(file(form()), by=Account(1, "评审", frozenset({Role.REVIEWER})))
    with database.writing() as session:
        service.set_phase(session, "2018", PhaseKind.PUBLISHED, "公布了", actor="cli:tester", clock=clock)
    with pytest.raises(PhaseClosed):
        importing_files(file(form()))
    assert count(database, Proposal) == 0


def test_undoing_takes_all_back_but_never_a_number(
    database: Database, importing_files: Importing, clock: SteppingClock
) -> None:
    importing_files(file(form(), form(title="第二个"), original=b"%doc"))
    assert count(database, FormOriginal) == 1
    with database.writing() as session:
        undoing.undo(session, 1, by=BY, clock=clock)
    assert [count(database, table) for table in (Proposal, ImportedForm, FormOriginal, FormImport)] == [0, 0, 0, 1]
    with database.writing() as session, pytest.raises(undoing.AlreadyUndone):
        undoing.undo(session, 1, by=BY, clock=clock)
    assert [one.number for one in importing_files(file(form())).files[0].forms] == ["SS2018-0003"]


def test_what_was_sorted_by_hand_goes_as_well(
    database: Database, importing_files: Importing, clock: SteppingClock
) -> None:
    importing_files(file(form()))
    with database.writing() as session:
        session.scalars(select(Proposal)).one().category = "health"
        undoing.undo(session, 1, by=BY, clock=clock)
    assert count(database, Proposal) == 0


def _returned(session: Session) -> None:
    session.get_one(Proposal, 1).status = ProposalStatus.RETURNED


def _assessed(session: Session) -> None:
    card = {"scores": {}, "reasons": {}, "conclusion": Conclusion.HOLD, "assessed_at": START}
    session.add(Assessment(proposal_id=1, operator_id=1, **card))


def _looked_at_again(session: Session) -> None:
    session.add(SecondLook(proposal_id=1, operator_id=1, reason="再看看", asked_at=START))


def _decided(session: Session) -> None:
    session.add(Decision(proposal_id=1, kind=DecisionKind.SHORTLIST, reason="好", operator_id=1, decided_at=START))


def _merged(session: Session) -> None:
    merge = Merge(into_id=1, operator_id=1, reason="相近", merged_at=START)
    session.add(merge)
    session.flush()
    session.add(MergedProposal(merge_id=merge.id, proposal_id=2, status=ProposalStatus.SUBMITTED))


def _supported(session: Session) -> None:
    session.add(Support(proposal_id=1, person="p" * 32, given_at=START))


def _composed(session: Session) -> None:
    text = {"title": "候选", "summary": "一", "expected_outcome": "二", "operator_id": 1, "composed_at": START}
    candidate = Candidate(campaign_id=1, place=1, **text)
    session.add(candidate)
    session.flush()
    session.add(CandidateSource(candidate_id=candidate.id, proposal_id=1))


@pytest.mark.parametrize(
    "work", [_returned, _assessed, _looked_at_again, _decided, _merged, _supported, _composed]
)
def test_what_somebody_worked_on_is_not_taken_back(
    database: Database, importing_files: Importing, clock: SteppingClock, work: Callable[[Session], None]
) -> None:
    importing_files(file(form(), form(title="第二个")))
    with database.writing() as session:
        work(session)
    with database.writing() as session, pytest.raises(undoing.WorkedOn, match="SS2018-0001"):
        undoing.undo(session, 1, by=BY, clock=clock)
    assert count(database, Proposal) == 2


def test_there_must_be_such_an_import_and_a_right_to_undo_it(
    database: Database, importing_files: Importing, clock: SteppingClock
) -> None:
    importing_files(file(form()))
    with database.writing() as session, pytest.raises(NotFound):
        undoing.undo(session, 7, by=BY, clock=clock)
    with database.writing() as session, pytest.raises(Forbidden):
        undoing.undo(session, 1, by=Account(1, "评审", frozenset({Role.REVIEWER})), clock=clock)
    assert count(database, Proposal) == 1

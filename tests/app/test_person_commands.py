"""`shishi person`: all that is held is given out, and after erasing nothing leads back."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.campaigns import service as campaigns
from app.campaigns.loader import load_toml
from app.cli import run
from app.conversation import drafts
from app.crypto import Keyring
from app.database import Database
from app.operators import log
from app.proposals.service import PHONE_SEALED_FOR
from models import (
    Action,
    Announcement,
    Base,
    Broadcast,
    Credit,
    Delivery,
    Draft,
    Follower,
    FollowerTag,
    Inbound,
    OAuthCode,
    Operator,
    Proposal,
    Register,
    RegisterEntry,
    Support,
)
from models.enums import AnnouncementState, BroadcastKind, BroadcastState, IntakeChannel, ProposalStatus, Role
from tests.fixtures.clocks import START, SteppingClock
from tests.house.test_settings import REQUIRED

FILE = Path(__file__).parents[2] / "deploy/campaigns/2018.toml"
OPENID, OTHER = "oAbCd0123456789_-EfGhIjKlMnO", "oZZZZ0123456789_-EfGhIjKlMnO"
NAME, PHONE, UNIT = "张三丰", "13812345678", "殷行街道某养老院"
KEYRING = Keyring(REQUIRED["SHISHI_SECRET_KEY"])

Output = pytest.CaptureFixture[str]


def proposal(number: int, follower: Follower | None, **changes: Any) -> Proposal:
    return Proposal(
        **{
            "campaign_id": 1,
            "number": f"SS2018-{number:04d}",
            "channel": IntakeChannel.WECHAT if follower else IntakeChannel.ORGANISATION,
            "status": ProposalStatus.SUBMITTED,
            "category": "health",
            "title": "午间健身课",
            "summary": "请教练来园区",
            "expected_outcome": "一年五十次",
            "submitted_at": START,
            "follower_id": follower.id if follower else None,
            "consented": True,
            "unit": UNIT,
            "proposer_name": NAME,
            "phone": KEYRING.seal(PHONE, PHONE_SEALED_FOR),
            **changes,
        }
    )


def rows_of(worker: Follower) -> list[Base]:
    sealed = b64encode(KEYRING.seal(PHONE, drafts.SEALED_FOR)).decode()
    answers = {"consent": "agreed", "title": "还没写完", "phone": {"sealed": sealed}}
    times = {"due_at": START, "created_at": START}
    return [
        proposal(1, worker),
        Draft(
            follower_id=worker.id,
            campaign_id=1,
            state={"answers": answers, "editing": None, "fragments": {}},
            begun_at=START,
            touched_at=START,
        ),
        Inbound(
            key=b"k" * 16, follower_id=worker.id, received_at=START, reply=KEYRING.seal("已收到", "inbound.reply")
        ),
        Delivery(key="d1", channel="customer", kind="answer", openid=OPENID, body={"text": "您好"}, **times),
        OAuthCode(digest="c" * 64, follower_id=worker.id, used_at=START),
        Credit(follower_id=worker.id, template_id="T", remaining=1, changed_at=START),
    ]


@pytest.fixture(autouse=True)
def _here(database: Database, clock: SteppingClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    url = database.url.render_as_string(hide_password=False)
    for name, value in {**REQUIRED, "SHISHI_DATABASE_URL": url}.items():
        monkeypatch.setenv(name, value)
    with database.writing() as session:
        campaigns.load(session, load_toml(FILE.read_text(encoding="utf-8")), actor="cli:tester", clock=clock)
        worker, other = (Follower(openid=openid, created_at=START) for openid in (OPENID, OTHER))
        session.add_all([worker, other])
        session.flush()
        session.add_all(rows_of(worker))
        others = proposal(3, other, proposer_name="李四", phone=None)
        register = Register(campaign_id=1, title="在册会员", entries=1, digest="d" * 64, imported_at=START)
        session.add_all([proposal(2, None), others, register])
        session.flush()
        session.add(RegisterEntry(register_id=register.id, card="a" * 32, name="b" * 32, follower_id=worker.id))
        session.add(FollowerTag(follower_id=worker.id, tag_id=100))
        session.add(Support(proposal_id=others.id, person="k" * 32, follower_id=worker.id, given_at=START))


@pytest.mark.parametrize("who", [OPENID, "SS2018-0001", "ss2018-1"])
def test_everything_held_is_given_out(capsys: Output, who: str) -> None:
    assert run(["person", "export", who]) == 0
    held = json.loads(capsys.readouterr().out)
    once = (
        "followers",
        "proposals",
        "drafts",
        "supports",
        "inbound",
        "deliveries",
        "oauth_codes",
        "credits",
        "follower_tags",
        "register_entries",
    )
    assert {table: len(rows) for table, rows in held.items()} == {
        **dict.fromkeys(once, 1),
        "ballots": 0,
        "paper_ballots": 0,
    }
    assert held["followers"][0]["openid"] == OPENID
    assert held["proposals"][0].items() >= {"proposer_name": NAME, "phone": PHONE, "unit": UNIT}.items()
    assert held["proposals"][0]["submitted_at"] == "2017-12-01T10:00:00+08:00"
    assert held["drafts"][0]["state"]["answers"] == {"consent": "agreed", "title": "还没写完", "phone": PHONE}
    assert held["deliveries"][0]["body"] == {"text": "您好"}
    assert "李四" not in str(held)


def test_every_table_that_names_a_person_is_given_out(capsys: Output) -> None:
    run(["person", "export", OPENID])
    personal = {
        table.name
        for table in Base.metadata.tables.values()
        if "openid" in table.columns or any(key.column.table.name == "followers" for key in table.foreign_keys)
    }
    assert set(json.loads(capsys.readouterr().out)) == {*personal, "ballots", "paper_ballots"}  # by their entry


def test_of_a_form_its_filler_is_given_out(capsys: Output) -> None:
    assert run(["person", "export", "SS2018-0002"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert list(held) == ["proposals"]
    assert held["proposals"][0].items() >= {"proposer_name": NAME, "phone": PHONE}.items()


def everything_stored(database: Database) -> str:
    """All text and bytes in the database but the file's own free pages."""
    stored = []
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                stored += [repr(value) for value in row]
    return "\n".join(stored)


@pytest.mark.parametrize("who", [OPENID, "SS2018-0001", f"person:{KEYRING.person(OPENID)}"])
def test_after_erasing_nothing_leads_back(database: Database, capsys: Output, who: str) -> None:
    assert run(["person", "erase", "SS2018-0002", "--reason", "表格也一并处理"]) == 0
    assert run(["person", "erase", who, "--reason", "本人来电要求"]) == 0
    assert "保留了 1 份提案" in capsys.readouterr().out
    left = everything_stored(database)
    assert not [personal for personal in (OPENID, NAME, PHONE, "还没写完", "您好") if personal in left]
    assert OTHER in left
    with database.reading() as session:
        kept = session.scalars(select(Proposal).where(Proposal.number == "SS2018-0001")).one()
        assert (kept.title, kept.follower_id, kept.unit) == ("午间健身课", None, None)


def test_of_a_form_only_filler_and_telephone_go(database: Database) -> None:
    assert run(["person", "erase", "SS2018-0002", "--reason", "填表人调离"]) == 0
    with database.reading() as session:
        kept = session.scalars(select(Proposal).where(Proposal.number == "SS2018-0002")).one()
        assert (kept.proposer_name, kept.phone, kept.unit, kept.title) == (None, None, UNIT, "午间健身课")


def test_the_log_knows_by_digests_only(database: Database) -> None:
    run(["person", "export", OPENID])
    run(["person", "erase", OPENID, "--reason", "本人来电要求"])
    run(["person", "erase", "SS2018-0002", "--reason", "填表人调离"])
    reference = f"person:{KEYRING.person(OPENID)}"
    with database.reading() as session:
        entries = session.scalars(
            select(Action).where(Action.verb.startswith("person.")).order_by(Action.id)
        ).all()
        assert [(entry.verb, entry.subject, entry.detail) for entry in entries] == [
            ("person.export", reference, {}),
            ("person.erase", reference, {"reason": "本人来电要求", "proposals": 1}),
            ("person.erase", "proposal:SS2018-0002", {"reason": "填表人调离", "proposals": 1}),
        ]
        assert all(entry.actor.startswith("cli:") for entry in entries)
        assert log.verify(session) is None


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["export", "oNobody"], 1, "没有这个人"),
        (["export", "SS2018-9999"], 1, "没有这个人"),
        (["erase", "person:0123456789abcdef", "--reason", "补办"], 1, "没有这个人"),
        (["export"], 2, "OPENID|NUMBER"),
        (["erase", OPENID], 2, "--reason"),
        (["erase", OPENID, "--reason", " "], 1, "请写明原因"),
        (["erase", OPENID, "--reason", f"{NAME}要求"], 1, "请不要写姓名"),
        (["erase", OPENID, "--reason", f"从 {PHONE} 打来"], 1, "请不要写姓名"),
        (["erase", "SS2018-0002", "--reason", f"{NAME}要求"], 1, "请不要写姓名"),
    ],
)
def test_a_refusal_is_one_line_and_changes_nothing(
    database: Database, capsys: Output, arguments: list[str], code: int, said: str
) -> None:
    before = everything_stored(database)
    assert run(["person", *arguments]) == code
    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert said in output.err
    assert everything_stored(database) == before


def test_a_form_erased_before_has_nothing_left(capsys: Output) -> None:
    run(["person", "erase", "SS2018-0002", "--reason", "填表人调离"])
    assert run(["person", "erase", "SS2018-0002", "--reason", "再来一次"]) == 1
    assert "没有留下个人资料" in capsys.readouterr().err


def test_lists_of_broadcasts_name_them_no_more(database: Database) -> None:
    with database.writing() as session:
        hand = Operator(name="周敏", password_hash="x", roles=[Role.OWNER], created_at=START)
        session.add(hand)
        session.flush()
        session.add(
            Broadcast(
                campaign_id=1,
                title="投票",
                kind=BroadcastKind.VOTE,
                channel="template",
                audience={"openids": [OPENID, "oSomebodyElse"]},
                content={},
                state=BroadcastState.DRAFT,
                composed_by=hand.id,
                composed_at=START,
            )
        )
    run(["person", "erase", OPENID, "--reason", "本人来电要求"])
    with database.reading() as session:
        assert session.scalars(select(Broadcast.audience)).one() == {"openids": ["oSomebodyElse"]}
    assert OPENID not in everything_stored(database)


def test_what_is_due_is_told_first_and_then_goes(capsys: Output, database: Database) -> None:
    with database.writing() as session:
        session.add(Announcement(campaign_id=1, state=AnnouncementState.RELEASED, released_at=START))
    assert run(["person", "expire", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "3 份提案有姓名或电话，1 份草稿没写完" in said
    assert "什么也没有改" in said
    assert run(["person", "expire"]) == 0
    assert "已删去 4 处。" in capsys.readouterr().out
    with database.reading() as session:
        assert session.scalars(select(Proposal.proposer_name)).all() == [None] * 3
    assert run(["person", "expire"]) == 0
    assert "没有到期的。" in capsys.readouterr().out

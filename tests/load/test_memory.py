"""A broadcast to two hundred thousand takes no more memory than one to a thousand."""

import subprocess
import sys

import pytest
from sqlalchemy import delete, func, insert, select, update

from app.broadcasts import composing
from app.broadcasts.audiences import Audience
from app.broadcasts.desk import Desk
from app.broadcasts.rules import BroadcastText
from app.campaigns.service import load
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.operators.queries import Account
from app.settings import AccountKind
from models import Broadcast, Delivery, Follower, Operator
from models.enums import BroadcastKind, DeliveryState, Role
from tests.crash.test_killed import DEFINITION
from tests.fixtures.installation import SECRET, make_settings
from tests.house.tree import ROOT
from tests.load.sending import FASTEST

FEW, MANY = 1_000, 200_000
PAGE = 10_000  # followers in one statement
FLAT = 1.2
CLOCK = Clock()
CONTENT = {"template_id": "T-vote", "data": {"thing1": "请您投票"}, "url": "https://x.test/"}


def released(database: Database, people: int) -> int:
    url = database.url.render_as_string(hide_password=False)
    now = CLOCK.now()
    with database.writing() as session:
        load(session, DEFINITION, actor="cli:tester", clock=CLOCK)
        for begin in range(0, people, PAGE):
            rows = [
                {"openid": f"oMany{number:023d}", "subscribed": True, "created_at": now}
                for number in range(begin, min(begin + PAGE, people))
            ]
            session.execute(insert(Follower), rows)
        operators = [
            Operator(name=name, password_hash="x", roles=[Role.OWNER], created_at=now) for name in ("周敏", "吴军")
        ]
        session.add_all(operators)
        session.flush()
        one, other = (Account(row.id, row.name, frozenset({Role.OWNER})) for row in operators)
        text = BroadcastText("投票", BroadcastKind.VOTE, "template", Audience("all"), CONTENT)
        made = composing.compose(session, DEFINITION.key, text, by=one, kind=AccountKind.SERVICE, clock=CLOCK)
        composing.submit(session, made.id, by=one, clock=CLOCK)
        desk = Desk.of(make_settings(url, push=FASTEST), Keyring(SECRET), CLOCK)
        desk.approve(session, made.id, by=other)
        return made.id


def peak(database: Database, people: int) -> int:
    """Bytes that the sending process held at most."""
    broadcast_id = released(database, people)
    order = [sys.executable, "-m", "tests.load.sending", database.url.render_as_string(hide_password=False)]
    done = subprocess.run([*order, str(broadcast_id)], cwd=ROOT, capture_output=True, text=True, check=True)
    with database.reading() as session:
        states = select(Delivery.state, func.count()).group_by(Delivery.state)
        assert dict(session.execute(states).all()) == {DeliveryState.SENT: people}
    return int(done.stdout)


@pytest.mark.long
def test_memory_is_flat(sqlite_database: Database) -> None:
    few = peak(sqlite_database, FEW)
    with sqlite_database.writing() as session:
        for table in (Delivery, Broadcast, Follower):
            session.execute(delete(table))
        session.execute(update(Operator).values(name=Operator.name + "，上一次的"))
    many = peak(sqlite_database, MANY)
    assert many < few * FLAT, f"{few / 2**20:.0f} MB for {FEW:,}, {many / 2**20:.0f} MB for {MANY:,}"

"""Owing a message: once for each key, in the transaction of its cause; shown later when it could not be sent."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.crypto import Keyring
from app.database import Database
from app.outbox import rules, service
from app.outbox.rules import TextTooLong
from models import Delivery
from models.enums import DeliveryState
from tests.app.outbox.conftest import Owe, delivery
from tests.fixtures.clocks import START, SteppingClock

KEYRING = Keyring("the secret of the outbox under test")
LATER = START + timedelta(hours=1)


def settle(database: Database, key: str, state: DeliveryState, errcode: int | None = None) -> None:
    with database.writing() as session:
        session.execute(update(Delivery).where(Delivery.key == key).values(state=state, errcode=errcode))


def shown(database: Database, openid: str) -> list[str]:
    with database.writing() as session:
        return service.pending_for(session, openid, KEYRING, LATER)


def test_the_same_key_is_owed_once(owe: Owe, database: Database) -> None:
    assert owe("入选", key="decision:1")
    assert not owe("入选了", key="decision:1")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1
    assert delivery(database, "decision:1").body == {"text": "入选"}


def test_a_cause_that_fails_owes_nothing(database: Database, openid: str) -> None:
    with pytest.raises(ZeroDivisionError):
        owe_and_fail(database, openid)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def owe_and_fail(database: Database, openid: str) -> None:
    message = {"channel": "customer", "kind": "decision", "body": {"text": "入选"}}
    with database.writing() as session:
        service.enqueue(session, key="one", openid=openid, due_at=START, **message)  # type: ignore[arg-type]
        raise ZeroDivisionError


def test_a_text_that_cannot_be_sent_is_refused_at_once(owe: Owe) -> None:
    with pytest.raises(TextTooLong):
        owe("长" * 667)


def test_an_unknown_kind_is_a_mistake(owe: Owe) -> None:
    with pytest.raises(ValueError, match="greeting"):
        owe("你好", kind="greeting")


def test_what_could_not_be_sent_is_shown_once_and_in_order(owe: Owe, database: Database, openid: str) -> None:
    for key, state, errcode in [
        ("一", DeliveryState.SKIPPED, None),
        ("二", DeliveryState.FAILED, 45015),
        ("三", DeliveryState.FAILED, 45047),
        ("发出", DeliveryState.SENT, None),
        ("拉黑", DeliveryState.FAILED, 43019),
        ("不明", DeliveryState.UNKNOWN, None),
        ("在途", DeliveryState.PENDING, None),
    ]:
        owe(key)
        settle(database, key, state, errcode)
    assert shown(database, openid) == ["一", "二", "三"]
    assert shown(database, openid) == []
    assert delivery(database, "二").state is DeliveryState.SENT


def test_it_is_shown_to_its_person_only(owe: Owe, database: Database) -> None:
    owe("给别人")
    settle(database, "给别人", DeliveryState.SKIPPED)
    assert shown(database, "o-somebody-else") == []


def test_what_is_no_longer_true_is_not_shown(
    owe: Owe, database: Database, openid: str, clock: SteppingClock
) -> None:
    owe("过期", kind="reminder", expires_at=LATER)
    settle(database, "过期", DeliveryState.SKIPPED)
    assert shown(database, openid) == []


def test_a_decision_given_up_after_a_week_is_still_shown(owe: Owe, database: Database, openid: str) -> None:
    owe("一周没发出")
    settle(database, "一周没发出", DeliveryState.SKIPPED)
    with database.writing() as session:
        assert service.pending_for(session, openid, KEYRING, LATER + rules.LIFE) == ["一周没发出"]

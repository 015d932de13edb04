"""What stands out, on the console: counts and never choices, two persons, a warning after the close."""

from typing import Any

import pytest

from app.ballots import queries, suspicion
from app.ballots.booth import Booth, Origin
from app.ballots.choices import Stance
from app.database import Database
from app.installation import Installation
from models.enums import BallotWay, Role, Turnout
from tests.app.ballots.station import Station
from tests.app.console.conftest import OpenConsole
from tests.app.console.polling import ROUNDS, at_station, furnish

DOUBTS = f"{ROUNDS}/1/doubts"
QUICK: dict[str, Any] = {"mark": "quick", "reason": "machine", "note": "三张都是半夜来的"}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


def open_round(installation: Installation, **changes: object) -> None:
    furnish(installation)
    at_station(installation, lambda station: station.opened(**changes))


def quickly(installation: Installation, *names: str) -> list[str]:
    """Receipts of ballots that came within a second."""

    def vote(station: Station) -> list[str]:
        receipts = []
        for name in names:
            person = station.person(name, queries.row(station.session, 1))
            booth = Booth.enter(station.session, 1, [person.id], station.keyring, station.clock)
            choices = booth.round.slip.choices({7: Stance.FOR})
            receipts.append(booth.cast(person, choices, None, BallotWay.PAGE, Origin("203.0.113.9", 1)).receipt)
            booth.leave(station.session)
        return receipts

    return at_station(installation, vote)


async def test_a_mark_is_reviewed_proposed_and_agreed_to(
    open_console: OpenConsole, installation: Installation
) -> None:
    open_round(installation)
    quickly(installation, "张三", "李四", "王五")
    composer, approver = open_console(Role.CAMPAIGNER), open_console(Role.APPROVER)
    shown = await composer.open(DOUBTS)
    assert suspicion.TITLES[suspicion.Kind.QUICK] in shown.text
    assert "3 张" in shown.text
    for secret in ("7 号", "203.0.113.9"):
        assert secret not in shown.text
    reviewed = await composer.post(f"{DOUBTS}/review", mark="quick", note="问过了，不知道是谁")
    assert "问过了，不知道是谁" in reviewed.text
    proposed = await composer.post(f"{DOUBTS}/propose", **QUICK)
    assert "另一位负责审批的同事同意以后才作废" in proposed.text
    assert "三张都是半夜来的" in proposed.text
    assert "/doubts/1/agree" not in proposed.text
    waiting = await approver.open(DOUBTS)
    assert "同意作废 3 张" in waiting.text
    assert "3 张，打开选票不到 3 秒就交了。查到的情况：三张都是半夜来的" in waiting.text
    done = await approver.post(f"{DOUBTS}/1/agree")
    assert "作废了，这些选票不再计票" in done.text
    again = await approver.post(f"{DOUBTS}/1/drop")
    assert again.status_code == 409
    assert "已经有同事定下来" in again.text
    at_station(installation, lambda station: station.closed(queries.row(station.session, 1)))
    result = await approver.open(f"{ROUNDS}/1")
    assert "另有 3 张没有计票：3 张由程序投出" in result.text


async def test_a_receipt_is_proposed_and_who_proposed_it_does_not_agree(
    open_console: OpenConsole, installation: Installation
) -> None:
    open_round(installation)
    (receipt,) = quickly(installation, "张三")
    approver = open_console(Role.APPROVER)
    refused = await approver.post(f"{DOUBTS}/propose", receipts=receipt, note="本人来说的")
    assert refused.status_code == 422
    assert "请选一个作废的原因" in refused.text
    assert receipt in refused.text
    sent: dict[str, Any] = {"receipts": f" {receipt.lower()} ", "note": "本人来说的", "reason": "not_own"}
    own = await approver.post(f"{DOUBTS}/propose", **sent)
    assert f'1 张，凭证号 <span class="hash">{receipt}</span>' in own.text
    assert "是您提出的，要由另一位同事同意" in own.text
    assert (await approver.post(f"{DOUBTS}/1/agree")).status_code == 403
    dropped = await approver.post(f"{DOUBTS}/1/drop")
    assert "驳回了，这些选票照常计票" in dropped.text


async def test_after_the_close_one_is_warned_and_nothing_undecided_is_confirmed(
    open_console: OpenConsole, installation: Installation
) -> None:
    open_round(installation)
    quickly(installation, "张三")
    at_station(installation, lambda station: station.closed(queries.row(station.session, 1)))
    composer, approver = open_console(Role.CAMPAIGNER), open_console(Role.APPROVER)
    assert "截止以后作废，会泄露选择" in (await composer.open(DOUBTS)).text
    await composer.post(f"{DOUBTS}/propose", **QUICK)
    refused = await approver.post(f"{ROUNDS}/1/confirm")
    assert refused.status_code == 409
    assert "还有选票算不算没有定下来" in refused.text
    await approver.post(f"{DOUBTS}/1/drop")
    assert (await approver.post(f"{ROUNDS}/1/confirm", follow=False)).status_code == 303


async def test_where_nobody_may_know_how_many_voted_no_count_is_told(
    open_console: OpenConsole, installation: Installation
) -> None:
    open_round(installation, turnout=Turnout.NOBODY)
    quickly(installation, "张三", "李四", "王五")
    composer = open_console(Role.CAMPAIGNER)
    await composer.post(f"{DOUBTS}/propose", **QUICK)
    quickly(installation, "赵六", "钱七")
    shown = await composer.open(DOUBTS)
    assert suspicion.TITLES[suspicion.Kind.QUICK] in shown.text
    for count in ("2 张", "3 张"):
        assert count not in shown.text

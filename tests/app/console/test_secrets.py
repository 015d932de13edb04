"""What others may not see, by any door of the console: persons, and cards before all are in."""

import re
from dataclasses import replace

import pytest

from app.installation import Installation
from app.operators import log, log_file
from app.triage import assessments
from models.enums import Role
from tests.app.console.attacking import FIRST, every_page
from tests.app.console.conftest import Desk, OpenConsole
from tests.app.console.evil import FORM_PHONE, NAME, PHONE
from tests.app.console.sifting import then
from tests.app.triage.room import Room, openid_of


async def everything(desk: Desk) -> str:
    """All that this operator can open or take away, in one text."""
    texts = [(await desk.open(address)).text for address in every_page()]
    for number in ("SS2018-0001", "SS2018-0002", "SS2018-0003"):
        texts += [(await desk.open(f"/console/{page}/{number}")).text for page in ("proposals", "alike", "assess")]
    taken = await desk.post("/console/exports", format=".csv")
    return "\n".join([*texts, taken.content.decode("utf-8-sig")])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
async def test_persons_are_shown_to_whom_they_are_due(
    open_console: OpenConsole, installation: Installation, furnished: None, role: Role
) -> None:
    seen = await everything(open_console(role))
    assert openid_of("author") not in seen
    assert PHONE not in seen
    assert (NAME in seen) == (role is Role.INTAKE)
    assert (FORM_PHONE in seen) == (role is Role.INTAKE)
    if role is Role.AUDITOR:
        assert f"*{PHONE[-4:]}" not in seen
        assert f"*{FORM_PHONE[-4:]}" not in seen


def test_the_log_knows_no_person(installation: Installation, furnished: None) -> None:
    with installation.database.reading() as session:
        told = "".join(log_file.lines(session))
        assert log.verify(session) is None
    assert told
    assert not any(secret in told for secret in (NAME, PHONE, FORM_PHONE, openid_of("author")))


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OWNER, Role.AUDITOR, Role.INTAKE])
async def test_a_card_is_nowhere_before_all_are_in(
    open_console: OpenConsole, installation: Installation, role: Role
) -> None:
    secret = "这句话只有甲知道"

    def assess(room: Room) -> None:
        room.operator("甲", Role.REVIEWER)
        proposal = room.proposal("author")
        card = room.card(score=1)
        card = replace(card, reasons=dict.fromkeys(card.reasons, secret))
        assessments.assess(room.session, proposal.number, card, by=room.account("甲"), clock=room.clock)

    then(installation, assess)
    desk = open_console(role)
    pages = [(await desk.open(address)).text for address in every_page()]
    pages.append((await desk.open(f"/console/proposals/{FIRST}/decide")).text)
    pages.append((await desk.post("/console/log/export")).text)
    pages.append((await desk.post("/console/exports", format=".csv")).text)
    assert secret not in "\n".join(pages)


async def test_the_log_says_nothing_of_what_a_card_advises(
    open_console: OpenConsole, installation: Installation
) -> None:
    def assess(room: Room) -> None:
        room.operator("甲", Role.REVIEWER)
        room.assessed(room.proposal("author"), "甲")

    then(installation, assess)
    with installation.database.reading() as session:
        lines = [line for line in log_file.lines(session) if "proposal.assess" in line]
    assert lines
    assert not re.search("recommend|推荐|说得通|feasible", lines[0])

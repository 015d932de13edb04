"""Merging in the console: side by side, refused with everything kept, undone."""

import re
from typing import Any

import pytest

from app.installation import Installation
from models import Merge
from models.enums import DecisionKind, ProposalStatus, Role
from tests.app.console.conftest import OpenConsole
from tests.app.console.sifting import look, prepare, proposal_of

FIRST, SECOND, THIRD = "SS2018-0001", "SS2018-0002", "SS2018-0003"


def statuses(installation: Installation) -> list[ProposalStatus]:
    return look(installation, lambda room: [proposal_of(room, each).status for each in (FIRST, SECOND, THIRD)])


async def test_side_by_side_what_matches_is_marked(installation: Installation, open_console: OpenConsole) -> None:
    prepare(
        installation,
        lambda room: [
            room.proposal("小王", title="午休没地方坐", summary="工地旁边设个<歇脚>的驿站"),
            room.proposal("小李", title="想要个歇脚的驿站", summary="最好有热水"),
        ],
    )
    page = await open_console(Role.REVIEWER).open("/console/merge", into=FIRST, **{"with": ["2"]})
    columns = re.findall(r'<section class="card side" aria-label="([^"]+)"', page.text)
    assert columns == [FIRST, SECOND]
    assert re.search(r"<mark>[^<]*驿站", page.text)
    assert "&lt;" in page.text
    assert "小王" not in page.text
    assert re.search(rf'value="{FIRST}" data-told="1" data-untold="0" checked', page.text)


@pytest.mark.parametrize(
    ("wanted", "status", "told"),
    [
        ("SS2018-0009", 404, "没有 SS2018-0009 这份提案"),
        ("好几份", 422, "不像提案编号"),
        ("1 2 3 4 5 6 7", 422, "最多并排看 6 份"),
    ],
)
async def test_numbers_that_cannot_be_shown(
    installation: Installation, open_console: OpenConsole, wanted: str, status: int, told: str
) -> None:
    prepare(installation, lambda room: [room.proposal() for _ in range(7)])
    page = await open_console(Role.REVIEWER).open("/console/merge", **{"with": wanted})
    assert page.status_code == status
    assert told in page.text
    assert f'value="{wanted}"' in page.text


async def test_merging_and_undoing(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: [room.proposal("小王"), room.proposal("小李"), room.proposal()])
    desk = open_console(Role.REVIEWER)
    before = look(installation, lambda room: room.dump(["actions", "operator_sessions", "deliveries"]))
    merged = await desk.post("/console/merge", into=SECOND, number=[FIRST, SECOND, THIRD], reason="说的是同一件事")
    assert f"2 份提案已经合并到 {SECOND}" in merged.text
    assert statuses(installation) == [ProposalStatus.MERGED, ProposalStatus.SUBMITTED, ProposalStatus.MERGED]
    (undo,) = re.findall(r'action="(/console/merges/\d+/undo)"', merged.text)
    assert "恢复成原来的样子" in (await desk.post(undo)).text
    assert look(installation, lambda room: room.dump(["actions", "operator_sessions", "deliveries"])) == before
    again = await desk.post(undo)
    assert again.status_code == 404
    assert "已经撤销了" in again.text


async def test_what_cannot_be_merged_keeps_what_was_typed(
    installation: Installation, open_console: OpenConsole
) -> None:
    prepare(
        installation,
        lambda room: [room.proposal(), room.decided(room.proposal(), DecisionKind.REJECT)],
    )
    refused = await open_console(Role.REVIEWER).post(
        "/console/merge", into=FIRST, number=[FIRST, SECOND], reason="说的是同一件事"
    )
    assert refused.status_code == 409
    assert f"{SECOND} 已经答复不采纳" in refused.text
    assert "说的是同一件事</textarea>" in refused.text
    assert re.search(rf'value="{FIRST}" data-told="0" data-untold="1" checked', refused.text)
    assert look(installation, lambda room: room.session.query(Merge).count()) == 0


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"number": [FIRST, SECOND], "reason": "一样"}, "请选以哪一份为主"),
        ({"number": [FIRST, SECOND], "into": SECOND, "reason": ""}, "请写明原因"),
        ({"number": [FIRST], "into": FIRST, "reason": "一样"}, "至少一份别的提案"),
    ],
)
async def test_what_is_missing_is_said(
    installation: Installation, open_console: OpenConsole, fields: dict[str, Any], told: str
) -> None:
    prepare(installation, lambda room: [room.proposal(), room.proposal()])
    refused = await open_console(Role.REVIEWER).post("/console/merge", **fields)
    assert refused.status_code == 422
    assert told in refused.text


async def test_others_see_the_merges_and_undo_none(installation: Installation, open_console: OpenConsole) -> None:
    prepare(installation, lambda room: [room.proposal(), room.proposal()])
    await open_console(Role.REVIEWER).post("/console/merge", into=FIRST, number=[FIRST, SECOND], reason="一样")
    desk = open_console(Role.AUDITOR)
    page = (await desk.open("/console/merges")).text
    assert SECOND in page
    assert "undo" not in page
    (made,) = look(installation, lambda room: [each.id for each in room.session.query(Merge)])
    assert (await desk.post(f"/console/merges/{made}/undo")).status_code == 403

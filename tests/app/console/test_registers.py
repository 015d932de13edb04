"""Registers by the console: checked, imported, added to, released, deleted."""

from typing import Any

import httpx
from sqlalchemy import select, update

from app.ballots.registers import by_id
from app.installation import Installation
from models import Action, Register, RegisterEntry
from models.enums import Role
from tests.app.api.polling import at_station
from tests.app.ballots.rolls import binds, opened_by
from tests.app.ballots.station import Station, put_up
from tests.app.console.conftest import Desk, OpenConsole

LIST = "会员卡号,姓名,单位\nA001,张三,区医院工会\nA002,李四,区医院工会\n"
PATH = "/console/registers/1"


async def upload(desk: Desk, text: str = LIST, **fields: str) -> httpx.Response:
    file = ("名册.csv", text.encode("gb18030"), "text/csv")
    return await desk.upload(
        "/console/registers", {"file": file}, **{"title": "在册会员", "do": "import", **fields}
    )


def stored(here: Installation, table: Any) -> list[Any]:
    with here.database.reading() as session:
        return list(session.scalars(select(table)))


async def test_a_list_becomes_a_register_with_its_digest(
    open_console: OpenConsole, installation: Installation
) -> None:
    answer = await upload(open_console(Role.CAMPAIGNER))
    [made] = stored(installation, Register)
    for words in ("导入了 2 人", "在册会员", made.digest, "完全一样", "campaigner", "补登一位会员"):
        assert words in answer.text
    assert "张三" not in answer.text
    seen = (await open_console(Role.AUDITOR).open(PATH)).text
    assert made.digest in seen
    assert "补登一位会员" not in seen
    assert "在册会员" in (await open_console(Role.AUDITOR).open("/console/registers")).text


async def test_wrong_rows_are_told_and_nothing_is_imported(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    answer = await upload(desk, f"{LIST}a001,王五,\n")
    assert answer.status_code == 422
    assert "第 4 行：卡号和第 2 行的一样。" in answer.text
    assert 'value="在册会员"' in answer.text
    assert "可以导入 2 人" in (await upload(desk, do="check")).text
    assert "没有找到表头" in (await upload(desk, "什么\n都不是\n")).text
    assert "起个名字" in (await upload(desk, title=" ")).text
    assert "还没有选择" in (await desk.post("/console/registers", title="在册会员")).text
    assert stored(installation, Register) == []


async def test_a_late_entry_needs_a_reason_that_names_nobody(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    await upload(desk)
    member: dict[str, Any] = {"card": "A003", "name": "王五", "unit": "区医院工会"}
    refused = await desk.post(f"{PATH}/add", **member, reason="王五漏了")
    assert refused.status_code == 422
    assert 'value="A003"' in refused.text
    assert "补登 1 人" in (await desk.post(f"{PATH}/add", **member, reason="名册漏了")).text
    assert "已经在名册里" in (await desk.post(f"{PATH}/add", **member, reason="名册漏了")).text
    logged = [one.detail for one in stored(installation, Action) if one.verb == "register.add"]
    assert [one["reason"] for one in logged] == ["名册漏了"]


async def test_a_binding_is_released_and_a_register_in_use_stays(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    await upload(desk)

    def bind(station: Station) -> None:
        put_up(station.room)
        binds(station, opened_by(station, by_id(station.session, 1)), "张三", "A001", "张三")

    at_station(installation, bind)
    assert "1 人用手机登记过" in (await desk.open(PATH)).text
    member: dict[str, Any] = {"card": "A001", "name": "张三", "reason": "换了手机"}
    assert "没有这个卡号" in (await desk.post(f"{PATH}/release", **{**member, "name": "李四"})).text
    released = await desk.post(f"{PATH}/release", **member)
    assert "解开了" in released.text
    assert "0 人用手机登记过" in released.text
    assert "不用解开" in (await desk.post(f"{PATH}/release", **member)).text
    assert "不能删" in (await desk.post(f"{PATH}/drop")).text
    assert len(stored(installation, Register)) == 1


async def test_a_register_nobody_uses_is_deleted(open_console: OpenConsole, installation: Installation) -> None:
    desk = open_console(Role.CAMPAIGNER)
    await upload(desk)
    assert "名册删掉了" in (await desk.post(f"{PATH}/drop")).text
    assert stored(installation, RegisterEntry) == []


async def test_a_register_that_was_changed_behind_our_back_says_so(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk = open_console(Role.CAMPAIGNER)
    await upload(desk)
    with installation.database.writing() as session:
        session.execute(update(RegisterEntry).values(unit="别的单位"))
    assert "对不上" in (await desk.open(PATH)).text

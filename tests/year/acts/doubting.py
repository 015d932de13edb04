"""Something stands out among the ballots: one thing is innocent, another is struck out by two people."""

from typing import Any

from tests.year.office import APPROVER, PLANNER
from tests.year.sending import FORBIDDEN
from tests.year.show import Show


async def play(show: Show) -> None:
    path, tale = f"/rounds/{show.tale.round}", show.tale
    marks: list[dict[str, Any]] = (await show.office.asks(PLANNER, f"{path}/marks"))["items"]
    kinds = {one["kind"] for one in marks}
    assert {"address", "quick"} <= kinds, kinds
    for one in marks:
        if one["kind"] == "address":
            note = "敬老院宿舍、创谷园区的无线网，问过了，都是本人投的。"
            await show.office.does(PLANNER, f"{path}/marks/reviews", mark=one["mark"], note=note)
    (quick,) = (one for one in marks if one["kind"] == "quick")
    machines = {one.id for one in show.cast.others if one.is_machine and one.id in tale.ballots}
    assert quick["ballots"] == len(machines), "whoever reads the ballot does not stand out"
    proposed = await show.office.does(
        PLANNER,
        f"{path}/invalidations",
        mark=quick["mark"],
        reason="machine",
        note="同一时刻、同样的选择，是程序投的。",
    )
    decided = f"{path}/invalidations/{proposed['id']}/agree"
    await show.office.is_refused(PLANNER, FORBIDDEN, decided)
    agreed = await show.office.does(APPROVER, decided)
    assert (agreed["state"], agreed["ballots"]) == ("agreed", len(machines))
    tale.struck_out = machines
    told = next(one for one in show.cast.others if one.id in machines)
    assert "没有计票" in await show.phones.say(told, "我的选票")
    show.tell(f"两位工作人员先后认定 {len(machines)} 张选票是程序投的，不计票；宿舍无线网的查过，没有问题")

"""The console's home and the report of last year, as the browser gets them."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert

from app.console import charts
from app.installation import Installation
from app.statistics.days import Day
from models import Campaign, Proposal
from models.enums import IntakeChannel, ProposalStatus, Role
from tests.app.console.conftest import OpenConsole

OPENING = datetime(2017, 11, 30, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


def put(installation: Installation, count: int, **changes: Any) -> None:
    """Hands in so many proposals, plain but for what is said."""
    with installation.database.writing() as session:
        first = session.query(Proposal).count() + 1
        rows = [
            {
                "campaign_id": 1,
                "number": f"SS2018-{number:04d}",
                "channel": IntakeChannel.WECHAT,
                "status": ProposalStatus.SUBMITTED,
                "category": "health",
                "title": "午间健身课",
                "summary": "请教练来园区",
                "expected_outcome": "一年五十次",
                "evaluations": [],
                "submitted_at": OPENING,
                **changes,
            }
            for number in range(first, first + count)
        ]
        session.execute(insert(Proposal), rows)


@pytest.mark.parametrize("path", ["/console/", "/console/last-year", "/console/last-year.csv"])
@pytest.mark.parametrize("role", Role)
async def test_every_operator_may_read(open_console: OpenConsole, role: Role, path: str) -> None:
    assert (await open_console(role).open(path)).status_code == 200


@pytest.mark.parametrize("path", ["/console/", "/console/last-year", "/console/last-year.csv"])
async def test_a_stranger_is_asked_to_sign_in(open_console: OpenConsole, path: str) -> None:
    answer = await open_console(None).open(path)
    assert answer.status_code == 303
    assert "sign-in" in answer.headers["location"]


async def test_an_empty_campaign_has_a_home(open_console: OpenConsole) -> None:
    page = (await open_console().open("/console/")).text
    assert "还没有收到提案。" in page
    assert "还没有公布过答复" in page
    assert "人工设定" in page


async def test_without_a_campaign_the_home_says_what_to_do(
    open_console: OpenConsole, installation: Installation
) -> None:
    desk = open_console()
    with installation.database.writing() as session:
        session.execute(delete(Campaign))
    page = await desk.open("/console/")
    assert page.status_code == 200
    assert "还没有征集活动" in page.text
    assert (await desk.open("/console/last-year")).status_code == 404


async def test_the_home_tells_numbers_and_never_small_units(
    open_console: OpenConsole, installation: Installation
) -> None:
    put(installation, 6, unit="殷行街道")
    put(installation, 3, unit="某养老院", submitted_at=OPENING + timedelta(days=1))
    put(installation, 2, unit="某小学")
    page = (await open_console().open("/console/")).text
    assert "11/30 到 12/1 共 11 份，最多的一天是 11/30，8 份；最近一天 3 份。" in page
    assert "殷行街道" in page
    assert "某养老院" not in page
    assert "某小学" not in page
    assert "其余单位（合在一起）" in page


async def test_pages_have_no_inline_style_or_script(open_console: OpenConsole, installation: Installation) -> None:
    """The browser is told to refuse them."""
    put(installation, 5, evaluations=[{"project": 1, "rating": 5, "remark": "<script>alert(1)</script>"}])
    for path in ("/console/", "/console/last-year"):
        page = (await open_console().open(path)).text
        assert " style=" not in page
        assert "<script>" not in page


async def test_the_report_tells_scores_targets_and_words(
    open_console: OpenConsole, installation: Installation
) -> None:
    said = [{"project": 9, "rating": 1, "remark": "周末没开，请打13800000001"}]
    put(installation, 7, unit="殷行街道", evaluations=said)
    put(installation, 1, channel=IntakeChannel.DEPARTMENT, unit="权益保障部", evaluation_text="成效明显")
    page = (await open_console(Role.AUDITOR).open("/console/last-year")).text
    for words in ("窗口延时服务", "周末没开，请打〔号码略〕", "权益保障部", "成效明显", "150,000", "看法比较一致"):
        assert words in page
    assert "13800000001" not in page


async def test_the_report_as_a_table(open_console: OpenConsole, installation: Installation) -> None:
    put(installation, 5, evaluations=[{"project": 2, "rating": 4, "remark": "@SUM(A1)"}])
    answer = await open_console().open("/console/last-year.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="last-year-2018.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ["2", "“公益乐学”服务", "全部", "5", "4.00", "4", "4", "0", "0", "0", "5", "0", ""] in rows
    assert any(row[-1] == "'@SUM(A1)" for row in rows)


@pytest.mark.parametrize(
    ("largest", "top"),
    [(0, 2), (1, 2), (2, 2), (3, 4), (7, 8), (11, 20), (25, 30), (31, 40), (99, 100), (101, 200)],
)
def test_the_scale_ends_at_a_round_number_that_can_be_halved(largest: int, top: int) -> None:
    assert charts.scale(largest) == top


@pytest.mark.parametrize("length", [1, 2, 6, 7, 26, 92])
def test_columns_stay_inside_and_dates_are_few(length: int) -> None:
    days = [Day((OPENING + timedelta(days=number)).date(), number) for number in range(length)]
    chart = charts.by_day(days)
    assert len(chart.columns) == length
    assert all(one.x >= 0 and one.x + one.width <= 100 and one.height <= chart.height for one in chart.columns)
    assert all(one.height > 0 for one in chart.columns[1:])
    assert 1 <= len(chart.ticks) <= charts.TICKS

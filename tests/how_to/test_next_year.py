"""Next year's campaign as its page tells: its commands are run, on last year's database and on a fresh one."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.campaigns import queries
from app.campaigns.loader import load_toml
from app.cli import run
from app.clock import Clock
from app.crypto import Keyring
from app.database import Database
from app.proposals.form import proposal_form
from models.enums import PhaseKind
from tests.app.ballots.station import Station, furnish_station
from tests.app.h5.conftest import World, build, settings, world
from tests.app.h5.samples import WHOLE
from tests.app.projects.chamber import Chamber
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.service import CAMPAIGN_FILE
from tests.house.test_settings import REQUIRED
from tests.how_to.pages import blocks
from tests.how_to.test_question import take_up

__all__ = ["build", "settings", "world"]
WRITE_OUT, LEFT_BEHIND, CHECK_AND_LOAD, BY_HAND = blocks("next-year.md", "sh")
LAST_YEAR = re.compile(r"\[\[last_year\]\].*?(?=^# ── 征集表)", re.DOTALL | re.MULTILINE)


@pytest.fixture
def office(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """Where the commands are typed: the file of 2018 at hand, its projects announced."""
    monkeypatch.chdir(tmp_path)
    for name, value in {**REQUIRED, "SHISHI_DATABASE_URL": f"sqlite:///{tmp_path}/shishi.db"}.items():
        monkeypatch.setenv(name, value)
    clock = SteppingClock(Clock().wall())
    furnish_station(sqlite_database, clock)
    with sqlite_database.writing() as session:
        chamber = Chamber(Station(session, clock, Keyring(REQUIRED["SHISHI_SECRET_KEY"])))
        chamber.vote()
        chamber.released(1, 2)
    Path("2018.toml").write_text(CAMPAIGN_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    return sqlite_database


def orders(block: str) -> list[list[str]]:
    """What follows `shishi` on each line of a block."""
    return [line.split()[1:] for line in block.splitlines() if line.startswith("shishi ")]


def a_year_on(text: str) -> str:
    """As step 2 tells: every year one later."""
    return re.sub(r"201[78]", lambda year: str(int(year[0]) + 1), text)


def test_the_commands_take_the_next_year_up(office: Database, capsys: pytest.CaptureFixture[str]) -> None:
    [[*order, _, target]] = orders(WRITE_OUT)
    assert run(order) == 0
    fragment = capsys.readouterr().out
    assert "2018年度" in fragment
    copy = a_year_on(LAST_YEAR.sub("", Path("2018.toml").read_text(encoding="utf-8")))
    Path("2019.toml").write_text(copy.replace("# ── 征集表", f"{fragment}\n# ── 征集表"), encoding="utf-8")
    assert target == "last-year.toml"
    doctor, load = orders(CHECK_AND_LOAD)
    run(doctor)  # of the made-up account it has much to say
    assert "2019" in next(line for line in capsys.readouterr().out.splitlines() if "活动文件" in line)
    assert run(load) == 0
    assert "已载入" in capsys.readouterr().out
    assert run(load) == 0
    assert "没有变化" in capsys.readouterr().out
    for order, phase in zip(orders(BY_HAND), (PhaseKind.COLLECTING, None), strict=True):
        assert run(order) == 0
        with office.reading() as session:
            view = queries.by_key(session, "2019", Clock())
        assert view.phase_by_hand is (phase is not None)
        assert phase in (None, view.phase)
    titles = [project.title for project in view.definition.last_year]
    assert titles == ["职工书屋", "户外职工接力站"]


def test_last_years_results_stay_until_the_new_collecting_begins(office: Database) -> None:
    Path("2019.toml").write_text(a_year_on(Path("2018.toml").read_text(encoding="utf-8")), encoding="utf-8")
    assert run(orders(CHECK_AND_LOAD)[1]) == 0
    begins = datetime(2018, 11, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    for moment, key in ((begins - timedelta(minutes=1), "2018"), (begins, "2019")):
        with office.reading() as session:
            assert queries.current(session, SteppingClock(moment)).key == key


def test_what_was_left_behind_is_found() -> None:
    sought, text = LEFT_BEHIND.split()[2], CAMPAIGN_FILE.read_text(encoding="utf-8")
    assert sought in text
    assert sought not in a_year_on(text)


async def test_a_first_year_judges_nothing(world: World) -> None:
    definition = load_toml(LAST_YEAR.sub("", CAMPAIGN_FILE.read_text(encoding="utf-8")))
    assert "evaluation" not in [q.key for q in proposal_form(definition).applying({})]
    take_up(world, definition)
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    assert "评一评" not in page.text
    assert (await page.press("submit", **WHOLE)).path == "/h5/mine/SS2018-0001"

"""The dashboard asks for nothing that /metrics does not tell, and shows all of it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics import MetricWrapperBase
from sqlalchemy import event

from app import metrics
from app.api.gauges import Gauges
from app.database import Database
from app.installation import Installation
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.installation import NOWHERE, make_settings

FILE = Path(__file__).parents[2] / "deploy/grafana/shishi.json"
SERIES = re.compile(r"(shishi_\w+)(?:\{(.*?)\})?")
GROUPED = re.compile(r"\b(?:sum|max) by \(([^)]*)\) \(")
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
ADDED = {"job", "le"}  # by Prometheus, and by every histogram

Told = dict[str, set[str]]


@pytest.fixture(scope="module")
def dashboard() -> Any:
    return json.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture
def told(sqlite_database: Database, clock: SteppingClock) -> Told:
    """The labels of each series there may be, by its name."""
    settings = make_settings(str(sqlite_database.url))
    installation = Installation.build(settings, clock=clock, transport=NOWHERE)
    found = dict(_counted())
    for family in Gauges(installation).collect():
        assert isinstance(family, GaugeMetricFamily)
        found[family.name] = set(family._labelnames)
    installation.database.close()
    return found


def _counted() -> Iterator[tuple[str, set[str]]]:
    for each in vars(metrics).values():
        if isinstance(each, MetricWrapperBase):
            yield from ((each._name + suffix, set(each._labelnames)) for suffix in SUFFIXES[str(each._type)])


def asked(dashboard: Any) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]


def test_every_number_it_asks_for_is_told(dashboard: Any, told: Told) -> None:
    for said in asked(dashboard):
        names = [name for name, _ in SERIES.findall(said)]
        assert names, said
        assert set(names) <= told.keys(), said


def test_every_label_it_goes_by_is_there(dashboard: Any, told: Told) -> None:
    for said in asked(dashboard):
        series = SERIES.findall(said)
        labels = set.union(*(told[name] for name, _ in series)) | ADDED
        for grouped in GROUPED.findall(said):
            assert set(grouped.split(", ")) <= labels, said
        for _, chosen in series:
            assert set(re.findall(r"(\w+)!?=", chosen)) <= labels, said


def test_whatever_is_told_is_shown(dashboard: Any, told: Told) -> None:
    shown = {name for said in asked(dashboard) for name, _ in SERIES.findall(said)}
    stems = {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown}
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in told} == stems


def test_panels_are_apart_and_say_what_they_show(dashboard: Any) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        own = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not own & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= own
        assert panel["title"]
        assert panel["type"] == "row" or panel["description"], panel["title"]
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))


def test_reading_the_database_for_it_takes_few_statements(sqlite_database: Database, clock: SteppingClock) -> None:
    settings = make_settings(str(sqlite_database.url))
    installation = Installation.build(settings, clock=clock, transport=NOWHERE)
    statements = list[str]()
    event.listen(installation.database.read, "before_cursor_execute", lambda *given: statements.append(given[2]))
    Gauges(installation).collect()
    installation.database.close()
    assert len([each for each in statements if each.startswith("SELECT")]) <= 10

"""The campaign of 2018, as its file defines it."""

from pathlib import Path

import pytest

from app.campaigns.definition import Definition
from app.campaigns.loader import load_toml

FILE = Path(__file__).parents[3] / "deploy/campaigns/2018.toml"


@pytest.fixture(scope="session")
def text() -> str:
    return FILE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def definition(text: str) -> Definition:
    return load_toml(text)

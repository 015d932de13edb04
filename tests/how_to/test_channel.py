"""A channel as its page tells: registered, a broadcast is composed, released and sent through it."""

import json
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from app.broadcasts import driving, rules
from app.broadcasts.driving import Driver
from app.broadcasts.rules import BadContent
from app.database import Database
from app.outbox.channels import all_channels
from models.enums import DeliveryState
from tests.app.broadcasts.conftest import Release, hands, new_driver, people, release, settings, states, writers
from tests.how_to.pages import blocks, module

__all__ = ["hands", "new_driver", "people", "release", "settings", "writers"]
FILE, ENTRY = blocks("channel.md")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that the channel writes, once it stands in both registries."""
    file = tmp_path / "rehearsal.jsonl"
    channel = module("rehearsal", FILE).Rehearsal(file)

    def with_it(*about: Any) -> dict[str, Any]:
        return {**all_channels(*about), channel.name: channel}

    way = eval(ENTRY, vars(rules))
    monkeypatch.setattr(driving, "all_channels", with_it)
    monkeypatch.setattr(rules, "WAYS", MappingProxyType({**rules.WAYS, channel.name: way}))
    return file


async def test_a_broadcast_goes_out_by_it(
    lines: Path,
    database: Database,
    people: Callable[[int], list[str]],
    release: Release,
    new_driver: Callable[..., Driver],
) -> None:
    people(3)
    made = release("rehearsal")
    while await new_driver().round():
        pass
    assert states(database, made) == {DeliveryState.SENT: 3}
    written = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [one["text"] for one in written] == ["请您投票"] * 3
    assert len({one["key"] for one in written}) == 3


def test_its_content_is_checked(lines: Path, release: Release) -> None:
    with pytest.raises(BadContent, match="缺少 text"):
        release("rehearsal", content={"words": "请您投票"})

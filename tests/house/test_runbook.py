"""The runbook quotes the service: “…” is what it says, and what is said to be in the log is what it writes."""

import re
from functools import cache

import pytest

from tests.house.tree import ROOT, python_files

RUNBOOK = (ROOT / "deploy/RUNBOOK.zh-CN.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"(?m)^## ", RUNBOOK)[1:]
LOGGED = re.compile(r"`([a-z]+(?: [a-z]+)+)`")
COMMANDS = ("shishi ", "systemctl ", "docker ")


@cache
def said() -> str:
    """All the words of what ships."""
    templates = [*ROOT.glob("app/*/templates/**/*.html"), *ROOT.glob("app/*/static/*.js")]
    sources = [*python_files("app", "wechat_handlers"), *templates]
    return "\n".join(path.read_text(encoding="utf-8") for path in sources)


def test_it_has_ten() -> None:
    assert [section.split(".")[0] for section in SECTIONS] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.split(".")[0])
def test_each_says_how_one_sees_it_what_to_do_and_how_one_knows(section: str) -> None:
    for part in ("看出来", "怎么办", "好了"):
        assert f"- **{part}**：" in section


def test_what_it_quotes_is_said() -> None:
    quoted = set(re.findall(r"“([^”]+)”", RUNBOOK)) - {"……"}
    assert len(quoted) > 30
    assert sorted(one for one in quoted if one not in said()) == []


def test_what_it_finds_in_the_log_is_logged() -> None:
    found = {one for one in LOGGED.findall(RUNBOOK) if not one.startswith(COMMANDS)}
    assert len(found) > 8
    assert sorted(one for one in found if f'"{one}"' not in said()) == []


def test_the_metrics_it_names_exist() -> None:
    named = {one.removesuffix("_total") for one in re.findall(r"`(shishi_[a-z_]+)", RUNBOOK)}
    assert len(named) > 5
    assert sorted(one for one in named if f'"{one}"' not in said()) == []

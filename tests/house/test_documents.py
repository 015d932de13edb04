"""Documents tell the truth where a program can see it: links, commands, make targets, settings, files."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli import app
from app.settings import Settings
from tests.house.test_settings import names
from tests.house.tree import ROOT

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md"), *ROOT.glob("tests/**/*.md")]
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`\n]+)`|^(?:    |```\n?)(.*)$", re.MULTILINE)
ORDER = re.compile(r"(?:^|/bin/|backup )shishi ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)*)")
OPTION = re.compile(r"(?<!\S)(--[a-z][a-z-]*)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
SETTING = re.compile(r"\bSHISHI_[A-Z_]*[A-Z]\b")
FILE = re.compile(r"`((?:app|wechat_handlers|models|migrations|tests|deploy|docs)/[\w./-]*)`")
COMMANDS = typer.main.get_command(app)


def options_of(words: str) -> set[str]:
    """Those of the command that `words` begin with; what stands behind its name are arguments."""
    command: Any = COMMANDS
    for word in words.split():
        if not hasattr(command, "commands"):
            break
        assert word in command.commands, f"shishi {words}"
        command = command.commands[word]
    return {option for parameter in command.params for option in parameter.opts}


def code_in(text: str) -> str:
    return "\n".join(inline or block for inline, block in CODE.findall(text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
class TestADocument:
    def test_its_links_lead_somewhere(self, document: Path) -> None:
        links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
        assert [link for link in links if not (document.parent / link).exists()] == []

    def test_its_commands_exist(self, document: Path) -> None:
        for line in code_in(document.read_text(encoding="utf-8")).splitlines():
            if order := ORDER.search(line.strip()):
                assert set(OPTION.findall(line.strip()[order.end() :])) <= options_of(order[1]), line

    def test_its_targets_exist(self, document: Path) -> None:
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        code = code_in(document.read_text(encoding="utf-8"))
        assert set(TARGET.findall(code)) <= targets

    def test_its_settings_exist(self, document: Path) -> None:
        named = set(SETTING.findall(document.read_text(encoding="utf-8")))
        assert named <= set(names(Settings))

    def test_its_files_exist(self, document: Path) -> None:
        files = FILE.findall(document.read_text(encoding="utf-8"))
        assert [file for file in files if not (ROOT / file).exists()] == []

"""Sizes and openings: a file that sprawls is split before anybody has to read it."""

import ast
from pathlib import Path

import pytest

from tests.house.tree import ROOT, python_files

LONGEST_FILE = 400
LONGEST_HANDLER_FILE = 150
LONGEST_HANDLER = 25
NOT_HANDLERS = {"codec.py"}  # the wire format, all of it in the one file that may know it

SHIPPED = python_files("app", "wechat_handlers", "models")
HANDLERS = [path for path in python_files("wechat_handlers") if path.name not in NOT_HANDLERS]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_no_file_sprawls(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", HANDLERS, ids=name_of)
def test_no_logic_pools_in_the_chat_door(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= LONGEST_HANDLER_FILE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno < LONGEST_HANDLER, node.name


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_a_module_says_first_what_it_owns(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))

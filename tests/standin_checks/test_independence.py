"""The stand-in is a second witness: it shares nothing with the service, nor its library for decoding."""

import ast
from pathlib import Path

import pytest

import tests.standin

SOURCES = sorted(Path(tests.standin.__file__).parent.rglob("*.py"))
OURS = {"app", "models", "wechat_handlers", "migrations", "wechatpy"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_of_the_service_is_imported(source: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert not imported & OURS

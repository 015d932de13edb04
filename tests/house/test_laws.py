"""What a reviewer would otherwise say again and again."""

import ast
import re

from tests.house.tree import python_files, texts

PACKAGE_HOST = re.compile(r"(pypi|pythonhosted|npmjs|debian)\.(org|com|net)")
OWN_MACHINE = re.compile(r"(?<![\w.])/(work|farm|root)/")
YEAR = re.compile(r"\b(2017|2018)\b")


def test_no_package_host_is_named() -> None:
    assert [str(path) for path, text in texts().items() if PACKAGE_HOST.search(text)] == []


def test_no_path_of_a_machine_is_named() -> None:
    here = "tests/house/test_laws.py"
    assert [str(path) for path, text in texts().items() if OWN_MACHINE.search(text) and str(path) != here] == []


def test_the_locks_have_hashes_and_name_no_index() -> None:
    for name, text in texts().items():
        if name.name in ("requirements.lock", "requirements-dev.lock"):
            assert "--hash=sha256:" in text
            assert "--index-url" not in text
            assert "://" not in text


def test_a_year_is_data() -> None:
    """The code that ships knows no year: a new campaign is a new file."""
    for path in python_files("app", "wechat_handlers", "models"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, int):
                assert node.value not in (2017, 2018), path


def test_nothing_that_ships_knows_the_tests() -> None:
    for path in python_files("app", "wechat_handlers", "models", "migrations"):
        assert not re.search(r"^\s*(from|import) tests\b", path.read_text(), re.MULTILINE), path

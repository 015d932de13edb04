"""Lines of a TOML file: found for every value, whatever way it is written."""

import tomllib
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from app.campaigns.places import Path, line_at, lines_of

FILE = FilePath(__file__).parents[3] / "deploy/campaigns/2018.toml"

AWKWARD = '''\
# [not.a.table] nor = "a key"
plain = "a # no comment" # a comment with "quotes
"quoted.key" = 'its' # two kinds of strings
long = """
[also.not.a.table]
x = 1 \\""" still inside"""
a.b . c = 2017-11-30 08:00:00
list = [
  1.5, # one
  { name = "x", deep = [[1], [2,
    3]] },
]

[table.below]
key = true
[[many]]
one = 1
[[many]]
[many.inner]
two = 2
[[many.inner.deepest]]
three = 3
'''

BITS = [
    '"',
    "'",
    '""',
    '"""',
    "'''",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "#",
    "\\",
    "a",
    "1",
    "\n",
    "[[many]]\n",
    "x = 1\n",
]


def paths(value: Any, path: Path = ()) -> list[Path]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, inner in below for one in paths(inner, (*path, key)))]


@pytest.mark.parametrize("text", [AWKWARD, AWKWARD.replace("\n", "\r\n"), FILE.read_text(encoding="utf-8")])
def test_everything_that_was_read_has_a_line_and_nothing_else(text: str) -> None:
    assert set(lines_of(text)) == set(paths(tomllib.loads(text))) - {()}


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most texts are no TOML any more
@given(st.lists(st.tuples(st.integers(0, len(AWKWARD)), st.integers(0, 5), st.sampled_from(BITS)), max_size=3))
def test_no_other_valid_text_is_misread(changes: list[tuple[int, int, str]]) -> None:
    text = AWKWARD
    for start, length, bit in changes:
        text = text[:start] + bit + text[start + length :]
    try:
        values = tomllib.loads(text)
    except ValueError:
        reject()
    assert set(lines_of(text)) == set(paths(values)) - {()}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("plain",), 2),
        (("quoted.key",), 3),
        (("long",), 4),
        (("a", "b", "c"), 7),
        (("list", 0), 9),
        (("list", 1, "deep", 1, 1), 11),
        (("table", "below", "key"), 15),
        (("many", 0, "one"), 17),
        (("many", 1), 18),
        (("many", 1, "inner", "deepest", 0, "three"), 22),
    ],
)
def test_a_value_stands_where_it_is_written(path: Path, line: int) -> None:
    assert lines_of(AWKWARD)[path] == line


def test_what_is_missing_is_placed_by_what_is_around_it() -> None:
    assert line_at(lines_of(AWKWARD), ("many", 1, "missing")) == 18
    assert line_at({}, ("anything",)) == 1

"""What the pages tell to write: their blocks of code, used as they stand."""

import re
from types import ModuleType

from tests.house.tree import ROOT

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str = "python") -> list[str]:
    text = (ROOT / "docs/how-to" / page).read_text(encoding="utf-8")
    return [code for named, code in BLOCK.findall(text) if named == language]


def module(name: str, code: str, **known: object) -> ModuleType:
    """The code as a module; `known` is what stands above it in the file it is added to."""
    made = ModuleType(name)
    made.__dict__.update(known)
    exec(compile(code, name, "exec"), made.__dict__)
    return made

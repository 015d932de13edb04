"""Which pictures are older than their pages.

A picture depends on the template of its page, on all that this includes or imports, on the style sheets and
scripts it names, and on what its row names besides. The frame around every page is left out: a new entry in the
menu does not make thirty pictures wrong. Whoever redraws the frame takes all of them anew. How text is indented
and broken into lines does not matter either. Pure but for reading files.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.pictures.shot import Shot
from tests.pictures.shots import SHOTS
from tests.standin.demo.steps import ROOT

PICTURES = ROOT / "docs" / "pictures"
MANIFEST = PICTURES / "manifest.json"
TEMPLATE = re.compile(r"""\{%-?\s*(?:include|import|from)\s+["']([\w./]+)["']""")
STATIC = re.compile(r"""static\(["']([\w.-]+)["']\)|/static/([\w.-]+\.(?:css|js))""")
LENGTH = 16


def digest(shot: Shot) -> str:
    whole = hashlib.sha256()
    for file in sorted(set(_all_of(shot.made_of))):
        whole.update(f"{file.relative_to(ROOT)}\n{_flat(file)}\n".encode())
    return whole.hexdigest()[:LENGTH]


def noted() -> dict[str, str]:
    """The digest each picture was taken with."""
    found: dict[str, str] = json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.exists() else {}
    return found


def note(names: Sequence[str]) -> None:
    """That these have just been taken. Pictures without a row are forgotten."""
    known = noted() | {shot.name: digest(shot) for shot in SHOTS if shot.name in names}
    kept = {shot.name: known[shot.name] for shot in SHOTS if shot.name in known}
    MANIFEST.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")


def _all_of(names: Sequence[str]) -> Iterator[Path]:
    for name in names:
        found = sorted(ROOT.glob(name))
        assert found, f"there is no {name}"
        for file in found:
            yield from _with_what_it_needs(file)


def _with_what_it_needs(file: Path) -> Iterator[Path]:
    yield file
    if file.suffix != ".html":
        return
    text = file.read_text("utf-8")
    for name in TEMPLATE.findall(text):
        yield from _with_what_it_needs(file.parent / name)
    for names in STATIC.findall(text):
        static = file.parent.parent / "static" / "".join(names)
        if static.exists():  # else it is somebody else's, as Tabler's
            yield static


def _flat(file: Path) -> str:
    return " ".join(file.read_text("utf-8").split())

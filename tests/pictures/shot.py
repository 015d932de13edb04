"""What there is to say about a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.pictures.scenes import Scene
from tests.pictures.steps import Step


class View(NamedTuple):
    """In CSS pixels; `scale` is how many there are in the picture for each of them."""

    width: int
    height: int
    scale: float


PHONE = View(375, 812, 1.6)
DESK = View(1280, 760, 1)
LONG = View(1280, 1000, 1)
CHAT = (
    "tests/standin/phone/templates/phone.html",
    "tests/standin/phone/static/chat.css",
    "wechat_handlers/texts/*.py",
)


class Whoever(NamedTuple):
    """The first of the workers in whose chat this is said."""

    heard: str


@dataclass(frozen=True)
class Shot:
    """`who` holds the phone or sits at the desk; without a `path` the phone shows the chat. `steps` come before
    it is taken, `faults` are the platform's meanwhile.

    `made_of`: files from the project's root; what templates include is found by itself, see freshness.py.
    """

    name: str
    scene: Scene
    who: str | Whoever
    path: str
    view: View
    made_of: Sequence[str]
    steps: Sequence[Step] = ()
    faults: Mapping[str, float] = field(default_factory=dict)


def chat(name: str, scene: Scene, who: str | Whoever, *steps: Step) -> Shot:
    return Shot(name, scene, who, "", PHONE, CHAT, steps)


def phone(name: str, scene: Scene, who: str | Whoever, path: str, made_of: str, *steps: Step) -> Shot:
    """`made_of`: names of templates, with a space between."""
    return Shot(name, scene, who, path, PHONE, [f"app/h5/templates/{one}.html" for one in made_of.split()], steps)


def desk(
    name: str,
    scene: Scene,
    who: str,
    path: str,
    made_of: str,
    *steps: Step,
    view: View = DESK,
    faults: Mapping[str, float] | None = None,
) -> Shot:
    """`path` without its beginning, which is everywhere the same."""
    files = [f"app/console/templates/{one}.html" for one in made_of.split()]
    return Shot(name, scene, who, f"/console/{path}", view, files, steps, faults or {})

"""The year without an audience, for the sake of what is kept: `python -m tests.pictures.rehearsal`."""

import asyncio
import os
import shutil
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.pictures.scenes import FOLDER, Scene
from tests.standin.demo.__main__ import Demo
from tests.standin.demo.errors import CannotRun
from tests.standin.demo.place import Place
from tests.standin.demo.secrets import Secrets
from tests.standin.demo.steps import installed_program

UNHURRIED = 15.0  # seconds the stand-in may take until it has written down thousands of chats


class AllKept(Exception):
    """The year is over, and nobody is to be shown around."""


class Rehearsal(Demo):
    async def _between_acts(self, title: str) -> None:
        if title in list(Scene):
            await keep(self._place, Scene(title))

    async def _introduce(self) -> None:
        raise AllKept


async def keep(place: Place, scene: Scene) -> None:
    """A copy of all there is, taken while it runs; there only once it is whole."""
    await _written_down(place.chats)
    draft = replace(place, directory=scene.folder.with_suffix(".draft"))
    shutil.rmtree(draft.directory, ignore_errors=True)
    draft.directory.mkdir(mode=0o700, parents=True)
    with closing(sqlite3.connect(place.database)) as here, closing(sqlite3.connect(draft.database)) as there:
        here.backup(there)
    shutil.copy(place.chats, draft.chats)
    secrets = Secrets.of(place.secrets)
    secrets.prepared = secrets.year = True
    secrets.save(draft.secrets)
    shutil.rmtree(scene.folder, ignore_errors=True)
    draft.directory.rename(scene.folder)


async def _written_down(chats: Path) -> None:
    """The stand-in writes shortly after something has happened; perhaps nothing has, so the patience ends."""
    began, wall = time.monotonic(), time.time()
    while chats.stat().st_mtime < wall and time.monotonic() - began < UNHURRIED:
        await asyncio.sleep(0.1)


async def rehearse(place: Place) -> None:
    shutil.rmtree(place.directory, ignore_errors=True)
    with place.occupied():
        place.check_ports()
        try:
            await Rehearsal(place, installed_program()).run()
        except AllKept:
            shutil.rmtree(place.directory)


def main() -> None:
    place = Place.from_environment({**os.environ, "DEMO_DIR": str(FOLDER / "rehearsal")})
    try:
        asyncio.run(rehearse(place))
    except CannotRun as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()

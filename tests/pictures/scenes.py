"""How the demonstration stands after some acts of the year, each in a folder of its own.

The year is played once, which takes minutes; a picture is taken anew from what was kept, which takes seconds.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import httpx

from tests.standin.demo.place import Place
from tests.standin.demo.steps import ROOT

FOLDER = ROOT / ".demo-pictures"
PATIENCE = 120.0  # seconds until a demonstration answers


class Scene(StrEnum):
    """Each is called by the act after which it is kept."""

    COLLECTING = "第一阶段：征集"
    HANDED_IN = "第一阶段：最后一天"
    SIFTING = "第二阶段：请教"
    COMPOSING = "第二阶段：候选"
    VOTING = "第三阶段：投票"
    PUBLISHED = "存档"

    @property
    def folder(self) -> Path:
        return FOLDER / self.name.lower()


def rehearse(port: int) -> None:
    """Play the year and keep all scenes, in a process of its own: it has its own way with signals."""
    subprocess.run(
        [sys.executable, "-m", "tests.pictures.rehearsal"], env=_environment(port), cwd=ROOT, check=True
    )


@contextmanager
def on_stage(scene: Scene, port: int) -> Iterator[Place]:
    """The demonstration running in a copy, so that the scene stays as it was kept."""
    place = Place(port, FOLDER / "stage", year=True)
    shutil.rmtree(place.directory, ignore_errors=True)
    shutil.copytree(scene.folder, place.directory)
    environment = _environment(port) | {"DEMO_DIR": str(place.directory)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.standin.demo"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_it_answers(place, process)
        yield place
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
    shutil.rmtree(place.directory)


def _environment(port: int) -> dict[str, str]:
    return {**os.environ, "DEMO_PORT": str(port), "YEAR": "1"}


def _wait_until_it_answers(place: Place, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    for url in (f"{place.standin_url}/phone/people", f"{place.service_url}/healthz"):
        while not _answers(url):
            if process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"the demonstration does not answer, see the logs in {place.directory}")
            time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False

"""`make pictures`: takes those whose pages have changed; the year is played first where nothing is kept of it.

ONLY="name name" takes these, ALL=1 all, AGAIN=1 plays the year anew and takes all. SAME=1 takes none and notes
that nothing visible has changed: for whoever has looked. One picture may show what another has left behind, so
those of a scene are taken together.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby

from tests.pictures import camera, freshness, scenes
from tests.pictures.shot import Shot
from tests.pictures.shots import SHOTS
from tests.standin.demo.errors import CannotRun
from tests.standin.demo.place import Place


def wanted(environment: Mapping[str, str]) -> Sequence[Shot]:
    """In the order of the scenes."""
    noted, only = freshness.noted(), environment.get("ONLY", "").split()
    if environment.get("ALL") or environment.get("AGAIN"):
        asked = {shot.scene for shot in SHOTS}
    elif only:
        asked = {shot.scene for shot in SHOTS if shot.name in only}
    else:
        asked = {shot.scene for shot in SHOTS if noted.get(shot.name) != freshness.digest(shot)}
    return [shot for scene in scenes.Scene if scene in asked for shot in SHOTS if shot.scene == scene]


def main() -> None:
    shots = wanted(os.environ)
    if os.environ.get("SAME"):
        freshness.note([shot.name for shot in shots])
        return
    try:
        port = Place.from_environment(os.environ).port
    except CannotRun as reason:
        sys.exit(str(reason))
    if os.environ.get("AGAIN") or not all(shot.scene.folder.exists() for shot in shots):
        scenes.rehearse(port)
    with camera.opened() as browser:
        for scene, of_scene in groupby(shots, key=lambda shot: shot.scene):
            with scenes.on_stage(scene, port) as place:
                for shot in of_scene:
                    camera.take(browser, place, shot, freshness.PICTURES)
                    freshness.note([shot.name])
                    print(shot.name, flush=True)


if __name__ == "__main__":
    main()

"""Stories that a union officer can read, played before the real service: what it says is compared word for word.

UPDATE_TRANSCRIPTS=1 writes down what the service says now; read the difference before you commit it.
"""

import difflib
import os
from pathlib import Path

import pytest

from tests.fixtures.service import RunningService
from tests.journeys import script
from tests.journeys.deeds import DEEDS
from tests.journeys.script import Deed, Line
from tests.journeys.stage import Stage

HERE = Path(__file__).parent
STORIES = sorted(HERE.glob("*.txt"))


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
async def test_transcript(service: RunningService, story: Path) -> None:
    recorded = story.read_text(encoding="utf-8")
    played = await play(Stage(service), script.read(recorded))
    if os.environ.get("UPDATE_TRANSCRIPTS") and service.database.is_sqlite:
        story.write_text(played, encoding="utf-8")
    elif played != recorded:
        pytest.fail(_difference(recorded, played), pytrace=False)


def _difference(recorded: str, played: str) -> str:
    lines = difflib.unified_diff(recorded.splitlines(), played.splitlines(), "recorded", "now", lineterm="")
    return "\n".join(["the story goes otherwise now:", *lines])


async def play(stage: Stage, lines: list[Line]) -> str:
    """The transcript of the story as it goes now."""
    return script.written([(line, await _answer(stage, line)) for line in lines])


async def _answer(stage: Stage, line: Line) -> list[str]:
    if not isinstance(line, Deed):
        return []
    result = await DEEDS[line.verb](stage, line.argument)
    if result is None:
        return []
    answer = script.answered(stage.examine(result))
    stage.pass_a_moment()
    return answer

"""Whoever only taps always gets on: no link leads to the sentence that something was not understood."""

import random

import pytest

from tests.fixtures.service import RunningService
from tests.journeys.answers import CONSENT, REVIEW, USUAL, asked_in
from tests.journeys.deeds import say
from tests.journeys.stage import Stage
from tests.standin.phone.richtext import pieces

NOT_UNDERSTOOD = ("没看懂", "中的一个数字，或直接点选", "写得太短", "看着不对", "没有记进提案里")
STEPS = 250


@pytest.mark.parametrize("seed", [1, 2])
async def test_tapping_anything_is_understood(service: RunningService, seed: int) -> None:
    stage, chance = Stage(service), random.Random(seed)
    stage.examine(await stage.platform.follow(stage.openid))
    for _ in range(STEPS):
        offered = [piece.says for piece in pieces(stage.heard) if piece.says]
        if offered and chance.random() < 0.9:
            content = chance.choice(offered)
            reply = stage.examine(await stage.platform.tap(stage.openid, content))
            assert not any(words in reply for words in NOT_UNDERSTOOD), f"after tapping {content}: {reply}"
        elif asked_in(stage.heard) not in (CONSENT, REVIEW):
            stage.examine(await say(stage, USUAL[asked_in(stage.heard)][0]))
        else:
            stage.examine(await stage.platform.click(stage.openid, "PROPOSE"))
        stage.pass_a_moment()

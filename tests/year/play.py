"""The whole play, act by act."""

import time
from collections.abc import Awaitable, Callable
from random import Random

from tests.year.acts import (
    asking,
    collecting,
    composing,
    counting,
    deadline,
    deciding,
    doubting,
    forms,
    gathering,
    keeping,
    notice,
    opening,
    publishing,
    sorting,
    voting,
)
from tests.year.cast import cast
from tests.year.office import Office
from tests.year.phones import Phones
from tests.year.show import Show
from tests.year.stage import Stage

SEED = 2018
ACTS: tuple[tuple[str, Callable[[Show], Awaitable[None]]], ...] = (
    ("开幕以前", gathering.play),
    ("第一阶段：通知", notice.play),
    ("第一阶段：征集", collecting.play),
    ("第一阶段：收表", forms.play),
    ("第一阶段：最后一天", deadline.play),
    ("第二阶段：梳理", sorting.play),
    ("第二阶段：请教", asking.play),
    ("第二阶段：评审", deciding.play),
    ("第二阶段：候选", composing.play),
    ("第三阶段：开箱", opening.play),
    ("第三阶段：投票", voting.play),
    ("第三阶段：核查", doubting.play),
    ("第三阶段：计票", counting.play),
    ("第四阶段：公布", publishing.play),
    ("存档", keeping.play),
)


async def nothing(_title: str) -> None: ...


async def play(stage: Stage, after: Callable[[str], Awaitable[None]] = nothing) -> Show:
    """`after` each act comes what is to be done then; it is told the act's title."""
    show = await _prepared(stage)
    for title, act in ACTS:
        began = time.monotonic()
        stage.tell(f"【{title}】")
        await act(show)
        stage.tell(f"（用了 {time.monotonic() - began:.1f} 秒）")
        await after(title)
    return show


async def _prepared(stage: Stage) -> Show:
    phones, chance = Phones(stage.transport, stage.standin_url), Random(SEED)
    portraits = [(id, name) for id, name, _ in (await phones.portraits())[gathering.LEFT_OUT :]]
    return Show(stage, phones, Office(stage), cast(chance, portraits), chance)

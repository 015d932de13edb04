"""The steps of a broadcast: by whom, in which state, and why somebody may not take one."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from app.broadcasts import composing, releasing
from app.operators.queries import Account
from app.operators.rules import Power
from models import Broadcast
from models.enums import BroadcastState


class Step(StrEnum):
    SUBMIT = "submit"
    TAKE_BACK = "take-back"
    APPROVE = "approve"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    RETRY_FAILED = "retry-failed"


class Deed(NamedTuple):
    """`do` takes session, id, `by` and `clock`; `done` is what is said afterwards."""

    title: str
    power: Power
    states: frozenset[BroadcastState]
    done: str
    do: Callable[..., object] | None = None


DRAFT, SUBMITTED = frozenset({BroadcastState.DRAFT}), frozenset({BroadcastState.SUBMITTED})
UNDER_WAY = frozenset({BroadcastState.SCHEDULED, BroadcastState.SENDING})
PAUSED, DONE = frozenset({BroadcastState.PAUSED}), frozenset({BroadcastState.DONE})
COMPOSE, RELEASE = Power.COMPOSE_BROADCASTS, Power.RELEASE_BROADCASTS
DEEDS: Mapping[Step, Deed] = MappingProxyType(
    {
        Step.SUBMIT: Deed("提交，请同事放行", COMPOSE, DRAFT, "交给同事了，放行以前不会发。", composing.submit),
        Step.TAKE_BACK: Deed("退回修改", COMPOSE, SUBMITTED, "退回成草稿了。", composing.take_back),
        Step.APPROVE: Deed("放行", RELEASE, SUBMITTED, "放行了。"),
        Step.PAUSE: Deed("暂停", COMPOSE, UNDER_WAY, "暂停了，正在路上的几条可能还会到。", releasing.pause),
        Step.RESUME: Deed("继续", COMPOSE, PAUSED, "接着发了。", releasing.resume),
        Step.CANCEL: Deed(
            "取消", COMPOSE, DRAFT | SUBMITTED | UNDER_WAY | PAUSED, "取消了，没发的不再发。", releasing.cancel
        ),
        Step.RETRY_FAILED: Deed(
            "只重发没发成的", COMPOSE, PAUSED | DONE, "没发成的重新排上了。", releasing.retry_failed
        ),
    }
)
WAYS_OUT = (Step.TAKE_BACK, Step.CANCEL)  # of what has missed its moment


def offered(
    broadcast: Broadcast, who: Account, hands: Collection[str], *, is_missed: bool, has_failed: bool
) -> list[tuple[Step, Deed, str]]:
    """What may be done now; for what this person may not do although the role would, why.

    `hands` are those who have worked on it; `is_missed`: it was released, and its moment is over.
    """
    steps = WAYS_OUT if is_missed else [step for step in DEEDS if broadcast.state in DEEDS[step].states]
    return [
        (step, DEEDS[step], _why_not(who, step, hands))
        for step in steps
        if who.may(DEEDS[step].power) and (has_failed or step is not Step.RETRY_FAILED)
    ]


def _why_not(who: Account, step: Step, hands: Collection[str]) -> str:
    if step is Step.APPROVE and who.actor in hands:
        return "您经办了这条推送，要请另一位同事放行。"
    return ""

"""The steps of a round that cannot be taken back: which comes next, and why somebody may not take it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.ballots.rules import STATE_TITLES
from app.campaigns.queries import CampaignView
from app.campaigns.rules import PHASE_TITLES
from app.operators.queries import Account
from app.operators.rules import Power
from models import Round
from models.enums import PhaseKind, RoundState


class StepName(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    CONFIRM = "confirm"
    PUBLISH = "publish"


@dataclass(frozen=True)
class Step:
    """`wants` is the state it begins from; `done` is said when it is done."""

    name: StepName
    title: str
    wants: RoundState
    power: Power
    done: str


STEPS: Mapping[StepName, Step] = MappingProxyType(
    {
        step.name: step
        for step in (
            Step(
                StepName.OPEN,
                "打开投票",
                RoundState.DRAFT,
                Power.RUN_ROUNDS,
                "投票打开了，可以把链接发给职工了。",
            ),
            Step(
                StepName.CLOSE,
                "截止投票",
                RoundState.OPEN,
                Power.RUN_ROUNDS,
                "投票截止了，票已经计好，请核对结果。",
            ),
            Step(
                StepName.CONFIRM,
                "确认结果",
                RoundState.CLOSED,
                Power.CONFIRM_RESULTS,
                "结果确认了，等另一位同事来公布。",
            ),
            Step(
                StepName.PUBLISH,
                "公布结果",
                RoundState.CONFIRMED,
                Power.CONFIRM_RESULTS,
                "结果公布了。",
            ),
        )
    }
)


@dataclass(frozen=True)
class Next:
    """`obstacle` is why the one who reads cannot take the step; None if they can."""

    step: Step
    obstacle: str | None


def next_step(
    round: Round, state: RoundState, campaign: CampaignView, who: Account, hands: Collection[str]
) -> Next | None:
    """None once there is nothing more to do, or only the clock to wait for. `hands` composed or changed it."""
    if state is RoundState.DRAFT and round.released_by is not None:
        return None
    step = next((each for each in STEPS.values() if each.wants is state), None)
    return Next(step, obstacle(step, round, state, campaign, who, hands)) if step else None


def obstacle(
    step: Step, round: Round, state: RoundState, campaign: CampaignView, who: Account, hands: Collection[str]
) -> str | None:
    """The first of what is in the way of `who`; the rooms look at the same again."""
    is_open_phase = campaign.allows.vote or step.name is not StepName.OPEN
    obstacles = (
        (state is not step.wants, f"这一轮投票{STATE_TITLES[state]}，不能{step.title}。"),
        (step.name is StepName.OPEN and round.released_by is not None, "已经安排打开了，到时间会自动打开。"),
        (not who.may(step.power), f"由负责审批的同事来{step.title}。"),
        (
            not is_open_phase,
            f"现在是“{PHASE_TITLES[campaign.phase]}”阶段，到“{PHASE_TITLES[PhaseKind.OPINION]}”才能打开投票。",
        ),
        (
            step.name is StepName.CONFIRM and who.actor in hands,
            "这一轮（或者投票期间的名册）是您组成或改过的，请另一位负责审批的同事来确认。",
        ),
        (
            step.name is StepName.PUBLISH and round.confirmed_by == who.id,
            "结果是您确认的，请另一位负责审批的同事来公布。",
        ),
    )
    return next((sentence for is_so, sentence in obstacles if is_so), None)

"""Approval: choose some of the candidates, at least and at most so many. Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from app.ballots.choices import Choices, Slip, Stance
from app.ballots.types.ballot_type import BadBallot, BallotType, listed, refuse_strangers


class Approval(BallotType):
    key: ClassVar[str] = "approval"
    title: ClassVar[str] = "从候选项目里选几项"
    short: ClassVar[str] = "从中选几项"
    hint: ClassVar[str] = "职工从中挑最赞成的几项，写明至少、最多挑几项。"
    stances: ClassVar[Mapping[Stance, str]] = MappingProxyType({Stance.FOR: "选这一项"})

    def explain(self, slip: Slip) -> str:
        return f"一共 {len(slip.numbers)} 项，请选您最赞成的，{_how_many(slip)}。"

    def checked(self, slip: Slip, stances: Mapping[int, Stance]) -> Choices:
        refuse_strangers(slip, list(stances))
        if Stance.AGAINST in stances.values():
            raise BadBallot("这次投票只选赞成的项目，不投反对票。")
        choices = slip.choices(stances)
        chosen = choices.count(Stance.FOR)
        if not chosen:
            raise BadBallot(f"您还没有选。请选您最赞成的，{_how_many(slip)}。")
        if chosen < slip.min_choices:
            raise BadBallot(
                f"您选了 {chosen} 项，至少要选 {slip.min_choices} 项，请再选 {slip.min_choices - chosen} 项。"
            )
        if chosen > slip.max_choices:
            raise BadBallot(
                f"您选了 {chosen} 项，最多选 {slip.max_choices} 项，请去掉 {chosen - slip.max_choices} 项。"
            )
        return choices

    def spoken(self, slip: Slip, chosen: Sequence[int], refused: Sequence[int]) -> Choices:
        refuse_strangers(slip, [*chosen, *refused])
        return self.checked(slip, dict.fromkeys(chosen, Stance.FOR) | dict.fromkeys(refused, Stance.AGAINST))

    def told(self, slip: Slip, choices: Choices) -> str:
        return f"选了 {listed(slip.chosen(choices, Stance.FOR))}"


def _how_many(slip: Slip) -> str:
    if slip.min_choices == slip.max_choices:
        return f"选 {slip.max_choices} 项"
    if slip.min_choices <= 1:
        return f"最多选 {slip.max_choices} 项"
    return f"选 {slip.min_choices} 到 {slip.max_choices} 项"

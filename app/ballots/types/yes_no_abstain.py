"""Yes, no, abstain: a word to each candidate; `max_choices` limits how many may be approved. Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from app.ballots.choices import Choices, Slip, Stance
from app.ballots.types.ballot_type import BadBallot, BallotType, listed, refuse_strangers


class YesNoAbstain(BallotType):
    key: ClassVar[str] = "yes_no_abstain"
    title: ClassVar[str] = "逐项表态：赞成、反对或弃权"
    short: ClassVar[str] = "逐项赞成、反对、弃权"
    hint: ClassVar[str] = "职工对每一项说赞成、反对还是弃权；下面的数限定最多能赞成几项，不限就写总数。"
    stances: ClassVar[Mapping[Stance, str]] = MappingProxyType(
        {Stance.FOR: "赞成", Stance.AGAINST: "反对", Stance.NONE: "弃权"}
    )

    def explain(self, slip: Slip) -> str:
        limits = [
            *([f"至少赞成 {slip.min_choices} 项"] if slip.min_choices else []),
            *([f"最多赞成 {slip.max_choices} 项"] if slip.max_choices < len(slip.numbers) else []),
        ]
        also = f"，{'，'.join(limits)}" if limits else ""
        return f"一共 {len(slip.numbers)} 项，请逐项选赞成、反对或弃权{also}。"

    def checked(self, slip: Slip, stances: Mapping[int, Stance]) -> Choices:
        refuse_strangers(slip, list(stances))
        if missing := [number for number in slip.numbers if number not in stances]:
            raise BadBallot(f"还有 {len(missing)} 项没有表态：{listed(missing)}。拿不准的可以选弃权。")
        return _within(slip, slip.choices(stances))

    def spoken(self, slip: Slip, chosen: Sequence[int], refused: Sequence[int]) -> Choices:
        """Whoever is not named is abstained from."""
        refuse_strangers(slip, [*chosen, *refused])
        if not chosen and not refused:
            raise BadBallot("您还没有写号码。赞成 1、3、5 号就写：投 1 3 5；还要反对 2 号就写：投 1 3 5 反对 2。")
        stances = dict.fromkeys(chosen, Stance.FOR) | dict.fromkeys(refused, Stance.AGAINST)
        return _within(slip, slip.choices(stances))

    def told(self, slip: Slip, choices: Choices) -> str:
        parts = [
            f"{word} {listed(numbers)}"
            for stance, word in self.stances.items()
            if (numbers := slip.chosen(choices, stance))
        ]
        return "，".join(parts)


def _within(slip: Slip, choices: Choices) -> Choices:
    approved = choices.count(Stance.FOR)
    if approved < slip.min_choices:
        raise BadBallot(f"您赞成了 {approved} 项，至少要赞成 {slip.min_choices} 项。")
    if approved > slip.max_choices:
        raise BadBallot(
            f"您赞成了 {approved} 项，最多赞成 {slip.max_choices} 项，请改掉 {approved - slip.max_choices} 项。"
        )
    return choices

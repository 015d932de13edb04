"""What a type of ballot decides: which ballots are good, how one is said in the chat and explained. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from app.ballots.choices import Choices, Slip, Stance
from app.errors import Invalid


class BadBallot(Invalid):
    """It cannot be counted; the sentence says what to mend."""

    code = "bad_ballot"


class BallotType(ABC):
    """`stances` are what a voter may say of each candidate, with the words of the page.

    `hint` tells operators who compose a round what it asks of voters, `short` is its name in the action log.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    short: ClassVar[str]
    hint: ClassVar[str]
    stances: ClassVar[Mapping[Stance, str]]

    @property
    def refuses(self) -> bool:
        """Whether a voter may be against a candidate."""
        return Stance.AGAINST in self.stances

    @abstractmethod
    def explain(self, slip: Slip) -> str:
        """One sentence for the voter: what a good ballot is."""

    @abstractmethod
    def checked(self, slip: Slip, stances: Mapping[int, Stance]) -> Choices:
        """The ballot of these stances, by the candidates' numbers. Raises BadBallot."""

    @abstractmethod
    def spoken(self, slip: Slip, chosen: Sequence[int], refused: Sequence[int]) -> Choices:
        """The ballot of somebody who names numbers in the chat. Raises BadBallot."""

    @abstractmethod
    def told(self, slip: Slip, choices: Choices) -> str:
        """What a ballot says, in a few words with numbers."""


def refuse_strangers(slip: Slip, numbers: Sequence[int]) -> None:
    """Raises BadBallot for numbers that are not on the ballot, and for one said twice."""
    strangers = sorted({number for number in numbers if number not in slip.numbers})
    if strangers:
        raise BadBallot(f"选票上没有 {listed(strangers)} 号项目，号码是 {slip.numbers[0]} 到 {slip.numbers[-1]}。")
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise BadBallot(f"{listed(twice)} 号写了不止一次，请核对一下再发一遍。")


def listed(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers))

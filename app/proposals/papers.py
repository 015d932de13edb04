"""Forms on paper, in the notice's own layout: what stands in one, and what it is headed with. Pure."""

from dataclasses import dataclass
from datetime import date

from app.campaigns.definition import Definition, Paper
from models.enums import IntakeChannel


@dataclass(frozen=True)
class Filling:
    """What stands in a form; all empty for a blank one. `number` is ours, told at the end of a filled one."""

    proposer: str = ""
    title: str = ""
    summary: str = ""
    expected_outcome: str = ""
    evaluation: str = ""
    filler: str = ""
    phone: str = ""
    filled_on: date | None = None
    number: str = ""


BLANK = Filling()


def paper_of(definition: Definition, channel: IntakeChannel) -> Paper:
    """The head of the form of `channel`; a campaign file that has none gets a plain one."""
    plain = Paper(channel, "", definition.title, definition.wording["unit"].name)
    return next((paper for paper in definition.papers if paper.channel is channel), plain)

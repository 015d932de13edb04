"""Authors at work, a day at a time: who has stopped goes on another day."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.journeys.answers import REVIEW
from tests.year import writing
from tests.year.cast import Person
from tests.year.manners import Manner, answers
from tests.year.office import OWNER
from tests.year.show import CAMPAIGN, Show, Text, together


@dataclass
class Author:
    """`left`: what was begun is still to be handed in."""

    person: Person
    text: Text
    manner: Manner
    left: bool = False


@dataclass(frozen=True)
class Desk:
    """What all write at: the categories there are, and the page."""

    show: Show
    categories: Sequence[dict[str, str]]

    @classmethod
    async def of(cls, show: Show) -> "Desk":
        campaign = await show.office.asks(OWNER, f"/campaigns/{CAMPAIGN}")
        return cls(show, campaign["categories"])

    async def day(self, new: Sequence[Author], waiting: Sequence[Author] = ()) -> list[Author]:
        """Those who have stopped on this day."""
        await together(self.finish(one) for one in waiting)
        await together(self._write(one) for one in new)
        return [one for one in new if one.left]

    async def finish(self, one: Author) -> None:
        """What is there is told, and it goes on from there."""
        reply = await self.show.phones.say(one.person, "恢复草稿" if one.manner.cancels else "继续")
        assert "欢迎回来" in reply, reply
        await writing.go_on(self.show.phones, one.person, reply, self.answers(one))
        self.note(one, await writing.hand_in(self.show.phones, one.person, one.text, one.manner))
        one.left = False

    def answers(self, one: Author) -> writing.Answers:
        return answers(one.person, one.text, one.manner, [each["title"] for each in self.categories])

    def note(self, one: Author, number: str) -> None:
        self.show.tale.numbers[one.text.id] = number
        self.show.tale.authors[number] = one.person

    async def _write(self, one: Author) -> None:
        phones, person, how = self.show.phones, one.person, one.manner
        if how.on_page:
            key = next(each["key"] for each in self.categories if each["title"] == one.text.category)
            url = f"{self.show.stage.service_url}/h5/proposal"
            self.note(one, await writing.on_page(phones, person, one.text, how, key, url))
            return
        until = writing.MIDDLE if how.stops else REVIEW
        await writing.begin(phones, person, self.answers(one), how, until)
        if how.cancels:
            assert "替您收着" in await phones.say(person, "取消")
        one.left = how.stops or how.cancels
        if not one.left:
            self.note(one, await writing.hand_in(phones, person, one.text, how))

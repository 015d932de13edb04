"""A week of voting by two thousand, in the chat and on the page; who has not voted is reminded, nobody else."""

from collections.abc import Sequence

from tests.year import ballots
from tests.year.acts.opening import letter
from tests.year.ballots import Vote, vote
from tests.year.browser import Browser
from tests.year.calendar import LAST_VOTES, REMINDING, VOTING
from tests.year.cast import Person
from tests.year.office import APPROVER, AUDITOR, OWNER
from tests.year.sending import FORBIDDEN, broadcast, each_got_one
from tests.year.show import Show, together

VOTERS = 2000
SHARES = (0.4, 0.2, 0.15)  # of the voters, by the reminder
CHANGING = 0.08  # of those who have voted, each time
READING = 4.0  # seconds that a person takes over a ballot, and no program does
REMINDER = "还有几天，您还没有投票"


async def play(show: Show) -> None:
    voters = show.chance.sample(show.tale.followers, VOTERS)
    machines = [one for one in voters if one.is_machine]
    people = [one for one in voters if not one.is_machine]
    begin = 0
    for moment, share in zip(VOTING, SHARES, strict=True):
        await show.stage.go_to(moment)
        end = begin + int(share * VOTERS)
        await _wave(show, people[begin:end])
        begin = end
    await _press_at_once(show, machines)
    await _look_around(show)
    await _remind(show)
    half = (len(people) - begin) // 2
    for moment, wave in zip(LAST_VOTES, (people[begin : begin + half], people[begin + half :]), strict=True):
        await show.stage.go_to(moment)
        await _wave(show, wave)
    await _look_around(show)
    assert len(show.tale.ballots) == VOTERS
    changed = show.tale.cast_ballots - VOTERS
    show.tell(f"{VOTERS} 位职工投了票，{changed} 位改过主意；票数封着，谁也看不到")


async def _wave(show: Show, new: Sequence[Person]) -> None:
    """New voters, and some who think again."""
    numbers = [one["number"] for one in show.tale.candidates]
    before = [one for one in show.tale.followers if one.id in show.tale.ballots and not one.is_machine]
    again = show.chance.sample(before, int(CHANGING * len(before)))
    votes = [vote(show.chance, person, numbers) for person in (*again, *new)]
    votes = [one for one in votes if one.chosen != show.tale.ballots.get(one.person.id)]
    papers = await together(_paper(show, one.person) for one in votes if one.on_page)
    spoken = [one for one in votes if not one.on_page]
    receipts = await together(ballots.say(show.phones, one, show.chance) for one in spoken)
    await show.stage.let_pass(READING)
    written = [one for one in votes if one.on_page]
    receipts += await together(ballots.send(*each) for each in zip(papers, written, strict=True))
    _note(show, [*spoken, *written], receipts)


async def _press_at_once(show: Show, machines: Sequence[Person]) -> None:
    """A program in several people's names: every ballot the same, as soon as it is open."""

    async def press(one: Vote) -> str:
        return await ballots.send(await _paper(show, one.person), one)

    votes = [Vote(person, (1, 2, 3), on_page=True) for person in machines]
    _note(show, votes, await together(press(one) for one in votes))


async def _paper(show: Show, person: Person) -> Browser:
    return await show.phones.opened(person, f"{show.stage.service_url}/h5/vote/{show.tale.round}")


def _note(show: Show, votes: Sequence[Vote], receipts: Sequence[str]) -> None:
    for one, receipt in zip(votes, receipts, strict=True):
        show.tale.ballots[one.person.id] = one.chosen
        show.tale.receipts[one.person.id] = receipt
        show.tale.cast_ballots += 1


async def _remind(show: Show) -> None:
    await show.stage.go_to(REMINDING)
    round_id, tale = show.tale.round, show.tale
    content = await letter(show, REMINDER, f"{show.stage.service_url}/h5/vote/{round_id}")
    sent = await broadcast(show, "提醒还没投票的", "vote", "template", {"not_voted": round_id}, content)
    waiting = [one for one in tale.followers if one.id not in tale.ballots]
    assert sent["sent"] == len(waiting)
    await each_got_one(show, waiting, REMINDER)
    show.tell(f"提醒了还没投票的 {len(waiting)} 位，投过的一位也没有打扰")


async def _look_around(show: Show) -> None:
    """How many have voted is known to the office; what they chose, to nobody."""
    path = f"/rounds/{show.tale.round}"
    assert (await show.office.asks(APPROVER, path))["ballots"] == len(show.tale.ballots)
    for name in (OWNER, APPROVER, AUDITOR):
        await show.office.is_refused(name, FORBIDDEN, f"{path}/results", "GET")
    somebody = next(one for one in show.tale.followers if one.id in show.tale.ballots)
    assert show.tale.receipts[somebody.id] in await show.phones.say(somebody, "我的选票")

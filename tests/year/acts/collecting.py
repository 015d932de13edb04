"""Twenty-five days of writing: in the chat and on the page, with stops, second thoughts and changes of mind."""

from collections.abc import Sequence

from tests.year import writing
from tests.year.authors import Author, Desk
from tests.year.calendar import COLLECTING
from tests.year.cast import Person
from tests.year.manners import Manner, manner
from tests.year.show import Show, Text, texts, together

OF_SECOND = 20  # texts of the second collection; the others are written on forms
EVERY_NTH_JOINS = 4  # of those who say what a colleague has said already
STOPPING = 12  # begin on the last day but one and stop
WITHDRAWING, AMENDING, LEAVING = 5, 5, 1
SUPPORTING = 120


async def play(show: Show) -> None:
    desk = await Desk.of(show)
    authors, joining = _authors(show)
    waiting: list[Author] = []
    for place, day in enumerate(COLLECTING):
        await show.stage.go_to(day)
        waiting = await desk.day(authors[place :: len(COLLECTING)], waiting)
    await desk.day([], waiting)
    assert len(show.tale.numbers) == len(authors)
    show.tell(f"职工在聊天里和网页上写成 {len(authors)} 份提案，有的写写停停，隔几天又接上")
    joined = await together(_join(desk, one) for one in joining)
    show.tell(f"{sum(joined)} 位职工想提的，同事已经提过，改成了支持同事")
    assert sum(joined) >= len(joining) / 2
    await _change_minds(show)
    await _support(show)
    await _stop(desk)


def _authors(show: Show) -> tuple[list[Author], list[Author]]:
    """Who writes, repetitions after what they repeat; and who will be shown that a colleague has said it."""
    found = [*texts("corpus"), *texts("corpus_second")[:OF_SECOND]]
    show.chance.shuffle(found)
    people = iter(show.cast.workers)
    authors = [Author(next(people), text, manner(show.chance)) for text in found]
    repeating = [one for one in authors if one.text.like]
    joining = repeating[::EVERY_NTH_JOINS]
    originals = [one for one in authors if not one.text.like]
    return [*originals, *(one for one in repeating if one not in joining)], joining


async def _join(desk: Desk, one: Author) -> bool:
    """Before handing in, a colleague's that is alike is shown: then one may stand behind that instead."""
    phones, tale = desk.show.phones, desk.show.tale
    card = await writing.begin(phones, one.person, desk.answers(one), Manner())
    assert one.text.like is not None
    original = tale.numbers[one.text.like]
    if original not in card:
        desk.note(one, await writing.hand_in(phones, one.person, one.text, Manner()))
        return False
    assert "已经记下您的支持" in await phones.say(one.person, f"支持 {original}")
    await phones.say(one.person, "取消")
    tale.supports[original] = tale.supports.get(original, 0) + 1
    return True


async def _change_minds(show: Show) -> None:
    """Some take theirs back, some mend it, one leaves altogether."""
    phones, tale = show.phones, show.tale
    numbers = tale.in_order(number for number in tale.authors if number not in tale.supports)
    chosen = show.chance.sample(numbers, WITHDRAWING + AMENDING + LEAVING)
    for number in chosen[:WITHDRAWING]:
        await phones.say(tale.authors[number], f"撤回 {number}")
        assert "已经撤回" in await phones.say(tale.authors[number], f"确认撤回 {number}")
        tale.withdrawn.add(number)
    for number in chosen[WITHDRAWING : WITHDRAWING + AMENDING]:
        for said in (f"改 {number}", "改 4", "先在两个街道试办，年底再看成效。"):
            await phones.say(tale.authors[number], said)
        assert "改好了" in await phones.say(tale.authors[number], "提交")
    for number in chosen[-LEAVING:]:
        await phones.unfollow(person := tale.authors.pop(number))
        tale.followers.remove(person)


async def _support(show: Show) -> None:
    """Colleagues stand behind one another: the early ones are known best."""
    tale = show.tale
    standing = tale.in_order(set(tale.authors) - tale.withdrawn)
    people = _idle(show)[:SUPPORTING]
    wanted = [standing[int(len(standing) * show.chance.random() ** 3)] for _ in people]
    said = await together(
        show.phones.say(one, f"支持 {number}") for one, number in zip(people, wanted, strict=True)
    )
    assert all("已经记下您的支持" in each for each in said)
    for number in wanted:
        tale.supports[number] = tale.supports.get(number, 0) + 1


async def _stop(desk: Desk) -> None:
    """Some begin on this day and stop in the middle."""
    people = _idle(desk.show)[-STOPPING:]
    authors = [Author(one, _own_words(place, one), Manner(stops=True)) for place, one in enumerate(people)]
    desk.show.tale.stopped = await desk.day(authors)
    assert len(desk.show.tale.stopped) == STOPPING


def _idle(show: Show) -> Sequence[Person]:
    """Workers who have nothing under way."""
    busy = {person.id for person in show.tale.authors.values()}
    return [one for one in show.cast.workers if one.id not in busy and one in show.tale.followers]


def _own_words(place: int, person: Person) -> Text:
    return Text(
        id=f"stopped-{place}",
        category="生活服务",
        title=f"{person.unit.name}门口装一盏路灯",
        summary=f"下夜班出门一段路太黑，{person.unit.trade}们走着心慌，请装一盏声控的灯。",
        expected_outcome="装好一盏，夜班职工都受益。",
        like=None,
    )

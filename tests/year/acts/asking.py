"""Some proposals leave a question open: their authors are asked, and most of them answer in the chat."""

from collections.abc import Sequence

from tests.year.calendar import ANSWERS
from tests.year.cast import Person
from tests.year.office import CLERK, OWNER
from tests.year.sending import times
from tests.year.show import Show, together
from tests.year.stage import until

ASKED, ANSWERING = 9, 6
LOOKING_IN = 60  # authors who ask how it stands, and can be written to for two days
QUESTION = "请说说大约有多少同事用得上，放在哪里办比较方便？"
ANSWER = ("我们班组二十来个人都用得上。", "放在街道职工服务站就很好，下班顺路。", "完")


async def play(show: Show) -> None:
    asked = _latest(show)
    for number, _ in asked:
        await show.office.does(CLERK, f"/proposals/{number}/decision", decision="return", reason=QUESTION)

    async def all_were_asked() -> bool:
        return all(await together(times(show, person, "想请您再补充") for _, person in asked))

    await until(all_were_asked, "not all authors heard the question")
    await show.stage.go_to(ANSWERS)
    await together(_answer(show, number, person) for number, person in asked[:ANSWERING])
    for number, _ in asked:
        one = await show.office.asks(OWNER, f"/proposals/{number}")
        answered = number in [each for each, _ in asked[:ANSWERING]]
        assert one["status"] == ("submitted" if answered else "returned")
        assert [added["asked"] for added in one["supplements"]] == [QUESTION] * answered
    await _look_in(show)
    show.tell(f"向 {ASKED} 位提案人请教，{ANSWERING} 位在聊天里作了补充")


def _latest(show: Show) -> Sequence[tuple[str, Person]]:
    """Those who have written last can still be written to."""
    merged = {number for others in show.tale.families.values() for number in others}
    authors = {number: person for number, person in show.tale.authors.items() if number not in merged}
    return [(number, authors[number]) for number in sorted(authors, reverse=True)[:ASKED]]


async def _answer(show: Show, number: str, person: Person) -> None:
    assert QUESTION in await show.phones.say(person, f"补充 {number}")
    for said in ANSWER:
        card = await show.phones.say(person, said)
    assert "提交" in card
    assert f"已经加到 {number} 里" in await show.phones.say(person, "提交")


async def _look_in(show: Show) -> None:
    numbers = sorted(set(show.tale.authors) - show.tale.withdrawn)[:LOOKING_IN]
    said = await together(show.phones.say(show.tale.authors[number], f"进度 {number}") for number in numbers)
    assert all(number in each for number, each in zip(numbers, said, strict=True))

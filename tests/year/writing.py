"""Writing a proposal: in the chat question by question, or on the page."""

from collections.abc import Mapping, Sequence

from tests.journeys.answers import REVIEW, asked_in
from tests.year.cast import Person
from tests.year.manners import Manner
from tests.year.phones import Phones, number_in
from tests.year.show import Text

MIDDLE = "预期目标或成效"  # where those stop who stop
LIKE = "可能和这些提案相近"

Answers = Mapping[str, Sequence[str]]


async def begin(phones: Phones, person: Person, answers: Answers, manner: Manner, until: str = REVIEW) -> str:
    """From the menu to the review card, or `until` that row is asked for; what is said there."""
    reply = await phones.click(person, "PROPOSE")
    if manner.goes_back:
        reply = await _go_back_once(phones, person, reply, answers)
    return await go_on(phones, person, reply, answers, until)


async def go_on(phones: Phones, person: Person, reply: str, answers: Answers, until: str = REVIEW) -> str:
    while (asked := asked_in(reply)) not in (until, REVIEW):
        for said in answers[asked]:
            reply = await phones.say(person, said)
    return reply


async def hand_in(phones: Phones, person: Person, text: Text, manner: Manner) -> str:
    """From the review card to the number."""
    if manner.sends_picture:
        assert "图片收到" in await phones.send_picture(person)
    if manner.mends:
        reply = await phones.say(person, "改2")
        assert f"原来写的是：{text.title}" in reply, reply
        await phones.say(person, text.title)
    return number_in(await phones.say(person, "提交"))


async def on_page(phones: Phones, person: Person, text: Text, manner: Manner, category: str, url: str) -> str:
    """Half of it is saved first, then it is handed in."""
    browser = await phones.opened(person, url)
    half = {"consent": "agreed", "category": category, "title": text.title, "summary": text.summary}
    assert "已经保存" in await browser.send({**half, "deed": "save"}, "proposal")
    scores = {f"rating_{place}": str(score) for place, score in enumerate(text.ratings, 1) if score}
    rest = {"expected_outcome": text.expected_outcome, "unit": person.unit.name, "name": person.name}
    phone = {"phone": person.telephone} if manner.gives_phone else {}
    return number_in(await browser.send({**rest, **scores, **phone, "deed": "submit"}, "proposal"))


async def _go_back_once(phones: Phones, person: Person, reply: str, answers: Answers) -> str:
    await go_on(phones, person, reply, answers, until="实事项目名称")
    reply = await phones.say(person, "返回")
    assert asked_in(reply) == "类别", reply
    return reply

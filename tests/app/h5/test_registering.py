"""From the ballot to the page that asks for card and name, and back to the ballot."""

import pytest

from app.ballots.binding import TRIES
from app.ballots.electorate import Electorate
from tests.app.ballots.rolls import imported
from tests.app.ballots.station import Station, furnish_station
from tests.app.h5.conftest import Page, World
from tests.app.h5.polls import Poll

MEMBER = {"card": "ａ 001", "name": "张三"}


@pytest.fixture
def poll(world: World) -> Poll:
    """A round that goes by a register."""
    furnish_station(world.database, world.clock)
    with world.database.writing() as session:
        station = Station(session, world.clock, world.installation.keyring)
        register = imported(station, title="二〇一八年会员名册")
        return Poll(world, station.opened(electorate=Electorate(register_id=register.id)).id)


async def asked(poll: Poll, name: str = "王建国") -> Page:
    """The page that the ballot leads to."""
    refused = await poll.paper_of(await poll.voter(name))
    return await refused.view.open(refused.markup.links["去登记"])


async def test_whoever_registers_goes_on_to_the_ballot_and_votes(poll: Poll) -> None:
    page = await asked(poll)
    assert page.path == f"/h5/register/{poll.round_id}"
    for words in ("为什么要问", "一人一票", "二〇一八年会员名册", "电话"):
        assert words in page.text
    ballot = await page.press(**MEMBER)
    assert ballot.path == poll.path
    await poll.cast(ballot, 1)
    assert poll.in_the_box() == (1, 1)
    again = await page.view.open(f"/h5/register/{poll.round_id}")
    assert again.path == poll.path


async def test_what_does_not_match_is_kept_in_the_form(poll: Poll) -> None:
    page = await asked(poll)
    for typed in ({"card": "A999", "name": "张三"}, {"card": "A001", "name": "李四"}):
        refused = await page.press(**typed)
        assert refused.answer.status_code == 422
        assert "没有对上" in refused.text
        assert refused.fields.items() >= typed.items()
    empty = await page.press(card="", name="张三")
    assert "没有写卡号" in empty.text


async def test_nobody_guesses_through_the_register(poll: Poll) -> None:
    page = await asked(poll)
    for number in range(TRIES):
        await page.press(card=f"B{number}", name="张三")
    refused = await page.press(**MEMBER)
    assert refused.answer.status_code == 409
    assert "过一小时再试" in refused.text
    assert (await (await asked(poll, "李师傅")).press(**MEMBER)).path == poll.path


async def test_a_card_of_another_phone_says_whom_to_ask(poll: Poll) -> None:
    await (await asked(poll)).press(**MEMBER)
    refused = await (await asked(poll, "李师傅")).press(**MEMBER)
    assert refused.answer.status_code == 409
    assert "另一部手机" in refused.text
    assert "电话" in refused.text


async def test_what_is_typed_is_shown_as_text(poll: Poll) -> None:
    refused = await (await asked(poll)).press(card='"><script>', name="<b>张三</b>")
    assert "<script>" not in refused.answer.text.partition("<main>")[2]
    assert refused.fields["card"] == '"><script>'


async def test_a_form_of_another_page_binds_nobody(poll: Poll) -> None:
    page = await asked(poll)
    answer = await page.view.browser.post(page.path, data={**MEMBER, "token": "made up"})
    assert answer.status_code == 403
    assert (await page.view.open(page.path)).path == page.path


async def test_there_is_nothing_to_register_for_when_the_round_is_over_or_was_never(poll: Poll) -> None:
    page = await asked(poll)
    poll.close()
    assert (await page.press(**MEMBER)).answer.status_code == 409
    for number in (0, 999, 2**40):
        assert (await page.view.open(f"/h5/register/{number}")).answer.status_code == 404


async def test_a_round_of_all_followers_asks_nobody_to_register(world: World) -> None:
    poll = Poll.open(world)
    phone = world.phone_of(await poll.voter())
    assert (await phone.open(f"/h5/register/{poll.round_id}")).path == poll.path


async def test_in_the_chat_the_same_words_bind(poll: Poll, world: World) -> None:
    person, other = await poll.voter(), await poll.voter("李师傅")
    for said in ("投票", "投 1", "登记"):
        assert "登记 12345 张三" in await world.says(person, said)
    assert "没有对上" in await world.says(person, "登记 A001 李四")
    assert "登记好了" in await world.says(person, "登记 A001 张三")
    assert "已经登记过了" in await world.says(person, "登记 A001 张三")
    assert "已计票" in await world.says(person, "投 1")
    assert "另一部手机" in await world.says(other, "登记A001张三")
    assert (await poll.paper_of(person)).path == poll.path


async def test_five_wrong_tries_are_five_whichever_door(poll: Poll, world: World) -> None:
    person = await poll.voter()
    for number in range(TRIES):
        await world.says(person, f"登记 B{number} 张三")
    page = await world.phone_of(person).open(f"/h5/register/{poll.round_id}")
    assert "过一小时再试" in (await page.press(**MEMBER)).text


async def test_without_such_a_vote_registering_is_a_word_like_others(world: World) -> None:
    person = world.worker()
    await world.says(person, "我要提案")
    assert "名册" not in await world.says(person, "登记失业职工培训意愿")

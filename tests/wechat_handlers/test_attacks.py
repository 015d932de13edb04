"""Whoever is not the platform gets nothing: refused, and not a row of the database is moved."""

import json
from dataclasses import replace

import pytest

from app.database import Database
from app.settings import Settings
from tests.fixtures.service import RunningService, StartService
from tests.standin import crypto
from tests.wechat_handlers.attacks import ATTACKS, BODY_LIMIT, HELLO, OTHER_KEY
from tests.wechat_handlers.callback import ACCOUNT, OPENID, Forge, Request, reply_in, send, text

SMUGGLED = "]]></Content><FromUserName><![CDATA[oVictim]]></FromUserName><Content><![CDATA["


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def forge(service: RunningService) -> Forge:
    return Forge.of(service.settings, service.clock.wall().timestamp())


async def refuses(service: RunningService, request: Request, *, piecewise: bool = False) -> bool:
    """Refused without a word, and not a row is another."""
    before = service.dump()
    answer = await send(service.app, request, piecewise=piecewise)
    return 400 <= answer.status_code < 500 and answer.content == b"" and service.dump() == before


@pytest.mark.parametrize("kind", ATTACKS)
async def test_hostile_requests_are_refused_and_move_nothing(
    service: RunningService, forge: Forge, kind: str
) -> None:
    taken = [name for name, attack in ATTACKS[kind].items() if not await refuses(service, attack(forge))]
    assert taken == []


async def test_a_body_without_announced_length_is_not_read_beyond_the_limit(
    service: RunningService, forge: Forge
) -> None:
    rightly_signed = forge.safe(HELLO)
    too_large = replace(rightly_signed, body=rightly_signed.body.ljust(BODY_LIMIT + 1))
    assert await refuses(service, too_large, piecewise=True)


async def test_a_body_in_pieces_is_a_body(service: RunningService, forge: Forge) -> None:
    long = forge.safe(text("我要提案" + " " * 20_000))
    assert "您同意吗" in reply_in(await send(service.app, long, piecewise=True), service.settings)


async def test_within_five_minutes_either_way_a_push_is_taken(service: RunningService, forge: Forge) -> None:
    for offset in (-300, -299, 299, 300):
        answer = await send(service.app, forge.safe(HELLO, str(forge.now + offset)))
        assert "您同意吗" in reply_in(answer, service.settings)


async def test_replay_within_the_window_gets_the_same_reply_and_moves_nothing(
    service: RunningService, forge: Forge
) -> None:
    request = forge.safe(HELLO)
    first = reply_in(await send(service.app, request), service.settings)
    before = service.dump()
    service.clock.advance(seconds=300)
    assert reply_in(await send(service.app, request), service.settings) == first != ""
    assert service.dump() == before


async def test_replay_after_the_window_is_refused(service: RunningService, forge: Forge) -> None:
    request = forge.safe(HELLO)
    await send(service.app, request)
    service.clock.advance(seconds=301)
    assert await refuses(service, request)


async def test_same_signature_around_the_same_ciphertext_with_another_body_is_refused(
    service: RunningService, forge: Forge
) -> None:
    request = forge.safe(HELLO)
    await send(service.app, request)
    assert await refuses(
        service, replace(request, body=request.body.replace(b"gh_0123456789ab", b"gh_ffffffffffff"))
    )


async def test_a_second_sender_smuggled_into_a_text_stays_text(service: RunningService, forge: Forge) -> None:
    for content in ("我要提案", "同意", "1", "名称", SMUGGLED, "完"):
        await send(service.app, forge.safe(text(content, msg_id=f"{abs(hash(content))}")))
    rows = service.dump()
    assert "oVictim" not in str(rows["followers"])
    assert len(rows["followers"]) == 1
    assert "oVictim" in str(rows["drafts"])


async def test_control_characters_do_not_shut_a_person_out(service: RunningService, forge: Forge) -> None:
    answer = await send(service.app, forge.safe(text("我要\x00\x1d提案")))
    assert "您同意吗" in reply_in(answer, service.settings)


async def test_what_xml_could_not_say_is_dropped_from_json(service: RunningService, forge: Forge) -> None:
    message = json.dumps(
        {
            "ToUserName": ACCOUNT,
            "FromUserName": OPENID,
            "CreateTime": 1512093600,
            "MsgType": "text",
            "Content": "我要\0\ud800提案",
            "Surprise": {"a": ["\ud800", {"b": "\0"}]},
            "MsgId": 1,
        }
    )
    answer = await send(service.app, forge.safe(message))
    assert "您同意吗" in reply_in(answer, service.settings)


async def test_an_echo_is_given_to_the_platform_only(service: RunningService, forge: Forge) -> None:
    query = (*forge.plain("").query, ("echostr", "4375120948345356249"))
    answer = await send(service.app, Request(query, b"", "GET"))
    assert (answer.status_code, answer.text) == (200, "4375120948345356249")
    assert answer.headers["content-type"].startswith("text/plain")
    forged = Request(query, b"", "GET").with_query(signature="0" * 40)
    assert await refuses(service, forged)


async def test_the_previous_key_is_taken_while_it_is_set_and_refused_when_not(
    service: RunningService, start_service: StartService, forge: Forge
) -> None:
    under_old_key = forge.but(aes_key=OTHER_KEY).safe(HELLO)
    assert await refuses(service, under_old_key)
    async with start_service(_with_account(service.settings, previous_encoding_aes_key=OTHER_KEY)) as changed:
        answer = await send(changed, under_old_key)
    old = _with_account(service.settings, encoding_aes_key=OTHER_KEY)
    assert "您同意吗" in reply_in(answer, old)


async def test_in_plain_mode_a_signature_is_good_for_one_body(
    service: RunningService, start_service: StartService, forge: Forge
) -> None:
    async with start_service(_with_account(service.settings, mode="plain")) as app:
        request = forge.plain(HELLO)
        answer = await send(app, request)
        assert "您同意吗" in reply_in(answer, service.settings)
        before = service.dump()
        assert (await send(app, request)).text == answer.text
        forged = [text("同意", openid=OPENID, msg_id=2), text("我要提案", openid="oVictim"), '{"a": "\\ud800"}']
        for body in forged:
            assert 400 <= (await send(app, replace(request, body=body.encode()))).status_code < 500
        assert service.dump() == before


async def test_in_plain_mode_time_and_signature_are_checked_too(
    service: RunningService, start_service: StartService, forge: Forge
) -> None:
    async with start_service(_with_account(service.settings, mode="plain")) as app:
        before = service.dump()
        for hostile in (
            forge.plain(HELLO, str(forge.now - 301)),
            forge.plain(HELLO).with_query(signature="0" * 40),
            forge.but(token="othertoken").plain(HELLO),
            forge.plain(""),
            forge.safe(HELLO),
        ):
            assert 400 <= (await send(app, hostile)).status_code < 500
        assert service.dump() == before


async def test_a_reply_goes_back_signed_and_readable_for_the_platform_alone(
    service: RunningService, forge: Forge
) -> None:
    answer = await send(service.app, forge.safe(HELLO))
    assert HELLO.encode() not in answer.content
    with pytest.raises(crypto.BadCiphertext):
        reply_in(answer, _with_account(service.settings, app_id="wxffffffffffffffff"))


def _with_account(settings: Settings, **changes: str) -> Settings:
    account = {**settings.wechat.model_dump(), **changes}
    return settings.model_copy(update={"wechat": type(settings.wechat).model_validate(account)})

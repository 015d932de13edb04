"""The callback: whatever comes, signed or not, is answered or refused, and the next person is served."""

from random import Random

import pytest

from app.database import Database
from tests.fixtures.service import RunningService
from tests.fuzz.spoiling import spoilt
from tests.wechat_handlers.callback import ACCOUNT, Forge, Request, event, reply_in, send, text

pytestmark = pytest.mark.long

TRIES = 2500
PUSHES = (
    text("我要提案"),
    text("投 1 3 5"),
    event("subscribe", key="qrscene_1", Ticket="t"),
    event("CLICK", key="propose"),
    event("TEMPLATESENDJOBFINISH", MsgID="1", Status="success"),
    event("MASSSENDJOBFINISH", MsgID="1", Status="send success", TotalCount="2", SentCount="2", ErrorCount="0"),
    event("LOCATION", Latitude="31.2", Longitude="121.5", Precision="9"),
    text("", MsgType="voice", Recognition="我要提案", MediaId="m", Format="amr"),
)
NEXT = text("我要提案", openid="oSomebodyElseSomebodyElse123")
WORDS = (
    b"<![CDATA[",
    b"]]>",
    b"<Content>",
    b"</xml>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&a;",
    b"<MsgId>",
    b"<Event>",
    b"&#xd800;",
    b"\xed\xa0\x80",
)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def forge(service: RunningService) -> Forge:
    return Forge.of(service.settings, service.clock.wall().timestamp())


async def answered(service: RunningService, request: Request) -> int:
    answer = await send(service.app, request)
    assert answer.status_code < 500, request
    return answer.status_code


async def test_spoilt_messages_under_a_right_signature(service: RunningService, forge: Forge) -> None:
    chance, taken = Random(2), 0
    for _ in range(TRIES):
        message = spoilt(chance, chance.choice(PUSHES).encode(), most=2).decode(errors="replace")
        status = await answered(service, forge.safe(message))
        taken += status == 200
    assert taken > TRIES / 20, "spoilt so much that nothing comes past the parser"
    assert "您同意吗" in reply_in(await send(service.app, forge.safe(NEXT)), service.settings)


async def test_spoilt_envelopes_move_nothing(service: RunningService, forge: Forge) -> None:
    chance, before = Random(3), service.dump()
    for _ in range(TRIES):
        sound = forge.safe(text("我要提案"))
        body = spoilt(chance, sound.body, (*WORDS, b"<Encrypt>", ACCOUNT.encode()))
        query = tuple(
            (name, spoilt(chance, value.encode()).decode(errors="replace")) for name, value in sound.query
        )
        request = Request(query, body) if chance.random() < 0.5 else Request(query, sound.body)
        assert 400 <= await answered(service, request) < 500, request
    assert service.dump() == before
    assert "您同意吗" in reply_in(await send(service.app, forge.safe(NEXT)), service.settings)

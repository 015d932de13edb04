"""The shared token: one refresh for any number of callers, compare-and-set after a refusal, never a loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest

from app.crypto import Keyring
from app.database import Database
from app.settings import Settings
from app.wechat.errors import Misconfigured, NotSent
from app.wechat.lease import LEASE, Leased, TokenShelf
from app.wechat.token import TokenStore
from app.wechat.wire import Wire
from app.writer import Writer
from models import AccessToken
from tests.fixtures.clocks import SteppingClock
from tests.fixtures.platforms import SharedTime
from tests.standin.platform import Platform

MakeStore = Callable[[], TokenStore]

FETCH = "/cgi-bin/stable_token"


@pytest.fixture
async def new_store(
    settings: Settings,
    platform_transport: httpx.ASGITransport,
    writer: Writer,
    keyring: Keyring,
    clock: SteppingClock,
    shared_time: SharedTime,
) -> AsyncIterator[MakeStore]:
    """Each store stands for a process: it shares nothing with the others but the database."""
    wires: list[Wire] = []

    def make() -> TokenStore:
        wires.append(Wire(settings.wechat, platform_transport))
        return TokenStore(settings.wechat, wires[-1], writer, keyring, clock, shared_time.sleep)

    yield make
    for wire in wires:
        await wire.close()


def fetched(platform: Platform) -> int:
    return platform.quotas.used(FETCH)


async def test_fifty_callers_of_five_processes_make_one_refresh(platform: Platform, new_store: MakeStore) -> None:
    stores = [new_store() for _ in range(5)]
    tokens = await asyncio.gather(*(store.get() for store in stores for _ in range(10)))
    assert len(set(tokens)) == 1
    assert fetched(platform) == 1


async def test_the_token_is_sealed_in_the_table(database: Database, new_store: MakeStore) -> None:
    token = await new_store().get()
    with database.reading() as session:
        stored = session.get_one(AccessToken, "wx0123456789abcdef").token
    assert stored
    assert token.encode() not in stored


async def test_it_is_renewed_before_the_platform_ends_it(
    platform: Platform, new_store: MakeStore, clock: SteppingClock
) -> None:
    store = new_store()
    first = await store.get()
    clock.advance(seconds=7200 - 241)
    assert await store.get() == first
    clock.advance(seconds=2)
    second = await store.get()
    assert second != first
    platform.tokens.check(second)
    assert fetched(platform) == 2


async def test_a_refresher_that_died_holds_nobody_up_for_long(
    writer: Writer, new_store: MakeStore, keyring: Keyring, clock: SteppingClock
) -> None:
    shelf = TokenShelf("wx0123456789abcdef", keyring)
    died_at = clock.wall()
    assert isinstance(writer.run(lambda session: shelf.take(session, died_at, None)), Leased)
    assert await new_store().get()
    assert LEASE <= clock.wall() - died_at < LEASE + timedelta(seconds=1)


async def test_many_refused_callers_force_the_platform_once(platform: Platform, new_store: MakeStore) -> None:
    stores = [new_store() for _ in range(5)]
    dead = await stores[0].get()
    for issued in platform.tokens._known.values():  # the platform dropped it, and does not say so when asked
        issued.dies_at = 0
    renewed = await asyncio.gather(*(store.renew(dead) for store in stores for _ in range(10)))
    assert len(set(renewed)) == 1
    platform.tokens.check(renewed[0])
    assert fetched(platform) == 3  # the first, one asked for in vain, one forced


async def test_a_token_somebody_has_renewed_is_not_renewed_again(platform: Platform, new_store: MakeStore) -> None:
    one, other = new_store(), new_store()
    old = await one.get()
    await other.get()
    platform.tokens.revoke()
    new = await one.renew(old)
    assert await other.renew(old) == new
    assert fetched(platform) == 2


async def test_a_second_refusal_within_thirty_seconds_ends(
    platform: Platform, new_store: MakeStore, clock: SteppingClock
) -> None:
    store = new_store()
    first = await store.get()
    second = await store.renew(first)
    with pytest.raises(NotSent, match="半分钟后"):
        await store.renew(second)
    assert fetched(platform) == 4
    clock.advance(seconds=31)
    assert await store.renew(second) not in (first, second)


async def test_an_address_not_allowed_stops_and_says_what_to_mend(
    platform: Platform, new_store: MakeStore, clock: SteppingClock
) -> None:
    platform.account.ip_allow_list = ("10.9.9.9",)
    store = new_store()
    for _ in range(20):
        with pytest.raises(Misconfigured, match=r"IP 白名单.*127\.0\.0\.1"):
            await store.get()
    assert len(platform.journal.wire) == 1
    platform.account.ip_allow_list = ()
    clock.advance(seconds=31)
    assert await store.get()


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [("appid", "wx-another", "APP_ID"), ("secret", "another", "APP_SECRET")],
)
async def test_a_wrong_identity_stops_and_names_the_setting(
    platform: Platform, new_store: MakeStore, field: str, value: str, name: str
) -> None:
    setattr(platform.account, field, value)
    with pytest.raises(Misconfigured, match=name):
        await new_store().get()


async def test_another_key_of_the_installation_fetches_a_new_token(
    platform: Platform, new_store: MakeStore, writer: Writer
) -> None:
    await new_store().get()

    def spoil(session: object) -> None:
        row = session.get_one(AccessToken, "wx0123456789abcdef")  # type: ignore[attr-defined]
        row.token = b"gone" + bytes(row.token[4:])

    writer.run(spoil)
    assert await new_store().get()
    assert fetched(platform) == 2

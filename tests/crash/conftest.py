"""A platform that loses answers, for all who send to it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.crash.far import Far
from tests.fixtures.installation import make_settings
from tests.fixtures.platforms import account_of
from tests.standin.platform import Platform


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    async with httpx.AsyncClient() as callback:
        account = account_of(make_settings().wechat)
        yield Far(Platform(account, callback=callback, callback_url="http://127.0.0.1:9/wechat"))

"""One broadcast to everybody, by the real engine: `python -m tests.load.sending URL ID` tells the peak of memory.

Only the wire is another: answers come at once from memory, so that hundreds of thousands take a minute or two.
"""

import asyncio
import itertools
import json
import resource
import sys

import httpx
from sqlalchemy.orm import Session

from app.broadcasts.driving import Driver
from app.installation import Installation
from app.logging import configure_logging
from app.settings import PushSettings
from models import Broadcast
from models.enums import BroadcastState
from tests.fixtures.installation import make_settings

FASTEST = PushSettings(per_second=0, concurrency=64, quiet_hours="")
_ids = itertools.count(402_312_345_678)


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("token"):
        return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
    assert json.loads(request.content)["touser"]
    return httpx.Response(200, json={"errcode": 0, "errmsg": "ok", "msgid": next(_ids)})


async def send(url: str, broadcast_id: int) -> None:
    here = Installation.build(make_settings(url, push=FASTEST), transport=httpx.MockTransport(answer))
    here.start()

    def state(session: Session) -> BroadcastState:
        return session.get_one(Broadcast, broadcast_id).state

    driver = Driver.of(here.settings, here.wechat, here.writer, here.keyring, here.clock)
    while here.write(state) is not BroadcastState.DONE:
        await driver.round()
    await here.close()


if __name__ == "__main__":
    configure_logging()
    asyncio.run(send(sys.argv[1], int(sys.argv[2])))
    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))

"""Serves the stand-in with its phone: `python -m tests.standin.phone --port 8001 --state DIR/standin.json`.

The account's data come from the environment, under the names the service itself reads."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn

from tests.standin.phone.app import with_phone
from tests.standin.phone.keeping import Keeper, Unreadable
from tests.standin.phone.routes import Phone
from tests.standin.platform import Platform
from tests.standin.state import Account

GRACE = 2  # seconds for requests under way when asked to stop


class Server(uvicorn.Server):
    """Stops at a signal and returns, so that the chats can be saved."""

    def __init__(self, config: uvicorn.Config, phone: Phone) -> None:
        super().__init__(config)
        self._phone = phone

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """In place of uvicorn's own, which raises the signal once more at the end and so ends the process."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        """Live streams would never end by themselves."""
        self.should_exit = True
        self._phone.events.close()


def account() -> Account:
    return Account(
        appid=os.environ["SHISHI_WECHAT__APP_ID"],
        secret=os.environ["SHISHI_WECHAT__APP_SECRET"],
        token=os.environ["SHISHI_WECHAT__TOKEN"],
        encoding_aes_key=os.environ["SHISHI_WECHAT__ENCODING_AES_KEY"],
        name="杨浦职工之家",  # as in the notice of the 2018 campaign
    )


async def serve(host: str, port: int, state: Path) -> None:
    public_url = os.environ["SHISHI_PUBLIC_URL"]
    async with httpx.AsyncClient(trust_env=False) as callback, httpx.AsyncClient(trust_env=False) as pages:
        platform = Platform(
            account(),
            callback=callback,
            callback_url=f"{public_url}/wechat",
            public_url=os.environ["SHISHI_WECHAT__OPEN_URL"],
        )
        keeper = Keeper(platform, state)
        keeper.restore()
        app, phone = with_phone(platform, pages, public_url)
        phone.invite()
        config = uvicorn.Config(
            app, host, port, log_level="warning", timeout_graceful_shutdown=GRACE, lifespan="off"
        )
        saving = asyncio.create_task(keeper.run())
        await Server(config, phone).serve()
        saving.cancel()
        keeper.save()


def main() -> None:
    parser = argparse.ArgumentParser(description="The stand-in WeChat platform and its phone.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state", type=Path, required=True)
    options = parser.parse_args()
    try:
        asyncio.run(serve(options.host, options.port, options.state))
    except Unreadable as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()

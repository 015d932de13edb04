"""Preparing the service through its own command."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.standin.demo.children import ended, run
from tests.standin.demo.place import Place
from tests.standin.demo.secrets import Operator, Secrets

ROOT = Path(__file__).resolve().parents[3]
CAMPAIGN = ROOT / "deploy" / "campaigns" / "2018.toml"
KEY = "2018"
AT_ONCE = 2


def environment(place: Place, secrets: Secrets) -> dict[str, str]:
    """Ours alone: settings of the user's shell must not reach a demonstration."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHISHI_")}
    return inherited | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "SHISHI_DATABASE_URL": f"sqlite:///{place.database}",
        "SHISHI_PUBLIC_URL": place.service_url,
        "SHISHI_SECRET_KEY": secrets.secret_key,
        "SHISHI_WECHAT__APP_ID": secrets.app_id,
        "SHISHI_WECHAT__APP_SECRET": secrets.app_secret,
        "SHISHI_WECHAT__TOKEN": secrets.callback_token,
        "SHISHI_WECHAT__ENCODING_AES_KEY": secrets.encoding_aes_key,
        "SHISHI_WECHAT__API_URL": place.standin_url,
        "SHISHI_WECHAT__OPEN_URL": place.standin_url,
        "SHISHI_WECHAT__NOTICE_TEMPLATES": "DEMO_OPINION",
        "SHISHI_WECHAT__SCRIPT_URL": f"{place.standin_url}/phone/static/jweixin.js",
        "SHISHI_PUSH__QUIET_HOURS": "",  # an evening's demonstration sends too
        "SHISHI_NOW_OFFSET_SECONDS": str(secrets.offset_seconds),
    }


class Steps:
    """Runs the command `program` in the demonstration's directory, where no .env of a checkout is read."""

    def __init__(self, program: tuple[str, ...], environment: Mapping[str, str], directory: Path) -> None:
        self._program = program
        self._environment = environment  # as it is when a command runs: a rehearsal moves the clock in it
        self._directory = directory

    async def shishi(self, *arguments: str, **more: str) -> str:
        name, command = " ".join(("shishi", *arguments)), [*self._program, *arguments]
        return await run(name, command, {**self._environment, **more}, self._directory)

    async def tried(self, *arguments: str) -> tuple[int, str]:
        """The same of a command that may fail: its exit code, and what it printed."""
        return await ended([*self._program, *arguments], self._environment, self._directory)

    async def migrate(self) -> None:
        await self.shishi("migrate")

    async def fill(self, operators: Sequence[Operator], *, by_hand: bool = True) -> None:
        """What a new database needs: the campaign and people to work with it. `by_hand`: proposals are collected,
        whatever the calendar says.
        """
        await self.shishi("campaign", "load", str(CAMPAIGN))
        if by_hand:
            await self.shishi("campaign", "phase", KEY, "collecting", "--reason", "演示")
        turns = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._employ(operator, turns) for operator in operators))

    async def publish_menu(self) -> None:
        await self.shishi("menu", "publish")

    async def _employ(self, operator: Operator, turns: asyncio.Semaphore) -> None:
        async with turns:
            roles = [word for role in operator.roles for word in ("--role", role)]
            password = {"SHISHI_OPERATOR_PASSWORD": operator.password}
            await self.shishi("operator", "add", operator.name, *roles, **password)
            operator.token = (await self.shishi("operator", "token", operator.name)).split()[-1]


def installed_program() -> tuple[str, ...]:
    return (str(Path(sys.executable).with_name("shishi")),)

"""`python -m tests.standin.demo`: service and stand-in until Ctrl-C. DEMO_PORT and DEMO_DIR say where.

With YEAR set, the whole year is played before anybody looks.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx

from tests.standin.demo.children import Child, Children
from tests.standin.demo.errors import CannotRun
from tests.standin.demo.place import Place
from tests.standin.demo.secrets import Secrets
from tests.standin.demo.steps import ROOT, Steps, environment, installed_program
from tests.standin.demo.welcome import welcome

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OFFSET = "SHISHI_NOW_OFFSET_SECONDS"
UNHURRIED = {"SHISHI_PUSH__PER_SECOND": "0"}  # a year's messages go to thousands
NOT_YET_FOLLOWING = 2  # the first workers on the list are left for whoever tries the phone


class Demo:
    def __init__(self, place: Place, program: tuple[str, ...]) -> None:
        self._place = place
        self._program = program
        self._secrets = Secrets.of(place.secrets)
        self._environment = environment(place, self._secrets)
        self._environment.update(UNHURRIED if place.year else {})
        self._steps = Steps(program, self._environment, place.directory)
        self._children = Children()

    async def run(self) -> None:
        """Until cancelled, or until something ends that should not (CannotRun)."""
        known = self._secrets.prepared
        try:
            await self._begin()
            if known:
                await self._steps.publish_menu()  # the phase may have changed since
            raise CannotRun(await self._children.first_to_end())
        finally:
            for number in STOPS:  # once is enough: whoever is impatient must not interrupt the tidying
                signal.signal(number, signal.SIG_IGN)
            await self._children.stop()

    async def _begin(self) -> None:
        if self._secrets.prepared:
            self._place.check_kind(self._secrets.year)
        else:
            print("第一次运行，正在准备数据，大约需要半分钟……", flush=True)
            self._place.clear()
            self._secrets.save(self._place.secrets)
        standin = await self._start_standin()
        await self._steps.migrate()
        if not self._secrets.prepared:
            await self._fill()
        self._service = await self._start_service()
        await standin.answers(f"{self._place.standin_url}/phone/people")
        await self._service.answers(f"{self._place.service_url}/healthz")
        try:
            if self._place.year and not self._secrets.prepared:
                await self._play_year()
            await self._introduce()
        except httpx.TransportError as error:
            raise CannotRun(
                f"刚启动就没有回应了（{type(error).__name__}），日志在 {self._place.directory}。\n"
                f"It stopped answering right after the start; see the logs in {self._place.directory}."
            ) from None

    async def _fill(self) -> None:
        """For the year the calendar stands before its beginning; otherwise proposals are collected by hand."""
        if self._place.year:
            from tests.standin.demo.year import days_before

            self._environment[OFFSET] = str(days_before())
        await self._steps.fill(self._secrets.operators, by_hand=not self._place.year)

    async def _play_year(self) -> None:
        """In the end the menu is that of the last phase, and the calendar stands where the play ended."""
        from tests.standin.demo.year import RunningStage, play_year

        await self._steps.publish_menu()
        stage = RunningStage(self._place, self._secrets, self._steps, self._restart)
        await play_year(stage, self._between_acts)
        await self._steps.publish_menu()
        self._secrets.prepared = self._secrets.year = True
        self._secrets.save(self._place.secrets)

    async def _between_acts(self, _title: str) -> None:
        """For whoever wants to keep how it stands then; nothing here."""

    async def _restart(self, offset_seconds: int) -> None:
        """The service, with its calendar so far from now."""
        self._secrets.offset_seconds = offset_seconds
        self._secrets.save(self._place.secrets)
        self._environment[OFFSET] = str(offset_seconds)
        await self._children.stop_one(self._service)
        self._service = await self._start_service()
        await self._service.answers(f"{self._place.service_url}/healthz")

    async def _introduce(self) -> None:
        """The first time the account gets menu and followers before anybody looks; later it still has them."""
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            if not self._secrets.prepared:
                await self._steps.publish_menu()
                await self._let_some_follow(client)
            print(welcome(self._addresses(), self._secrets.operators), flush=True)

    async def _start_standin(self) -> Child:
        where = ["--port", str(self._place.port + 1), "--state", str(self._place.chats)]
        command = [sys.executable, "-m", "tests.standin.phone", *where]
        return await self._start("微信替身", command, ROOT, "standin.log")

    async def _start_service(self) -> Child:
        command = [*self._program, "serve", "--port", str(self._place.port)]
        return await self._start("服务", command, self._place.directory, "service.log")

    async def _start(self, name: str, command: list[str], directory: Path, log: str) -> Child:
        log_file = self._place.directory / log
        return await self._children.start(name, command, self._environment, directory, log_file)

    async def _let_some_follow(self, client: httpx.AsyncClient) -> None:
        """An account has followers already: their welcome waits unread in their chats."""
        people = (await client.get(f"{self._place.standin_url}/phone/people")).json()["people"]
        for person in people[NOT_YET_FOLLOWING:]:
            await client.post(f"{self._place.standin_url}/phone/people/{person['id']}/follow")
        self._secrets.prepared = True
        self._secrets.save(self._place.secrets)

    def _addresses(self) -> list[tuple[str, str, str]]:
        service = self._place.service_url
        return [
            ("手机", f"{self._place.standin_url}/", "扮演一位职工，和公众号聊天"),
            ("工作台", f"{service}/console/", "工会的同事在这里办理"),
            ("接口", f"{service}/api/v1/openapi.json", "程序对接用的说明"),
            ("健康", f"{service}/healthz", "服务是否正常"),
            ("数据", str(self._place.directory), "数据库、聊天记录、日志和密码"),
        ]


async def demonstrate(program: tuple[str, ...]) -> int:
    """The exit code: 0 after a Ctrl-C, 1 when it could not run or not go on."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    for number in STOPS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup stays nohup
            loop.add_signal_handler(number, task.cancel)
    try:
        place = Place.from_environment(os.environ)
        with place.occupied():
            place.check_ports()
            place.check_database()
            await Demo(place, program).run()
    except CannotRun as reason:
        print(reason, file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        print("\n演示已结束。")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(demonstrate(installed_program())))

"""The processes of a demonstration: started, watched, and none left behind."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

from tests.standin.demo.errors import CannotRun

PATIENCE = 60.0  # seconds for a child to answer for the first time
GRACE = 8.0  # seconds between asking a child to end and ending it
LAST_LINES = 15


class Child:
    """A long-running process whose output goes to a file."""

    def __init__(self, name: str, process: Process, log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    async def ended(self) -> str:
        """Wait for its end; says who it was, how it ended, and its last words."""
        code = await self._process.wait()
        lines = self._log.read_text("utf-8", errors="replace").splitlines()[-LAST_LINES:]
        last = "\n".join(f"    {line}" for line in lines) or "    （没有输出）"
        return (
            f"{self.name}意外退出（退出码 {code}）。最后的输出，全文在 {self._log}：\n{last}\n"
            f"A process ended unexpectedly with exit code {code}."
        )

    async def answers(self, url: str) -> None:
        """Wait until a GET of `url` succeeds; raises CannotRun when the child ends first or takes too long."""
        ready, ended = asyncio.create_task(_first_answer(url)), asyncio.create_task(self.ended())
        try:
            await asyncio.wait({ready, ended}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise CannotRun(ended.result())
            if not ready.done():
                raise CannotRun(f"{self.name}启动太慢，{PATIENCE:.0f} 秒没有回应。日志在 {self._log}。")
        finally:
            ready.cancel()
            ended.cancel()

    async def stop(self) -> None:
        """Ask, wait, insist; the whole process group, so that no grandchild stays."""
        if self._process.returncode is None:
            _signal(self._process, signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), GRACE)
        _signal(self._process, signal.SIGKILL)
        await self._process.wait()


class Children:
    def __init__(self) -> None:
        self._children: list[Child] = []

    async def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], directory: Path, log: Path
    ) -> Child:
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                env=environment,
                cwd=directory,
                start_new_session=True,  # a Ctrl-C is ours; the children are ended in order
            )
        child = Child(name, process, log)
        self._children.append(child)
        return child

    async def stop_one(self, child: Child) -> None:
        """Whose end is no news."""
        self._children.remove(child)
        await child.stop()

    async def first_to_end(self) -> str:
        waiting = [asyncio.create_task(child.ended()) for child in self._children]
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for task in waiting:
                task.cancel()

    async def stop(self) -> None:
        await asyncio.gather(*(child.stop() for child in self._children))


async def run(name: str, command: Sequence[str], environment: Mapping[str, str], directory: Path) -> str:
    """Run to its end and give what it printed; raises CannotRun with its own words when it fails."""
    code, text = await ended(command, environment, directory)
    if code:
        said = "\n".join(f"    {line}" for line in text.splitlines()[-LAST_LINES:])
        raise CannotRun(f"这一步没有成功：{name}\n{said}\nThis step failed with exit code {code}.")
    return text


async def ended(command: Sequence[str], environment: Mapping[str, str], directory: Path) -> tuple[int, str]:
    """Run to its end: the exit code, and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env=environment, cwd=directory, start_new_session=True
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            _signal(process, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0, output.decode(errors="replace")


def _signal(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


async def _first_answer(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(0.1)

"""The demonstration as a process: it starts, keeps its data, says what is wrong, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.standin.demo.errors import CannotRun
from tests.standin.demo.place import Place
from tests.standin.demo.secrets import Secrets
from tests.standin.demo.welcome import table, width

ROOT = Path(__file__).parents[2]
READY = "按 Ctrl-C 结束"
LIMIT = 60


def free_port() -> int:
    """A port whose neighbour is free as well."""
    while True:
        with socket.socket() as one, socket.socket() as next_one:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                next_one.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


class Running:
    """A demonstration with the tiny service in place of the real one."""

    def __init__(self, directory: Path, port: int) -> None:
        self.phone = f"http://127.0.0.1:{port + 1}"
        self.service = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.phone.demonstrate"],
            cwd=ROOT,
            env={**os.environ, "DEMO_DIR": str(directory), "DEMO_PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until_ready(self) -> str:
        assert self._process.stdout is not None
        said = ""
        for line in self._process.stdout:
            said += line
            if READY in line:
                return said
        raise AssertionError(said)

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Its exit code and what it said since."""
        said, _ = self._process.communicate(timeout=LIMIT)
        return self._process.returncode, said

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.communicate(timeout=LIMIT)


@contextmanager
def running(directory: Path, port: int | None = None) -> Iterator[Running]:
    demo = Running(directory, port or free_port())
    try:
        yield demo
    finally:
        demo.kill()


def is_silent(url: str) -> bool:
    try:
        httpx.get(url, trust_env=False, timeout=2)
    except httpx.TransportError:
        return True
    return False


def calls(directory: Path) -> list[str]:
    return (directory / "calls.log").read_text("utf-8").splitlines()


def test_it_prepares_once_keeps_its_data_and_ends_clean(tmp_path: Path) -> None:
    with running(tmp_path) as demo:
        said = demo.until_ready()
        people = httpx.get(f"{demo.phone}/phone/people", trust_env=False).json()["people"]
        demo.signal(signal.SIGINT)
        code, rest = demo.end()
    assert (code, "Traceback" in rest) == (0, False)
    assert is_silent(demo.phone)
    assert is_silent(demo.service)
    assert f"{demo.phone}/" in said
    assert f"{demo.service}/healthz" in said
    assert "token-of-郑敏" in said
    assert f"{demo.service}/console/" in said
    assert [person["following"] for person in people].count(False) == 2
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600

    with running(tmp_path) as again:
        assert "token-of-郑敏" in again.until_ready()
        same = httpx.get(f"{again.phone}/phone/people", trust_env=False).json()["people"]
        again.signal(signal.SIGTERM)
        assert again.end()[0] == 0
    assert same == people
    assert [call.split()[0] for call in calls(tmp_path)[-3:]].count("migrate") == 1
    assert sum(call.startswith("operator add") for call in calls(tmp_path)) == 5


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port + 1)), running(tmp_path, port) as demo:
        code, said = demo.end()
    assert code == 1
    assert f"端口 {port + 1} 已被占用" in said
    assert f"Port {port + 1} is in use" in said
    assert "Traceback" not in said


def test_a_failing_step_says_which_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    with running(tmp_path) as demo:
        code, said = demo.end()
    assert (code, "Traceback" in said) == (1, False)
    assert "shishi" in said
    assert "数据库打不开" in said
    assert is_silent(demo.phone)


def test_a_child_that_dies_ends_the_other(tmp_path: Path) -> None:
    with running(tmp_path) as demo:
        demo.until_ready()
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{demo.service}/die", trust_env=False)
        code, said = demo.end()
    assert code == 1
    assert "服务意外退出" in said
    assert "last words" in said
    assert is_silent(demo.phone)


def test_two_demonstrations_do_not_share_a_directory(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        first.until_ready()
        with running(tmp_path) as second:
            code, said = second.end()
    assert code == 1
    assert "已有一场演示在进行" in said


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shishi.db").write_text("precious")
    with running(tmp_path) as demo:
        code, said = demo.end()
    assert code == 1
    assert "不是演示留下的数据库" in said
    assert (tmp_path / "shishi.db").read_text() == "precious"


def test_an_attempt_that_never_got_ready_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    with running(tmp_path) as demo:
        assert demo.end()[0] == 1
    (tmp_path / "broken").unlink()
    (tmp_path / "shishi.db").write_text("half made")
    with running(tmp_path) as demo:
        demo.until_ready()
    assert not (tmp_path / "shishi.db").exists()


@pytest.mark.parametrize("port", ["no", "0", "65535", "-1", "8000.5"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(CannotRun, match="DEMO_PORT"):
        Place.from_environment({"DEMO_PORT": port})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"operators": [], "colour": 1}'])
def test_damaged_secrets_are_one_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(text)
    with pytest.raises(CannotRun, match="读不懂"):
        Secrets.of(file)


def test_a_table_lines_up_in_a_terminal() -> None:
    first, second = table([("姓名", "ab", "x"), ("方", "c", "y")])
    assert width(first[: first.index("x")]) == width(second[: second.index("y")])

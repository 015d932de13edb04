"""nginx as deploy/ has it, running: whose address is told, what is logged, what is let through."""

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection, create_server
from threading import Thread

import httpx
import pytest

from tests.house.tree import ROOT

MISSING = [tool for tool in ("nginx", "openssl") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {' '.join(MISSING)}")

NGINX = ROOT / "deploy/nginx"
ADDRESSES = {
    "upstream-host.conf": ["127.0.0.1:8000"],
    "upstream-compose.conf": ["172.28.18.11:8000", "172.28.18.12:8000"],
}
PATHS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
MEGABYTE = 2**20


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers it was sent."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = "".join(f"{name.lower()}: {value}\n" for name, value in self.headers.items()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_POST = do_GET  # noqa: N815 - the name that is called

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: standard error is the test's."""


@pytest.fixture
def service() -> Iterator[int]:
    """The port of a program that stands in for the service."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        serving = Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """One that signs itself; who trusts it."""
    files = ("-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem"))
    kind = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1")
    extended = ("-addext", "subjectAltName=IP:127.0.0.1")
    subprocess.run(["openssl", "req", *kind, *extended, *files], check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Front:
    """A running nginx. `http` and `https` are its ports."""

    def __init__(self, folder: Path, upstream: str, services: list[int]) -> None:
        self.http, self.https, self.folder = free_port(), free_port(), folder
        text = (NGINX / "shishi.conf").read_text()
        text = text.replace("include /etc/nginx/shishi-upstream.conf;", (NGINX / upstream).read_text())
        for address, port in zip(ADDRESSES[upstream], services, strict=True):
            assert address in text
            text = text.replace(address, f"127.0.0.1:{port}")
        places = {
            "/etc/nginx/shishi-proxy.conf": str(NGINX / "proxy.conf"),
            "/etc/nginx/tls": str(folder),
            "/var/log/nginx": str(folder),
        }
        for written, real in places.items():
            text = text.replace(written, real)
        text = re.sub(r"listen \[::\]:.*", "", text)
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.http};")
        text = text.replace("listen 443 ", f"listen 127.0.0.1:{self.https} ")
        paths = "\n".join(f"{name}_temp_path {folder}/{name};" for name in PATHS)
        whole = f"pid {folder}/pid;\ndaemon off;\nevents {{}}\nhttp {{\n{paths}\n{text}\n}}\n"
        if os.geteuid() == 0:
            whole = "user root;\n" + whole
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(whole)

    def order(self) -> list[str]:
        return ["nginx", "-c", str(self.configuration), "-e", str(self.folder / "error.log")]

    @property
    def logged(self) -> str:
        return "".join((self.folder / name).read_text() for name in ("access.log", "error.log"))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.terminate()
        process.wait(10)


def start(front: Front, running: list[subprocess.Popen[bytes]]) -> None:
    running.append(subprocess.Popen(front.order(), stderr=subprocess.DEVNULL))
    for _ in range(100):
        try:
            with closing(create_connection(("127.0.0.1", front.https), 1)):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("nginx does not listen")


@pytest.fixture
def client(
    tmp_path: Path, service: int, certificate: ssl.SSLContext, running: list[subprocess.Popen[bytes]]
) -> Iterator[tuple[httpx.Client, Front]]:
    front = Front(tmp_path, "upstream-host.conf", [service])
    start(front, running)
    with httpx.Client(base_url=f"https://127.0.0.1:{front.https}", verify=certificate) as client:
        yield client, front


@pytest.mark.usefixtures("certificate")
@pytest.mark.parametrize("upstream", ADDRESSES)
def test_nginx_takes_its_files(tmp_path: Path, upstream: str) -> None:
    front = Front(tmp_path, upstream, [9] * len(ADDRESSES[upstream]))
    done = subprocess.run([*front.order(), "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_address_told_is_the_one_seen(client: tuple[httpx.Client, Front]) -> None:
    said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Request-ID": "mine"}
    told = client[0].get("/h5/mine", headers=said).text
    assert "x-forwarded-for: 127.0.0.1\n" in told
    assert "x-forwarded-proto: https\n" in told
    assert "203.0.113.9" not in told
    assert "mine" not in told


def test_no_secret_of_an_address_is_logged(client: tuple[httpx.Client, Front]) -> None:
    asking, front = client
    asking.get("/h5/unit/12/a-secret-of-a-unit?news=saved")
    asking.get("/wechat?openid=oAbCd&signature=a-signature")
    asking.get(f"http://127.0.0.1:{front.http}/h5/vote/1?code=a-code")
    logged = front.logged
    assert '"GET /h5/unit/12/-" 200' in logged
    assert '"GET /wechat" 200' in logged
    assert not [word for word in ("a-secret", "oAbCd", "a-signature", "a-code") if word in logged]


def test_nor_while_the_service_is_down(
    tmp_path: Path, certificate: ssl.SSLContext, running: list[subprocess.Popen[bytes]]
) -> None:
    front = Front(tmp_path, "upstream-host.conf", [free_port()])
    start(front, running)
    with httpx.Client(base_url=f"https://127.0.0.1:{front.https}", verify=certificate) as asking:
        assert asking.get("/wechat?openid=oAbCd").status_code == 502
        for _ in range(15):  # those of them that are refused for being too many are told of as well
            asking.get("/console/sign-in?next=a-secret")
    assert '"GET /wechat" 502' in front.logged
    assert " 429 " in front.logged
    assert "oAbCd" not in front.logged
    assert "a-secret" not in front.logged


def test_plain_http_is_sent_on(client: tuple[httpx.Client, Front]) -> None:
    answer = client[0].get(f"http://127.0.0.1:{client[1].http}/h5/results/2018?from=poster")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://127.0.0.1/h5/results/2018?from=poster"


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_what_is_for_this_machine_stays_here(client: tuple[httpx.Client, Front], path: str) -> None:
    assert client[0].get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/registers", 200),
        ("/api/v1/registers", 200),
        ("/console/forms", 200),
        ("/console/forms/import", 200),
        ("/api/v1/forms", 200),
        ("/wechat", 413),
        ("/h5/proposal", 413),
        ("/console/sign-in", 413),
    ],
)
def test_only_files_may_be_large(client: tuple[httpx.Client, Front], path: str, status: int) -> None:
    assert client[0].post(path, content=b"x" * 21 * MEGABYTE).status_code == status


def test_while_one_service_restarts_the_other_answers(
    tmp_path: Path, service: int, certificate: ssl.SSLContext, running: list[subprocess.Popen[bytes]]
) -> None:
    front = Front(tmp_path, "upstream-compose.conf", [service, free_port()])
    start(front, running)
    with httpx.Client(base_url=f"https://127.0.0.1:{front.https}", verify=certificate) as asking:
        assert {asking.post("/wechat", content=b"x").status_code for _ in range(20)} == {200}

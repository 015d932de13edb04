"""What is in deploy/, read by the tools it is for. Where a tool is missing, the test says so by being skipped."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings
from migrations import configuration
from tests.house.test_settings import names
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
UPSTREAMS = ("upstream-host.conf", "upstream-compose.conf")
FROZEN = "0013"  # until here nothing had been released


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not on this machine")


@needs("nginx")
@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_nginx_takes_its_files(tmp_path: Path, upstream: str) -> None:
    files = ("-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem"))
    kind = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x.test")
    subprocess.run(["openssl", "req", *kind, *files], check=True, capture_output=True)
    places = {
        "/etc/nginx/shishi-upstream.conf": DEPLOY / "nginx" / upstream,
        "/etc/nginx/shishi-proxy.conf": DEPLOY / "nginx/proxy.conf",
        "/etc/nginx/tls": tmp_path,
        "/var/log/nginx": tmp_path,
    }
    text = (DEPLOY / "nginx/shishi.conf").read_text()
    for written, real in places.items():
        text = text.replace(written, str(real))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n{text}\n}}\n")
    done = subprocess.run(["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@needs("systemd-analyze")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    shishi = shutil.which("true")
    for unit in UNITS:
        text = re.sub(r"(?m)^(ExecStart=)\S+", rf"\g<1>{shishi}", unit.read_text())
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "shishi" in line]
    assert ours == []


def test_units_start_what_there_is() -> None:
    for unit in UNITS:
        for order in re.findall(r"(?m)^ExecStart=(\S+)", unit.read_text()):
            assert order in ("/opt/shishi/bin/shishi", "/usr/share/shishi/backup.sh"), unit.name


@pytest.fixture
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_compose_has_two_of_each_behind_nginx(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {"db", "migrate", "nginx", "service-1", "service-2", "worker-1", "worker-2"} == services.keys()
    upstream = (DEPLOY / "nginx/upstream-compose.conf").read_text()
    addresses = [services[f"service-{n}"]["networks"]["inside"]["ipv4_address"] for n in (1, 2)]
    assert re.findall(r"server ([\d.]+):8000", upstream) == addresses
    proxy = services["nginx"]["networks"]["inside"]["ipv4_address"]
    assert services["service-1"]["environment"]["SHISHI_TRUSTED_PROXIES"] == proxy
    assert services["service-1"]["command"][-1] == "--no-background"
    for volume in services["nginx"]["volumes"]:
        file = volume.split(":")[0]
        assert file.startswith("$") or (DEPLOY / file).exists(), volume


def test_compose_asks_for_settings_that_exist(compose: dict[str, Any]) -> None:
    example = (DEPLOY / "compose.env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"(?m)^([A-Z_]+)=", example))
    assert {name for name in named if name.startswith("SHISHI_")} <= set(names(Settings))
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert asked - {"SHISHI_VERSION"} <= named


def test_the_image_is_given_what_it_copies() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    allowed = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", text)
    assert {file for line in copied for file in line.split()} == allowed
    assert all((ROOT / file).exists() for file in allowed)
    assert re.search(r"(?m)^USER shishi$", text)


@needs("sh")
def test_old_backups_go_and_others_stay(tmp_path: Path) -> None:
    """With a stand-in for the command, that only makes the file."""
    tool = tmp_path / "bin/shishi"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\ntest "$1 $2" = "backup --to" && echo whole > "$3"\n')
    tool.chmod(0o755)
    folder = tmp_path / "kept"
    folder.mkdir()
    for name, days in (("shishi-20180101-033000.backup", 40), ("shishi-20180209-033000.backup", 3), ("notes", 90)):
        (folder / name).touch()
        subprocess.run(["touch", "-d", f"{days} days ago", str(folder / name)], check=True)
    environment = {"PATH": f"{tool.parent}:/usr/bin:/bin", "BACKUP_FOLDER": str(folder), "BACKUP_DAYS": "30"}
    subprocess.run([str(DEPLOY / "backup.sh")], env=environment, check=True)
    left = sorted(path.name for path in folder.iterdir())
    assert left[0] == "notes"
    assert "shishi-20180101-033000.backup" not in left
    assert len(left) == 3


def test_nothing_that_the_old_version_needs_goes_while_it_runs() -> None:
    """A revision that takes something away says first since which version nobody needs it: `since X.Y`."""
    from alembic.script import ScriptDirectory

    for script in ScriptDirectory.from_config(configuration()).walk_revisions():
        if script.revision <= FROZEN:
            continue
        upgrade = Path(script.path).read_text(encoding="utf-8").partition("def downgrade")[0]
        takes_away = re.search(r"drop_column|drop_table|rename_table|alter_column", upgrade)
        assert not takes_away or "since " in script.doc, script.path

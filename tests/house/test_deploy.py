"""What is in deploy/, read by the tools it is for. Where a tool is missing, the test says so by being skipped."""

import ast
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from alembic.script import ScriptDirectory

from app.settings import Settings
from migrations import configuration
from tests.house.test_settings import names
from tests.house.tree import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
FROZEN = "0013"  # until here nothing had been released


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not on this machine")


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
            assert order in ("/opt/shishi/bin/shishi", "/usr/local/bin/shishi-backup"), unit.name


@pytest.fixture
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_compose_has_two_of_each_behind_nginx(compose: dict[str, Any]) -> None:
    services = compose["services"]
    twice = {f"{name}-{number}" for name in ("service", "worker") for number in (1, 2)}
    assert {"db", "migrate", "backup", "nginx", *twice} == services.keys()
    upstream = (DEPLOY / "nginx/upstream-compose.conf").read_text()
    addresses = [services[f"service-{n}"]["networks"]["inside"]["ipv4_address"] for n in (1, 2)]
    assert re.findall(r"server ([\d.]+):8000", upstream) == addresses
    proxy = services["nginx"]["networks"]["inside"]["ipv4_address"]
    assert services["service-1"]["environment"]["SHISHI_TRUSTED_PROXIES"] == proxy
    assert services["service-1"]["command"][-1] == "--no-background"
    for volume in services["nginx"]["volumes"]:
        file = volume.split(":")[0]
        assert file.startswith("$") or (DEPLOY / file).exists(), volume


def test_commands_are_run_where_no_address_is_taken(compose: dict[str, Any]) -> None:
    """A second container of a service with an address of its own finds it taken."""
    text = "".join(path.read_text(encoding="utf-8") for path in DEPLOY.glob("*.md"))
    run = set(re.findall(r"compose(?: -f \S+)? run (?:--\S+ )*(\S+)", text))
    assert run
    for name in run:
        assert isinstance(compose["services"][name]["networks"], list), name


def compose_is_here() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    return subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not compose_is_here(), reason="docker compose is not on this machine")
def test_compose_takes_its_file(tmp_path: Path) -> None:
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    example = (DEPLOY / "compose.env.example").read_text(encoding="utf-8")
    (tmp_path / "deploy/.env").write_text(example.replace("POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=x"))
    order = ["docker", "compose", "-f", str(tmp_path / "deploy/compose.yaml"), "config", "--quiet"]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_compose_asks_for_settings_that_exist(compose: dict[str, Any]) -> None:
    example = (DEPLOY / "compose.env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"(?m)^([A-Z_]+)=", example))
    assert {name for name in named if name.startswith("SHISHI_")} <= set(names(Settings))
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert asked <= named


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
    folder, home = tmp_path / "kept", tmp_path / "home"
    (home / "data").mkdir(parents=True)
    folder.mkdir()
    ages = {
        folder / "shishi-20180101-033000.backup": 30,
        folder / "shishi-20180102-033000.backup.unfinished": 30,
        folder / "shishi-20180209-033000.backup": 29,
        folder / "notes": 90,
        home / "data/shishi.db.before-20180101-120000": 31,
        home / "data/shishi.db": 90,
    }
    for path, days in ages.items():
        path.touch()
        subprocess.run(["touch", "-d", f"{days} days ago 1 hour ago", str(path)], check=True)
    environment = {"PATH": f"{tool.parent}:/usr/bin:/bin", "BACKUP_FOLDER": str(folder), "BACKUP_DAYS": "30"}
    subprocess.run([str(DEPLOY / "backup.sh")], env=environment, cwd=home, check=True)
    gone = {path.name for path in ages if not path.exists()}
    assert gone == {
        "shishi-20180101-033000.backup",
        "shishi-20180102-033000.backup.unfinished",
        "shishi.db.before-20180101-120000",
    }
    assert len(list(folder.iterdir())) == 3


@needs("sh")
@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name)
def test_the_shell_takes_the_scripts(script: Path) -> None:
    done = subprocess.run(["sh", "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_that_the_old_version_needs_goes_while_it_runs() -> None:
    """A revision that takes something away, or demands more, says since which version nobody minds: `since X.Y`.

    Why: decision 0016.
    """
    for script in ScriptDirectory.from_config(configuration()).walk_revisions():
        if script.revision <= FROZEN or "since " in (script.doc or ""):
            continue
        assert minding(Path(script.path).read_text(encoding="utf-8")) == [], script.path


TAKING_AWAY = {"drop_column", "drop_table", "rename_table", "alter_column"}
DEMANDING = {"create_unique_constraint", "create_check_constraint"}


def minding(source: str) -> list[str]:
    """What an upgrade does that the version before it would stumble over, or may."""
    upgrade = next(
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    )
    calls = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call)]
    found = [name for call in calls if (name := called(call)) in TAKING_AWAY | DEMANDING]
    found += ["unique index" for call in calls if called(call) == "create_index" and is_unique(call)]
    added = [column for call in calls if called(call) == "add_column" for column in call.args]
    return found + [f"{called(one)} not null" for one in added if isinstance(one, ast.Call) and demands(one)]


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def is_unique(index: ast.Call) -> bool:
    return any(word.arg == "unique" and ast.unparse(word.value) == "True" for word in index.keywords)


def demands(column: ast.Call) -> bool:
    """A column that a row of the old version would be without."""
    said = {word.arg: ast.unparse(word.value) for word in column.keywords}
    return called(column) == "Column" and said.get("nullable") == "False" and "server_default" not in said


@pytest.mark.parametrize(
    ("does", "minds"),
    [
        ('op.add_column("rounds", sa.Column("x", sa.Integer(), nullable=True))', False),
        ('op.add_column("rounds", sa.Column("x", sa.Integer(), nullable=False, server_default="0"))', False),
        ('op.create_table("x", sa.Column("id", sa.Integer(), nullable=False))', False),
        ('op.add_column("rounds", sa.Column("x", sa.Integer(), nullable=False))', True),
        ('batch_op.add_column(sa.Column("x", sa.Integer(), nullable=False))', True),
        ('op.drop_column("rounds", "x")', True),
        ('batch_op.create_unique_constraint("x", ["a"])', True),
        ('op.create_index("x", "rounds", ["a"], unique=True)', True),
    ],
)
def test_what_an_old_version_minds_is_seen(does: str, minds: bool) -> None:
    assert bool(minding(f"def upgrade():\n    {does}\n")) is minds

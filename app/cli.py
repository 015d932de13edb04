"""The `shishi` command: puts the commands together and turns every refusal into one clear line."""

import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from app.commands import (
    campaign,
    database,
    doctor,
    followers,
    forms,
    log,
    menu,
    operator,
    person,
    projects,
    proposals,
    register,
    results,
    round,
    serving,
)
from app.commands.usage import in_chinese
from app.errors import ShishiError

app = typer.Typer(
    help="实事：工会在微信里征集职工实事项目。",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.command()(database.migrate)
app.command()(database.backup)
app.command()(database.restore)
app.command()(serving.serve)
app.command()(serving.worker)
app.command()(doctor.doctor)

# One line for each group of commands; its typer app is in app/commands/.
app.add_typer(campaign.app, name="campaign")
app.add_typer(operator.app, name="operator")
app.add_typer(menu.app, name="menu")
app.add_typer(followers.app, name="followers")
app.add_typer(proposals.app, name="proposals")
app.add_typer(forms.app, name="forms")
app.add_typer(person.app, name="person")
app.add_typer(register.app, name="register")
app.add_typer(round.app, name="round")
app.add_typer(results.app, name="results")
app.add_typer(projects.app, name="projects")
app.add_typer(log.app, name="log")


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Exit code of the command: 0 done, 1 refused with one line, 2 wrong usage."""
    try:
        return app(arguments or ["--help"], prog_name="shishi", standalone_mode=False) or 0
    except ShishiError as error:
        return _say(error.message, 1)
    except TyperException as error:
        return _say(in_chinese(error.format_message()), error.exit_code)
    except (typer.Abort, EOFError):
        return _say("已取消。", 1)


def _say(sentence: str, code: int) -> int:
    typer.echo(sentence, err=True)
    return code

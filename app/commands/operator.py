"""`shishi operator`: accounts of the people who run a campaign, and their API tokens."""

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

app = typer.Typer(help="操作员：开账号，发接口令牌。", rich_markup_mode=None)

PASSWORD_VARIABLE = "SHISHI_OPERATOR_PASSWORD"  # noqa: S105 - the name of a variable


class RoleWord(StrEnum):
    """The words of models.enums.Role, which would bring the whole database layer with it."""

    INTAKE = "intake"
    REVIEWER = "reviewer"
    CAMPAIGNER = "campaigner"
    APPROVER = "approver"
    AUDITOR = "auditor"
    OWNER = "owner"


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="登录名")],
    role: Annotated[list[RoleWord], typer.Option(help="角色，可以写几次")],
) -> None:
    """开一个操作员账号。密码取自环境变量 SHISHI_OPERATOR_PASSWORD，没有就当面输入。"""
    from app.commands.opening import opened
    from app.operators import service
    from app.operators.passwords import hash_password
    from models.enums import Role

    with opened() as bench:
        password = hash_password(_password())
        with bench.database.writing() as session:
            service.add(
                session, name, password, [Role(word) for word in role], actor=bench.actor, clock=bench.clock
            )
    typer.echo(f"已为“{name.strip()}”开好账号，角色：{'、'.join(role)}。")


@app.command()
def token(name: Annotated[str, typer.Argument(metavar="NAME", help="登录名")]) -> None:
    """发一个新的接口令牌。只显示这一次，请马上存好。"""
    from app.commands.opening import opened
    from app.operators import service

    with opened() as bench, bench.database.writing() as session:
        issued = service.issue_token(session, name, actor=bench.actor, clock=bench.clock)
    typer.echo(issued)


def _password() -> str:
    from getpass import getpass

    from app.errors import Invalid

    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise Invalid(f"没有密码：请设置环境变量 {PASSWORD_VARIABLE}，或在终端里运行、当面输入。")
    password = getpass("密码（输入时不显示）：")
    if getpass("再输一遍：") != password:
        raise Invalid("两次输入的密码不一样，请重新来过。")
    return password

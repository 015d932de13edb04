"""`shishi operator`: accounts of the people who run a campaign, helping them in, and their API tokens."""

import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

app = typer.Typer(help="操作员：开账号、停用、解锁，发接口令牌。", rich_markup_mode=None)

PASSWORD_VARIABLE = "SHISHI_OPERATOR_PASSWORD"  # noqa: S105 - the name of a variable


Name = Annotated[str, typer.Argument(metavar="NAME", help="登录名")]


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
    name: Name,
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
def token(name: Name) -> None:
    """发一个新的接口令牌。只显示这一次，请马上存好。"""
    from app.commands.opening import opened
    from app.operators import service

    with opened() as bench, bench.database.writing() as session:
        issued = service.issue_token(session, name, actor=bench.actor, clock=bench.clock)
    typer.echo(issued)


@app.command()
def roles(
    name: Name,
    role: Annotated[list[RoleWord], typer.Option(help="角色，可以写几次；原来的不再算数")],
    unit: Annotated[str | None, typer.Option(metavar="UNIT", help="所在单位，不能评审本单位的提案")] = None,
) -> None:
    """改一位操作员的角色，马上生效。"""
    from app.commands.opening import opened
    from app.operators import service
    from models.enums import Role

    words = [Role(word) for word in role]
    with opened() as bench, bench.database.writing() as session:
        service.set_roles(session, name, words, actor=bench.actor, clock=bench.clock)
        if unit is not None:
            service.set_unit(session, name, unit, actor=bench.actor, clock=bench.clock)
    typer.echo(f"“{name}”现在的角色：{'、'.join(role)}。")


@app.command()
def disable(name: Name) -> None:
    """停用账号：退出所有地方，收回接口令牌。"""
    from app.commands.opening import opened
    from app.operators import service

    with opened() as bench, bench.database.writing() as session:
        service.disable(session, name, actor=bench.actor, clock=bench.clock)
    typer.echo(f"“{name}”已经停用。")


@app.command()
def enable(name: Name) -> None:
    """重新启用账号，密码还是原来的。"""
    from app.commands.opening import opened
    from app.operators import service

    with opened() as bench, bench.database.writing() as session:
        service.enable(session, name, actor=bench.actor, clock=bench.clock)
    typer.echo(f"“{name}”重新启用了。")


@app.command()
def unlock(name: Name) -> None:
    """解开连续输错密码锁住的账号。"""
    from app.commands.opening import opened
    from app.operators import service

    with opened() as bench, bench.database.writing() as session:
        service.unlock(session, name, actor=bench.actor, clock=bench.clock)
    typer.echo(f"“{name}”现在就可以登录。")


@app.command()
def password(name: Name) -> None:
    """重设密码，原来登录着的地方都会退出。密码取自环境变量 SHISHI_OPERATOR_PASSWORD，没有就当面输入。"""
    from app.commands.opening import opened
    from app.operators import credentials
    from app.operators.passwords import hash_password

    with opened() as bench:
        hashed = hash_password(_password())
        with bench.database.writing() as session:
            credentials.set_password(session, name, hashed, actor=bench.actor, clock=bench.clock)
    typer.echo(f"“{name}”的密码已经重设。")


@app.command()
def revoke(name: Name) -> None:
    """收回一位操作员的所有接口令牌。"""
    from app.commands.opening import opened
    from app.operators import service

    with opened() as bench, bench.database.writing() as session:
        taken = service.revoke_tokens(session, name, actor=bench.actor, clock=bench.clock)
    typer.echo(f"收回了 {taken} 个接口令牌。" if taken else f"“{name}”没有接口令牌。")


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

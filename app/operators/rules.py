"""Roles: what each may do and which personal fields it sees. Pure."""

from collections.abc import Collection, Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NamedTuple

from app.errors import Forbidden
from app.phones import masked
from models.enums import IntakeChannel, Role


class Power(StrEnum):
    """What takes a role to do. All operators read; what they read of persons is another table."""

    IMPORT = "import"
    ENTER_PAPER = "enter_paper"
    CLASSIFY = "classify"
    RETURN = "return"
    ASSESS = "assess"
    DECIDE = "decide"
    MERGE = "merge"
    MAKE_CANDIDATES = "make_candidates"
    MAKE_ROUNDS = "make_rounds"
    MAKE_PROJECTS = "make_projects"
    COMPOSE_BROADCASTS = "compose_broadcasts"
    RELEASE_BROADCASTS = "release_broadcasts"
    RUN_ROUNDS = "run_rounds"
    SET_PHASE = "set_phase"
    CONFIRM_RESULTS = "confirm_results"
    READ_LOG = "read_log"
    READ_PERSONS = "read_persons"
    MANAGE_OPERATORS = "manage_operators"


MAY: Mapping[Role, frozenset[Power]] = MappingProxyType(
    {
        Role.INTAKE: frozenset({Power.IMPORT, Power.ENTER_PAPER, Power.CLASSIFY, Power.RETURN}),
        Role.REVIEWER: frozenset({Power.ASSESS, Power.DECIDE, Power.RETURN, Power.MERGE}),
        Role.CAMPAIGNER: frozenset(
            {
                Power.MAKE_CANDIDATES,
                Power.MAKE_ROUNDS,
                Power.MAKE_PROJECTS,
                Power.COMPOSE_BROADCASTS,
                Power.ENTER_PAPER,
            }
        ),
        Role.APPROVER: frozenset(
            {Power.RELEASE_BROADCASTS, Power.RUN_ROUNDS, Power.SET_PHASE, Power.CONFIRM_RESULTS}
        ),
        Role.AUDITOR: frozenset({Power.READ_LOG}),
        Role.OWNER: frozenset(Power),
    }
)

ROLE_TITLES: Mapping[Role, str] = MappingProxyType(
    {
        Role.INTAKE: "收件",
        Role.REVIEWER: "评审",
        Role.CAMPAIGNER: "策划",
        Role.APPROVER: "审批",
        Role.AUDITOR: "审计",
        Role.OWNER: "负责人",
    }
)


class Shown(IntEnum):
    """How much of a personal field is shown; the greater of two roles' counts."""

    NOTHING = 0
    MASKED = 1
    CLEAR = 2


class Sight(NamedTuple):
    """What is shown of a person. `phone` is a worker's own, `form_phone` the one on a union's form."""

    name: Shown = Shown.NOTHING
    phone: Shown = Shown.MASKED
    form_phone: Shown = Shown.MASKED
    openid: Shown = Shown.NOTHING

    def phone_of(self, channel: IntakeChannel) -> Shown:
        return self.phone if channel is IntakeChannel.WECHAT else self.form_phone


SEES: Mapping[Role, Sight] = MappingProxyType(
    {
        Role.INTAKE: Sight(name=Shown.CLEAR, form_phone=Shown.CLEAR),
        Role.REVIEWER: Sight(),
        Role.CAMPAIGNER: Sight(),
        Role.APPROVER: Sight(),
        Role.AUDITOR: Sight(phone=Shown.NOTHING, form_phone=Shown.NOTHING),
        Role.OWNER: Sight(Shown.CLEAR, Shown.CLEAR, Shown.CLEAR, Shown.CLEAR),
    }
)


def may(roles: Collection[Role], power: Power) -> bool:
    return any(power in MAY[role] for role in roles)


def sight(roles: Collection[Role]) -> Sight:
    """The most that any of `roles` sees of each field; without a role, nothing."""
    shown = [SEES[role] for role in roles] or [SEES[Role.AUDITOR]]
    return Sight(*map(max, zip(*shown, strict=True)))


def reveal(value: str | None, shown: Shown) -> str | None:
    if not value or shown is Shown.NOTHING:
        return None
    return value if shown is Shown.CLEAR else masked(value)


def refuse_same_person(first: str, second: str) -> None:
    """Four eyes: whoever composed a thing neither releases nor confirms it, an owner included."""
    if first == second:
        raise Forbidden("这一步要由另一位同事来做，不能自己经办、自己放行。")

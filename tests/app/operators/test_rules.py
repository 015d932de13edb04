"""Roles: the table of the contract, and how much of a person each sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Forbidden
from app.operators.rules import MAY, ROLE_TITLES, SEES, Power, Shown, may, refuse_same_person, reveal, sight
from models.enums import IntakeChannel, Role

NOTHING, MASKED, CLEAR = Shown


def test_every_role_stands_in_every_table() -> None:
    assert set(MAY) == set(ROLE_TITLES) == set(SEES) == set(Role)


def test_an_owner_may_do_all_and_every_power_is_somebodys() -> None:
    assert MAY[Role.OWNER] == frozenset(Power)
    assert Power.MANAGE_OPERATORS not in frozenset().union(*(MAY[role] for role in Role if role is not Role.OWNER))


@pytest.mark.parametrize(
    ("roles", "power", "expected"),
    [
        ({Role.INTAKE}, Power.IMPORT, True),
        ({Role.INTAKE}, Power.DECIDE, False),
        ({Role.REVIEWER}, Power.DECIDE, True),
        ({Role.CAMPAIGNER}, Power.COMPOSE_BROADCASTS, True),
        ({Role.CAMPAIGNER}, Power.RELEASE_BROADCASTS, False),
        ({Role.APPROVER}, Power.SET_PHASE, True),
        ({Role.AUDITOR}, Power.SET_PHASE, False),
        ({Role.AUDITOR, Role.APPROVER}, Power.SET_PHASE, True),
        (set(), Power.CLASSIFY, False),
    ],
)
def test_what_a_role_may_do(roles: set[Role], power: Power, expected: bool) -> None:
    assert may(roles, power) is expected


@pytest.mark.parametrize(
    ("roles", "name", "wechat_phone", "form_phone", "openid"),
    [
        ({Role.OWNER}, CLEAR, CLEAR, CLEAR, CLEAR),
        ({Role.INTAKE}, CLEAR, MASKED, CLEAR, NOTHING),
        ({Role.REVIEWER}, NOTHING, MASKED, MASKED, NOTHING),
        ({Role.CAMPAIGNER}, NOTHING, MASKED, MASKED, NOTHING),
        ({Role.APPROVER}, NOTHING, MASKED, MASKED, NOTHING),
        ({Role.AUDITOR}, NOTHING, NOTHING, NOTHING, NOTHING),
        ({Role.AUDITOR, Role.INTAKE}, CLEAR, MASKED, CLEAR, NOTHING),
        (set(), NOTHING, NOTHING, NOTHING, NOTHING),
    ],
)
def test_what_a_role_sees_of_a_person(
    roles: set[Role], name: Shown, wechat_phone: Shown, form_phone: Shown, openid: Shown
) -> None:
    seen = sight(roles)
    assert (seen.name, seen.openid) == (name, openid)
    assert seen.phone_of(IntakeChannel.WECHAT) is wechat_phone
    assert seen.phone_of(IntakeChannel.ORGANISATION) is seen.phone_of(IntakeChannel.DEPARTMENT) is form_phone


@given(st.sets(st.sampled_from(Role)), st.sampled_from(Role))
def test_another_role_never_takes_away(roles: set[Role], more: Role) -> None:
    assert all(after >= before for before, after in zip(sight(roles), sight({*roles, more}), strict=True))
    assert all(may({*roles, more}, power) for power in Power if may(roles, power))


def test_values_are_revealed_as_far_as_allowed() -> None:
    assert reveal("13812345678", CLEAR) == "13812345678"
    assert reveal("13812345678", MASKED) == "138******78"
    assert reveal("13812345678", NOTHING) is None
    assert reveal(None, CLEAR) is None


def test_nobody_releases_what_the_same_person_composed() -> None:
    refuse_same_person("李", "王")
    with pytest.raises(Forbidden, match="另一位同事"):
        refuse_same_person("李", "李")

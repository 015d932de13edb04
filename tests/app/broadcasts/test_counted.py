"""What the metrics tell of a broadcast: each try by what came of it, and why it rested."""

from collections.abc import Callable

import pytest

from app.broadcasts.driving import Driver
from tests.app.broadcasts.conftest import Release
from tests.app.broadcasts.test_refusals import MASS, TEMPLATE
from tests.fixtures.counts import Since
from tests.standin.platform import Platform

People = Callable[[int], list[str]]


async def test_each_try_by_what_came_of_it(
    driver: Driver, release: Release, people: People, platform: Platform, since: Since
) -> None:
    people(10)
    release()
    platform.refusals[TEMPLATE] = [43004]
    await driver.round()
    assert since("shishi_sends") == {("template", "accepted"): 9, ("template", "refused"): 1}
    assert since("shishi_sending_rests") == {}


@pytest.mark.parametrize(("errcode", "reason"), [(45009, "quota"), (48001, "stop"), (45011, "retry")])
async def test_a_rest_is_counted_once_with_its_reason(
    driver: Driver,
    release: Release,
    people: People,
    platform: Platform,
    since: Since,
    errcode: int,
    reason: str,
) -> None:
    people(10)
    release()
    platform.refusals[TEMPLATE] = [errcode] * 50
    await driver.round()
    assert since("shishi_sending_rests") == {(reason, "broadcast"): 1}


async def test_too_many_failures_are_a_reason(
    driver: Driver, release: Release, people: People, platform: Platform, since: Since
) -> None:
    people(40)
    release()
    platform.refusals[TEMPLATE] = [47003] * 40
    await driver.round()
    assert since("shishi_sending_rests") == {("failing", "broadcast"): 1}


async def test_a_mass_job_is_one_try(
    driver: Driver, release: Release, people: People, platform: Platform, since: Since
) -> None:
    people(10)
    release(channel="mass")
    await driver.round()
    assert since("shishi_sends") == {("mass", "accepted"): 1}
    assert since("shishi_platform_calls")[MASS, "0"] == 1

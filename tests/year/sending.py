"""A broadcast as the office sends it: composed, tried on one phone, released by a colleague, watched."""

from collections.abc import Collection
from typing import Any

from tests.year.cast import Person
from tests.year.office import APPROVER, PLANNER
from tests.year.show import CAMPAIGN, Show, together
from tests.year.stage import until

FORBIDDEN = 403
NOT_WAITING = {"pending": 0, "sending": 0, "unknown": 0}


async def broadcast(
    show: Show, title: str, kind: str, channel: str, audience: dict[str, Any], content: dict[str, Any]
) -> dict[str, Any]:
    """As the API shows it once it is done. Nobody releases what they composed."""
    office = show.office
    composed: dict[str, Any] = {
        "title": title,
        "kind": kind,
        "channel": channel,
        "audience": audience,
        "content": content,
    }
    made = await office.does(PLANNER, "/broadcasts", campaign=CAMPAIGN, **composed)
    path = f"/broadcasts/{made['id']}"
    await office.does(PLANNER, f"{path}/preview", openid=tester(show).id)
    await office.does(PLANNER, f"{path}/submit")
    await office.is_refused(PLANNER, FORBIDDEN, f"{path}/approve")
    await office.does(APPROVER, f"{path}/approve")

    async def is_done() -> bool:
        return bool((await office.asks(APPROVER, path))["state"] == "done")

    await until(is_done, f"“{title}” is not done")
    shown: dict[str, Any] = await office.asks(APPROVER, path)
    assert {name: shown[name] for name in NOT_WAITING} == NOT_WAITING, shown
    return shown


def tester(show: Show) -> Person:
    """Whose phone everything is tried on before it goes out."""
    return show.cast.others[0]


async def each_got_one(show: Show, people: Collection[Person], words: str) -> None:
    """Every one of them, once; nobody else at all. Whoever tries things out had it once before."""
    waiting = list(people)

    async def all_have_it() -> bool:
        """Looks at one phone until that has it, and only then at the others."""
        while waiting and await times(show, waiting[-1], words):
            waiting.pop()
        return not waiting

    await until(all_have_it, f"{len(people)} should have got “{words}”")
    counts = await together(times(show, one, words) for one in show.cast.everyone)
    meant = {one.id for one in people}
    for one, count in zip(show.cast.everyone, counts, strict=True):
        expected = (one.id in meant) + (one is tester(show))
        assert count == expected, f"{one.name} got “{words}” {count} times instead of {expected}"


async def times(show: Show, person: Person, words: str) -> int:
    """How often it came to this phone."""
    return sum(words in _told(entry) for entry in await show.phones.unasked(person))


def _told(entry: dict[str, Any]) -> str:
    return f"{entry['text']} {' '.join(entry['data'].get('values', {}).values())}"

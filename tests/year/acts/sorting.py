"""The first look: who takes what in hand, what it is about, and what several people have said alike."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tests.year.calendar import SIFTING
from tests.year.office import CLERK, OWNER, PLANNER
from tests.year.show import CAMPAIGN, Show, Text, texts, together

REVIEWERS = (CLERK, PLANNER)
FOUND_AT_LEAST = 0.8  # of what says the same, among what is shown beside it


async def play(show: Show) -> None:
    await show.stage.go_to(SIFTING)
    campaign = await show.office.asks(OWNER, f"/campaigns/{CAMPAIGN}")
    assert campaign["phase"] == "screening"
    written = _written(show)
    await _hand_out(show, written, {one["title"]: one["key"] for one in campaign["categories"]})
    families = _families(show, written)
    await _see_what_is_alike(show, families)
    await together(_merge(show, first, others) for first, others in families.items())
    await _take_one_back(show, families)
    show.tale.families = families
    await _look_around(show)


def _written(show: Show) -> Mapping[str, Text]:
    """The texts that are being dealt with, by number."""
    by_id = {text.id: text for text in (*texts("corpus"), *texts("corpus_second"))}
    numbers = {**show.tale.numbers, **show.tale.written_forms}
    found = {number: by_id[id] for id, number in numbers.items() if id in by_id}
    return {number: text for number, text in found.items() if number not in show.tale.withdrawn}


async def _hand_out(show: Show, written: Mapping[str, Text], categories: Mapping[str, str]) -> None:
    """Everything has somebody who looks after it; what came on paper gets a category as well."""
    of_paper = set(show.tale.written_forms.values())

    async def hand_out(number: str, assignee: str) -> None:
        category = {"category": categories[written[number].category]} if number in of_paper else {}
        await show.office.does(CLERK, f"/proposals/{number}", "PATCH", assignee=assignee, **category)

    found = [one["number"] for one in await show.office.all(OWNER, "/proposals", status="submitted")]
    await together(hand_out(number, REVIEWERS[place % 2]) for place, number in enumerate(found))


def _families(show: Show, written: Mapping[str, Text]) -> dict[str, list[str]]:
    """What says the same as what, as those know it who made it up: the first, and the others."""
    numbers = {text.id: number for number, text in written.items()}
    families = defaultdict(list)
    for number, text in written.items():
        if text.like in numbers:
            families[numbers[text.like]].append(number)
    return {first: sorted(others) for first, others in sorted(families.items())}


async def _see_what_is_alike(show: Show, families: Mapping[str, Sequence[str]]) -> None:
    pairs = [(first, other) for first, others in families.items() for other in others]
    shown = await together(show.office.asks(CLERK, f"/proposals/{other}/similar") for _, other in pairs)
    found = [
        first in [one["number"] for one in each["items"]] for (first, _), each in zip(pairs, shown, strict=True)
    ]
    assert sum(found) >= FOUND_AT_LEAST * len(found), f"{sum(found)} of {len(found)}"


async def _merge(show: Show, first: str, others: Sequence[str]) -> dict[str, Any]:
    reason = "说的是同一件事，合在一起办。"
    merged: dict[str, Any] = await show.office.does(
        CLERK, "/merges", into=first, proposals=list(others), reason=reason
    )
    return merged


async def _take_one_back(show: Show, families: Mapping[str, Sequence[str]]) -> None:
    """A merge is undone, all is as before; and then it is made again after all."""
    first, others = next(iter(families.items()))
    made = (await show.office.asks(CLERK, "/merges", campaign=CAMPAIGN))["items"]
    (merge,) = (one for one in made if one["into"] == first)
    await show.office.does(CLERK, f"/merges/{merge['id']}", "DELETE")
    for number in others:
        assert (await show.office.asks(CLERK, f"/proposals/{number}"))["status"] == "submitted"
    await _merge(show, first, others)


async def _look_around(show: Show) -> None:
    """What was merged is still there in its author's words, and says with what it is handled."""
    found = {one["number"]: one for one in await show.office.all(OWNER, "/proposals", status="merged")}
    wanted = {number: first for first, others in show.tale.families.items() for number in others}
    assert {number: one["merged_into"] for number, one in found.items()} == wanted
    author = {number: person for number, person in show.tale.authors.items() if number in wanted}
    for number, person in list(author.items())[:5]:
        assert wanted[number] in await show.phones.say(person, f"进度 {number}")
    show.tell(f"{len(wanted)} 份提案和同事的想到了一块儿，合成 {len(show.tale.families)} 件一起办，原话都在")

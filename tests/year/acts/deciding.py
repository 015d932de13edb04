"""Two reviewers look at what is promising; everything gets an answer, all answers go out together."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.year.calendar import DECISIONS
from tests.year.office import CLERK, OWNER, PLANNER
from tests.year.sending import FORBIDDEN
from tests.year.show import CAMPAIGN, Show, related, together
from tests.year.stage import until

ASSESSED, SHORTLISTED = 44, 40
NOT_YET = 409
GROUNDS = ("routine", "few_benefit", "not_within_year", "not_concrete", "beyond_union", "exists")
NEWS = ("这次没有采纳", "经过评审，它入选了")


async def play(show: Show) -> None:
    open_now = await _open(show)
    promising = _promising(show, open_now)
    await _assess(show, promising)
    await show.stage.go_to(DECISIONS)
    await _prepare(show, promising, open_now)
    before = await _news_on_phones(show)
    assert not any(before.values()), "what is only prepared is told to nobody"
    published = await show.office.does(CLERK, "/decisions/publication", campaign=CAMPAIGN)
    assert published["published"] == len(open_now)
    show.tale.shortlisted = promising[:SHORTLISTED]
    await _look_around(show, open_now)


async def _open(show: Show) -> Mapping[str, dict[str, Any]]:
    """What waits for an answer, by number."""
    waiting = [
        one
        for status in ("submitted", "returned")
        for one in await show.office.all(OWNER, "/proposals", status=status)
    ]
    return {one["number"]: one for one in waiting}


def _promising(show: Show, open_now: Mapping[str, dict[str, Any]]) -> list[str]:
    """What several have said or stand behind, and some from paper; the most promising first."""

    in_pairs = {number for pair in related(show.tale) for number in pair}
    place = {number: place for place, number in enumerate(show.tale.in_order(open_now))}

    def weight(number: str) -> tuple[int, int, int]:
        said = len(show.tale.families.get(number, ())) + (number in in_pairs)
        return said, open_now[number]["supporters"], place[number]

    answered = [number for number, one in open_now.items() if one["status"] == "submitted"]
    of_workers = sorted((n for n in answered if n not in show.tale.of_forms), key=weight, reverse=True)
    of_forms = sorted((n for n in answered if n in show.tale.of_forms), key=weight, reverse=True)
    found = [*of_workers[: ASSESSED - 10], *of_forms[:10]]
    return sorted(found, key=weight, reverse=True)


async def _assess(show: Show, promising: Sequence[str]) -> None:
    """Each by two, blind to one another; before that nothing can be shortlisted."""
    criteria = (await show.office.asks(OWNER, f"/campaigns/{CAMPAIGN}"))["criteria"]

    async def assess(reviewer: str, number: str, place: int) -> None:
        base = 5 if place < SHORTLISTED else 2
        scores = {
            one["key"]: max(1, base - (place + n + (reviewer == CLERK)) % 3) for n, one in enumerate(criteria)
        }
        card: dict[str, Any] = {
            "scores": scores,
            "reasons": {one["key"]: f"{one['title']}：看过原文，和职工聊过。" for one in criteria},
        }
        conclusion = "recommend" if place < SHORTLISTED else "hold"
        await show.office.does(reviewer, f"/proposals/{number}/assessments", **card, conclusion=conclusion)

    first = f"/proposals/{promising[0]}"
    await together(assess(CLERK, number, place) for place, number in enumerate(promising))
    early: dict[str, Any] = {"decision": "shortlist", "reason": "大家都说好。"}
    await show.office.is_refused(CLERK, NOT_YET, f"{first}/decision", **early)
    assert not (await show.office.asks(PLANNER, f"{first}/assessments"))["items"], (
        "the other's card is not shown yet"
    )
    await together(assess(PLANNER, number, place) for place, number in enumerate(promising))
    sheet = await show.office.asks(PLANNER, f"{first}/assessments")
    assert (sheet["complete"], len(sheet["items"])) == (2, 2)


async def _prepare(show: Show, promising: Sequence[str], open_now: Mapping[str, dict[str, Any]]) -> None:
    async def decide(place: int, number: str) -> None:
        answer: dict[str, Any] = {
            "decision": "reject",
            "ground": GROUNDS[place % len(GROUNDS)],
            "reason": "谢谢您替大家想着。",
        }
        if number in promising[:SHORTLISTED]:
            answer = {"decision": "shortlist", "reason": "职工需要，做得成，也量得出。"}
        await show.office.does(CLERK, f"/proposals/{number}/decision", **answer, hold=True)

    await show.office.is_refused(
        PLANNER, FORBIDDEN, f"/campaigns/{CAMPAIGN}/phase", phase="opinion", reason="想快一点"
    )
    await together(decide(place, number) for place, number in enumerate(show.tale.in_order(open_now)))


async def _look_around(show: Show, open_now: Mapping[str, dict[str, Any]]) -> None:
    """Whoever wrote within two days hears of it, once; everybody else reads it as soon as they ask."""
    tale = show.tale
    followed = {first: [first, *tale.families.get(first, ())] for first in open_now}
    authors = {
        number: tale.authors[number]
        for family in followed.values()
        for number in family
        if number in tale.authors and number not in tale.withdrawn
    }

    async def outbox_is_empty() -> bool:
        return sum((await _news_on_phones(show)).values()) > 0 and not await show.office.owed()

    await until(outbox_is_empty, "not all answers have left")
    told = await _news_on_phones(show)
    own = {id: sum(person.id == id for person in authors.values()) for id in told}
    assert all(count <= own[id] for id, count in told.items()), "nobody hears of one proposal twice"
    said = await together(show.phones.say(person, f"进度 {number}") for number, person in authors.items())
    for first, family in followed.items():
        chosen = first in tale.shortlisted
        for number in family:
            if number in authors:
                answer = said[list(authors).index(number)]
                wanted = first if number != first else ("已入选" if chosen else "这次没有采纳")
                assert wanted in answer, answer
    heard = sum(map(bool, told.values()))
    show.tell(f"{len(tale.shortlisted)} 份入选，{len(open_now) - len(tale.shortlisted)} 份说明了为什么不采纳")
    show.tell(f"{heard} 位提案人当时就收到答复，其余的一问就知道")


async def _news_on_phones(show: Show) -> dict[str, int]:
    """How many answers came to each author's phone by themselves, by id."""
    people = {person.id: person for person in show.tale.authors.values()}

    async def count(id: str) -> int:
        entries = await show.phones.unasked(people[id])
        return sum(any(words in entry["text"] for words in NEWS) for entry in entries)

    return dict(zip(people, await together(count(id) for id in people), strict=True))

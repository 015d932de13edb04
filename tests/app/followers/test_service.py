"""Meeting people: each is one row, whoever meets them first, and only what was changed is written."""

from datetime import timedelta
from threading import Barrier, Thread

from sqlalchemy import select

from app.database import Database
from app.followers import service
from models import Follower
from tests.fixtures.clocks import START


def everyone(database: Database) -> list[Follower]:
    with database.reading() as session:
        return list(session.scalars(select(Follower).order_by(Follower.openid)))


def test_those_unknown_until_now_are_made(database: Database) -> None:
    with database.writing() as session:
        first = service.meet(session, ["oA", "oB"], START)
    with database.writing() as session:
        again = service.meet(session, ["oB", "oC"], START + timedelta(days=1))
    assert again["oB"].id == first["oB"].id
    assert [(f.openid, f.created_at) for f in everyone(database)] == [
        ("oA", START),
        ("oB", START),
        ("oC", START + timedelta(days=1)),
    ]


def test_to_look_for_somebody_makes_nobody(database: Database) -> None:
    with database.writing() as session:
        service.meet(session, ["oA"], START)
        assert service.known(session, {"oA", "oB"}).keys() == {"oA"}
        assert service.known(session, set()) == {}
    assert [f.openid for f in everyone(database)] == ["oA"]


def test_what_was_changed_is_saved_and_no_more(database: Database) -> None:
    with database.writing() as session:
        people = service.meet(session, ["oA", "oB"], START)
        service.subscribe(people["oA"], "unit-7", START)
        people["oA"].rest = b"sealed"
        service.save(session, people.values())
    with database.writing() as session:
        service.save(session, [])
    first, second = everyone(database)
    assert (first.subscribed_at, first.scene, first.rest) == (START, "unit-7", b"sealed")
    assert (second.subscribed_at, second.scene, second.rest) == (None, None, None)


def test_following_again_without_a_code_keeps_the_scene(database: Database) -> None:
    with database.writing() as session:
        person = service.meet(session, ["oA"], START)["oA"]
        service.subscribe(person, "unit-7", START)
        service.subscribe(person, None, START + timedelta(days=1))
    assert (person.scene, person.subscribed_at) == ("unit-7", START + timedelta(days=1))


def test_two_who_meet_the_same_people_at_once_wait_for_one_another(database: Database) -> None:
    """In whatever order they name them."""
    met: list[dict[str, int]] = []
    ready = Barrier(2)

    def meet(openids: list[str]) -> None:
        ready.wait(10)
        with database.writing() as session:
            met.append({openid: person.id for openid, person in service.meet(session, openids, START).items()})

    names = [f"o{number}" for number in range(50)]
    threads = [Thread(target=meet, args=(order,)) for order in (names, sorted(names))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert met[0] == met[1]
    assert len(everyone(database)) == 50

"""One's own ballots: told to the voter, to the office only that there is one, and kept counted after erasure."""

import json
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.ballots.own import ballots_of
from app.privacy import service as privacy
from app.privacy.records import Records
from models import Follower, Voter
from tests.app.ballots.station import Station

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_voter_is_told_until_the_key_is_gone(station: Station) -> None:
    round = station.opened()
    cast = station.votes("张三", round, 1, 3, opinions={1: "多放些新书"})
    me = station.room.follower_id("张三")
    (own,) = ballots_of(station.session, me, station.keyring, station.clock.now())
    assert (own.told, own.standing.receipt, own.opinions) == ("选了 1、3", cast.receipt, 1)
    assert (
        ballots_of(station.session, station.room.follower_id("李四"), station.keyring, station.clock.now()) == []
    )
    station.published(station.closed(round))
    assert ballots_of(station.session, me, station.keyring, station.clock.now()) == []


def test_an_export_by_the_office_tells_no_choices(station: Station) -> None:
    round = station.opened()
    cast = station.votes("张三", round, 7, opinions={7: "多放些新书"})
    follower = station.session.get_one(Follower, station.room.follower_id("张三"))
    held = Records(station.session, station.keyring, SHANGHAI, station.clock).of(follower)
    assert held["ballots"] == [{"round_id": round.id, "receipt": cast.receipt, "opinions": 1}]
    assert "新书" not in json.dumps(held, ensure_ascii=False)


def test_who_was_erased_has_voted_all_the_same_and_does_not_vote_twice(station: Station) -> None:
    round = station.opened()
    station.votes("张三", round, 1)
    person = station.person("张三", round)
    privacy.sever(station.session, person.id, person.openid)
    station.session.expire_all()
    station.votes("张三", round, 2)
    assert len(station.session.scalars(select(Voter)).all()) == 1
    assert (station.closed(round).tally or {})["ballots"] == 1

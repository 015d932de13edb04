"""When things happen in the play, in Shanghai, by the notice. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


BEFORE = at(2017, 11, 29, 15)  # the day before proposals are collected
FIRST_DAY = at(2017, 11, 30, 9)  # the notice goes out

# The days on which proposals are written. Whoever stops in the middle goes on on the next of them.
COLLECTING = (
    at(2017, 11, 30, 12),
    at(2017, 12, 4),
    at(2017, 12, 7),
    at(2017, 12, 11),
    at(2017, 12, 14),
    at(2017, 12, 18),
    at(2017, 12, 21),
    at(2017, 12, 24, 14),
)
FORMS_DAY = at(2017, 12, 25, 8, 30)  # what unions and departments sent by then is taken in
LAST_DAY = at(2017, 12, 25, 9)  # who has stopped is reminded
GRACE = at(2017, 12, 26, 9)  # what was begun in time may still be handed in
SIFTING = at(2017, 12, 26, 10)
ANSWERS = at(2017, 12, 27, 12)  # who was asked for more has said it
DECISIONS = at(2017, 12, 29)
CANDIDATES = at(2017, 12, 30, 14)
OPINION = at(2018, 1, 21, 9)  # the ballot is open, the link goes out
VOTING = (at(2018, 1, 21, 12), at(2018, 1, 22, 18), at(2018, 1, 24, 12))
REMINDING = at(2018, 1, 25)  # who has not voted hears of it
LAST_VOTES = (at(2018, 1, 25, 12), at(2018, 1, 27, 20))
BALLOT_CLOSES = at(2018, 1, 28, 20)
COUNT = BALLOT_CLOSES + timedelta(hours=1)
CONFIRMED = at(2018, 1, 29)
EVE = at(2018, 2, 5, 18)  # the projects are chosen; authors ask once more
PUBLICATION = at(2018, 2, 6)  # the plenary session

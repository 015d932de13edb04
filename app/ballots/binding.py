"""Binding a voter's phone to their entry on a register, by card number and name; letting go of it again.

Wrong tries are remembered by this process alone: a restart forgets them, and each further process has its own
count. Nobody tries through a register at a few guesses an hour either way.
"""

from collections.abc import MutableMapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from app.ballots import queries, registers
from app.ballots.queries import NoRound, RoundView
from app.ballots.register_rows import Entry, entry_of
from app.ballots.registers import Keeper
from app.ballots.rules import require
from app.campaigns import queries as campaigns
from app.campaigns import rules as phases
from app.campaigns.definition import Office
from app.clock import Clock
from app.crypto import Keyring
from app.errors import Conflict, Invalid
from app.operators import log
from app.operators.rules import Power
from models import Follower, RegisterEntry
from models.enums import RoundState

TRIES = 5
WITHIN = timedelta(hours=1)

NO_MATCH = "没有对上。请核对卡号和姓名，按单位登记的写，再试一次。"


class NoMatch(Invalid):
    """No such card, or another name: never said which."""

    code = "no_match"


class TooManyTries(Conflict):
    code = "too_many_tries"


class BoundElsewhere(Conflict):
    """The card belongs to another phone already, or the phone to another card."""

    code = "bound_elsewhere"


class _Tries:
    """What did not match of late, by register and phone; the same try again is no further one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wrong: dict[tuple[int, str], dict[str, datetime]] = {}

    def are_used_up(self, whose: tuple[int, str], now: datetime) -> bool:
        with self._lock:
            self._forget(now)
            return len(self._wrong.get(whose, ())) >= TRIES

    def note(self, whose: tuple[int, str], tried: str, now: datetime) -> None:
        with self._lock:
            self._wrong.setdefault(whose, {}).setdefault(tried, now)

    def _forget(self, now: datetime) -> None:
        for whose, tried in list(self._wrong.items()):
            recent = {each: at for each, at in tried.items() if now - at < WITHIN}
            if recent:
                self._wrong[whose] = recent
            else:
                del self._wrong[whose]


_tries: MutableMapping[Engine | Connection, _Tries] = WeakKeyDictionary()


def to_bind(session: Session, round_id: int, follower_id: int, keyring: Keyring, clock: Clock) -> RoundView | None:
    """The round for which this follower is to be bound; None when they are, or it takes no register.

    Raises NoRound, WrongState, PhaseClosed.
    """
    round = queries.by_id(session, round_id, keyring, clock.now())
    if round.state is RoundState.DRAFT:
        raise NoRound("没有这一轮投票，或者还没有开始。")
    require(round.state, RoundState.OPEN, "再登记")
    campaign = campaigns.by_id(session, round.campaign_id, clock)
    phases.require(campaign.allows.vote, campaign.phase, "登记")
    register_id = round.fixed.electorate.register_id
    if register_id is None or _own(session, register_id, follower_id) is not None:
        return None
    return round


def bind(
    session: Session, round_id: int, follower_id: int, card: str, name: str, *, keyring: Keyring, clock: Clock
) -> None:
    """Bind the follower to whoever has this card and name on the round's register; once bound nothing changes.

    Raises NoRound, WrongState, PhaseClosed, TooManyTries, NoMatch, BoundElsewhere, Invalid.
    """
    own = select(Follower.openid).where(Follower.id == follower_id).with_for_update()  # one card a phone
    openid = session.scalar(own)
    round = to_bind(session, round_id, follower_id, keyring, clock)
    if round is None or openid is None:
        return
    phones = _phones(round, openid, keyring)
    entry = entry_of(card, name)
    office = campaigns.by_id(session, round.campaign_id, clock).definition.office
    found = _matched(session, round, phones[0], entry, office, keyring, clock)
    if found.follower_id is not None or (found.phone and found.phone not in phones):
        raise BoundElsewhere(
            "这张卡已经在另一部手机上登记过了。如果是您换了微信或手机，或者不是您本人登记的，"
            f"请联系{office.name}，电话 {office.phone}，请工作人员解开，再来登记。"
        )
    before = _bound_before(session, found.register_id, phones)
    if before is not None and before.id != found.id:
        raise BoundElsewhere(
            f"这个微信已经用另一张会员卡登记过了，一人一张。登记错了，请联系{office.name}，电话 {office.phone}。"
        )
    found.follower_id, found.phone = follower_id, phones[0]
    session.flush()


def release(
    session: Session, register_id: int, entry: Entry, reason: str, *, by: Keeper, keyring: Keyring, clock: Clock
) -> None:
    """Let another phone be bound. A ballot that was cast stays the entry's one ballot.

    Raises Forbidden, NoRegister, NoMatch, Conflict, Invalid.
    """
    by.require(Power.MAKE_ROUNDS)
    register = registers.by_id(session, register_id)
    reason = registers.reason_without(entry, reason)
    found = registers.find(session, register.id, entry, keyring)
    if found is None:
        raise NoMatch("名册里没有这个卡号和姓名，请核对。")
    if found.follower_id is None and found.phone is None:
        raise Conflict("这张卡现在没有绑定手机，不用解开，请本人直接登记。")
    found.follower_id = found.phone = None
    session.flush()
    detail = {"entry": found.id, "unit": found.unit, "reason": reason}
    subject = f"register:{register.id}"
    log.record(session, actor=by.actor, verb="register.release", subject=subject, detail=detail, clock=clock)


def _matched(
    session: Session,
    round: RoundView,
    phone: str,
    entry: Entry,
    office: Office,
    keyring: Keyring,
    clock: Clock,
) -> RegisterEntry:
    register_id = round.fixed.electorate.register_id
    assert register_id is not None, "whoever is to be bound votes by a register"
    tries, whose = _tries.setdefault(session.get_bind(), _Tries()), (register_id, phone)
    if tries.are_used_up(whose, clock.wall()):
        raise TooManyTries(
            f"已经试了 {TRIES} 次，都没有对上。请过一小时再试，或者联系{office.name}，电话 {office.phone}。"
        )
    found = registers.find(session, register_id, entry, keyring)
    if found is None:
        tries.note(whose, keyring.digest(f"{entry.card}\0{entry.name}", "tried"), clock.wall())
        raise NoMatch(NO_MATCH)
    return found


def _phones(round: RoundView, openid: str, keyring: Keyring) -> list[str]:
    """What may stand for a phone on the round's register, the present secret's first."""
    return keyring.digests(openid, f"register {round.fixed.electorate.register_id} phone")


def _bound_before(session: Session, register_id: int, phones: Sequence[str]) -> RegisterEntry | None:
    bound = RegisterEntry.register_id == register_id, RegisterEntry.phone.in_(phones)
    return session.scalar(select(RegisterEntry).where(*bound))


def _own(session: Session, register_id: int, follower_id: int) -> RegisterEntry | None:
    bound = RegisterEntry.register_id == register_id, RegisterEntry.follower_id == follower_id
    return session.scalar(select(RegisterEntry).where(*bound))

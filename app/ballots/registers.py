"""Registers of who may vote: imported whole, then frozen; kept are keyed hashes of card and name, and the unit."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.ballots.electorate import Electorate, entry_identity
from app.ballots.keys import RoundKey
from app.ballots.queries import ENTRIES, VOTERS
from app.ballots.register_rows import Entry, Roll
from app.ballots.rules import TITLE_LIMIT
from app.campaigns import queries as campaigns
from app.clock import Clock
from app.conversation.parsers import clean
from app.crypto import Keyring
from app.errors import Conflict, Invalid, NotFound
from app.operators import log
from app.operators.reasons import clean_reason
from app.operators.rules import Power
from models import Register, RegisterEntry, Round
from models.enums import RoundState, Turnout

ROWS_AT_ONCE = 5000
PROBLEMS_TOLD = 20
NO_UNIT = "没有写单位"


class NoRegister(NotFound):
    code = "no_register"


class InUse(Conflict):
    """A round goes by the register."""

    code = "register_in_use"


class AlreadyOnRegister(Conflict):
    code = "already_on_register"


class Keeper(Protocol):
    """An operator's account, or the command line, which has no `id`."""

    @property
    def id(self) -> int | None: ...
    @property
    def actor(self) -> str: ...
    def require(self, power: Power, /) -> None: ...


@dataclass(frozen=True)
class Numbers:
    """`entries` as imported, `added` since, and how many of all are `bound` to a phone.

    Who is bound has come to vote: None while a round goes by the register and nobody may see the turnout.
    """

    entries: int
    added: int
    bound: int | None


class UnitTurnout(NamedTuple):
    unit: str
    entries: int
    voted: int


def import_roll(
    session: Session, key: str, title: str, roll: Roll, *, by: Keeper, keyring: Keyring, clock: Clock
) -> Register:
    """Import all that a file has, or nothing. Raises Forbidden, NoCampaign, Invalid."""
    by.require(Power.MAKE_ROUNDS)
    title = check_title(title)
    refuse_problems(roll)
    register = Register(
        campaign_id=campaigns.by_key(session, key, clock).id,
        title=title,
        entries=len(roll.entries),
        digest="",
        imported_by=by.id,
        imported_at=clock.now(),
    )
    session.add(register)
    session.flush()
    for at in range(0, len(roll.entries), ROWS_AT_ONCE):
        some = roll.entries[at : at + ROWS_AT_ONCE]
        session.execute(insert(ENTRIES), [_hashed(register.id, one, keyring) for one in some])
    register.digest = frozen_digest(session, register.id)
    session.flush()
    detail = {"title": title, "entries": register.entries, "digest": register.digest}
    _note(session, register.id, by, "import", clock, detail)
    return register


def add(
    session: Session, register_id: int, entry: Entry, reason: str, *, by: Keeper, keyring: Keyring, clock: Clock
) -> RegisterEntry:
    """Add somebody whom the file had left out. Raises Forbidden, NoRegister, AlreadyOnRegister, Invalid."""
    by.require(Power.MAKE_ROUNDS)
    register = by_id(session, register_id, locked=True)
    reason = reason_without(entry, reason)
    if find_card(session, register.id, entry.card, keyring) is not None:
        raise AlreadyOnRegister("这个卡号已经在名册里了，不用再补。")
    added = RegisterEntry(**_hashed(register.id, entry, keyring), added_at=clock.now())
    session.add(added)
    session.flush()
    detail = {"entry": added.id, "unit": added.unit, "reason": reason}
    _note(session, register.id, by, "add", clock, detail)
    return added


def drop(session: Session, register_id: int, *, by: Keeper, clock: Clock) -> None:
    """Delete a register that no round goes by. Raises Forbidden, NoRegister, InUse."""
    by.require(Power.MAKE_ROUNDS)
    register = by_id(session, register_id, locked=True)
    if rounds := rounds_of(session, register):
        titles = "、".join(f"“{round.title}”" for round in rounds)
        raise InUse(f"{titles}用着这份名册，不能删。")
    detail = {"title": register.title, "entries": register.entries, "digest": register.digest}
    session.delete(register)
    session.flush()
    _note(session, register_id, by, "drop", clock, detail)


def by_id(session: Session, register_id: int, *, locked: bool = False) -> Register:
    """Raises NoRegister."""
    register = session.get(Register, register_id, with_for_update=locked or None)
    if register is None:
        raise NoRegister("没有这份会员名册，可能已经删掉了。")
    return register


def of_campaign(session: Session, campaign_id: int) -> Sequence[Register]:
    """The newest first."""
    own = select(Register).where(Register.campaign_id == campaign_id)
    return session.scalars(own.order_by(Register.id.desc())).all()


def numbers(session: Session, register: Register) -> Numbers:
    counted = select(func.count(ENTRIES.c.added_at), func.count(ENTRIES.c.follower_id))
    added, bound = session.execute(counted.where(ENTRIES.c.register_id == register.id)).one()
    return Numbers(register.entries, added, bound if _may_tell_bound(session, register) else None)


def _may_tell_bound(session: Session, register: Register) -> bool:
    """To operators, who alone are told."""
    untold = (RoundState.DRAFT, RoundState.OPEN)
    hidden = (one.turnout is Turnout.NOBODY and one.state in untold for one in rounds_of(session, register))
    return not any(hidden)


def rounds_of(session: Session, register: Register) -> Sequence[Round]:
    """The rounds that go by it, drafts among them."""
    around = session.scalars(select(Round).where(Round.campaign_id == register.campaign_id).order_by(Round.id))
    return [one for one in around if Electorate.from_json(one.electorate).register_id == register.id]


def frozen_digest(session: Session, register_id: int) -> str:
    """The SHA-256 over what was imported, whoever was added since left out: so a change shows."""
    frozen = select(ENTRIES.c.card, ENTRIES.c.name, ENTRIES.c.unit).where(
        ENTRIES.c.register_id == register_id, ENTRIES.c.added_at.is_(None)
    )
    lines = sorted(f"{card} {name} {unit or ''}" for card, name, unit in session.execute(frozen))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def find_card(session: Session, register_id: int, card: str, keyring: Keyring) -> RegisterEntry | None:
    """The entry of a card in one spelling, locked; also one hashed with the secret before."""
    hashes = keyring.digests(card, _place(register_id, "card"))
    found = select(RegisterEntry).where(RegisterEntry.register_id == register_id, RegisterEntry.card.in_(hashes))
    return session.scalar(found.with_for_update())


def find(session: Session, register_id: int, entry: Entry, keyring: Keyring) -> RegisterEntry | None:
    """Whoever has this card and this name, locked."""
    found = find_card(session, register_id, entry.card, keyring)
    names = keyring.digests(_named(entry), _place(register_id, "name"))
    return found if found is not None and found.name in names else None


def count_turnout(session: Session, round_id: int, register_id: int, key: RoundKey) -> list[UnitTurnout]:
    """How many of each unit have voted; known only as long as there is the round's key."""
    voters = set(session.scalars(select(VOTERS.c.voter).where(VOTERS.c.round_id == round_id)))
    of_it = select(ENTRIES.c.id, ENTRIES.c.unit).where(ENTRIES.c.register_id == register_id)
    entries, voted = Counter[str](), Counter[str]()
    for entry_id, unit in session.execute(of_it):
        entries[unit or NO_UNIT] += 1
        voted[unit or NO_UNIT] += key.voter(entry_identity(entry_id)) in voters
    return [UnitTurnout(unit, entries[unit], voted[unit]) for unit in sorted(entries)]


def turnout(round: Round) -> list[UnitTurnout]:
    """What was counted at the close, by unit; nothing for a round without a register. Small units identify."""
    return [UnitTurnout(*each) for each in round.turnout_by_unit or ()]


def check_title(title: str) -> str:
    """Raises Invalid."""
    title = " ".join(clean(title).split())
    if not 0 < len(title) <= TITLE_LIMIT:
        raise Invalid(f"请给名册起个名字，最多 {TITLE_LIMIT} 个字。")
    return title


def refuse_problems(roll: Roll) -> None:
    """Raises Invalid with what is wrong, row by row."""
    if not roll.problems:
        return
    more = len(roll.problems) - PROBLEMS_TOLD
    told = [problem.sentence for problem in roll.problems[:PROBLEMS_TOLD]]
    rest = f"还有 {more} 处没有列出。" if more > 0 else ""
    raise Invalid(f"名册里有 {len(roll.problems)} 处要先改好，没有导入任何人。{''.join(told)}{rest}")


def reason_without(entry: Entry, reason: str) -> str:
    """The reason as it is logged. Raises Invalid for one that names whom it is about."""
    reason = clean_reason(reason)
    if entry.name in reason.casefold() or entry.card in reason.upper():
        raise Invalid("原因会一直留在操作日志里，请不要写姓名和卡号。")
    return reason


def _hashed(register_id: int, entry: Entry, keyring: Keyring) -> dict[str, str | int | None]:
    return {
        "register_id": register_id,
        "card": keyring.digest(entry.card, _place(register_id, "card")),
        "name": keyring.digest(_named(entry), _place(register_id, "name")),
        "unit": entry.unit,
    }


def _named(entry: Entry) -> str:
    """With the card, so that nobody sees which names are frequent."""
    return f"{entry.card}\0{entry.name}"


def _place(register_id: int, column: str) -> str:
    return f"register {register_id} {column}"


def _note(
    session: Session, register_id: int, by: Keeper, verb: str, clock: Clock, detail: Mapping[str, Any]
) -> None:
    subject = f"register:{register_id}"
    log.record(session, actor=by.actor, verb=f"register.{verb}", subject=subject, detail=detail, clock=clock)

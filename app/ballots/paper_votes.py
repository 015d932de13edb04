"""Votes on paper: each typed in by two persons who do not see one another's entry, then cast like any other.

Both type all that stands on the paper. Where the two entries are alike the ballot goes into the box, and what was
typed is forgotten; where they differ the second may look again, or the first begins anew.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots import queries, registers
from app.ballots.booth import Booth, on_paper
from app.ballots.choices import Choices
from app.ballots.noting import note
from app.ballots.paper_rules import AT_WORK, Marked, Scan, refuse_second_by_first
from app.ballots.queries import RoundView
from app.ballots.register_rows import Entry
from app.clock import Clock
from app.crypto import Keyring
from app.errors import Conflict, Invalid, NotFound
from app.operators import queries as operators
from app.operators.queries import Account
from app.operators.reasons import clean_reason
from app.operators.rules import Power
from models import PaperBallot, RegisterEntry
from models.enums import BallotWay, PaperState

CHOICES_PLACE = "paper_ballots.choices"


class NotOnRegister(Invalid):
    code = "no_match"


class NoRegisterHere(Conflict):
    """Only a register tells that a paper and a phone are one person."""

    code = "no_register"


class AlreadyEntered(Conflict):
    code = "paper_already_entered"


class NoPaper(NotFound):
    code = "no_paper"


@dataclass(frozen=True)
class Sheet:
    """What stands on one ballot on paper; `marked` are the stances by number, or a way to make them."""

    scan: Scan
    entry: Entry
    marked: Marked


@dataclass(frozen=True)
class Entered:
    """One ballot on paper as the office sees it: never what was chosen, nor by whom."""

    id: int
    scan: str
    state: PaperState
    first_by: str
    first_at: datetime
    second_by: str | None
    second_at: datetime | None
    by_me: bool


def enter(
    session: Session, round_id: int, sheet: Sheet, *, by: Account, keyring: Keyring, clock: Clock
) -> PaperState:
    """Enter what stands on a paper, for the first time or the second: that is for the rows to say.

    ONCE: another person enters it as well. CAST: it is in the box. DIFFERS: the two entries are not alike.
    DROPPED: a ballot of this member counts already, so the paper is set aside.
    Raises Forbidden, NoRound, WrongState, PhaseClosed, NoRegisterHere, NotOnRegister, AlreadyEntered, Invalid.
    """
    by.require(Power.ENTER_PAPER)
    booth, entry_id = _at_the_box(session, round_id, sheet.entry, keyring, clock)
    typed = sheet.marked(booth.round.fixed.ballot_type, booth.round.slip)
    paper = _of_scan(session, round_id, sheet.scan)
    if paper is not None and paper.state is PaperState.CAST:
        raise AlreadyEntered(f"扫描号 {sheet.scan} 已经录过两遍，计了票，不用再录。")
    _refuse_another_paper(session, round_id, sheet.scan, entry_id)
    desk = _Desk(session, booth, by, keyring, clock)
    if paper is None or paper.state is PaperState.DROPPED:
        return desk.first(paper or PaperBallot(round_id=round_id, scan=sheet.scan), entry_id, typed)
    if paper.first_by == by.id:
        refuse_second_by_first(paper.state, sheet.scan)
        return desk.first(paper, entry_id, typed)
    return desk.second(paper, entry_id, typed)


def drop(session: Session, round_id: int, paper_id: int, reason: str, *, by: Account, clock: Clock) -> None:
    """Give a paper up: it is void, or was entered by mistake. Its scan number may be entered anew.

    Raises Forbidden, NoRound, NoPaper, AlreadyEntered, Invalid.
    """
    by.require(Power.ENTER_PAPER)
    reason = clean_reason(reason)
    round = queries.row(session, round_id, locked=True)
    paper = session.get(PaperBallot, paper_id, with_for_update=True, populate_existing=True)
    if paper is None or paper.round_id != round.id:
        raise NoPaper("没有这张纸质选票，请刷新再看。")
    if paper.state not in AT_WORK:
        raise AlreadyEntered("这张纸质选票已经办完了，不用再动。")
    paper.state, paper.choices, paper.entry_id = PaperState.DROPPED, None, None
    session.flush()
    note(session, round, by.actor, "paper_drop", clock, {"scan": paper.scan, "reason": reason})


def may_tell(round: RoundView, me: Account) -> bool:
    """Whether they may know how many papers are counted: who types them in does, others where turnout is told."""
    return me.may(Power.ENTER_PAPER) or queries.may_see_turnout(round, operator=True)


def of_round(session: Session, round: RoundView, me: Account) -> Sequence[Entered]:
    """What still needs somebody first, then the newest of the others, if `may_tell` says so."""
    found = select(PaperBallot).where(PaperBallot.round_id == round.id).order_by(PaperBallot.id.desc())
    if not may_tell(round, me):
        found = found.where(PaperBallot.state.in_(AT_WORK))
    papers = session.scalars(found).all()
    who = {each for one in papers for each in (one.first_by, one.second_by) if each is not None}
    names = operators.names(session, who)
    listed = [_seen(one, names, me) for one in papers]
    return sorted(listed, key=lambda one: (one.state is not PaperState.DIFFERS, one.state not in AT_WORK))


def waiting(session: Session, round_id: int) -> int:
    """How many are not counted yet, and will not be if the round is closed now."""
    of_it = select(func.count()).select_from(PaperBallot).where(PaperBallot.round_id == round_id)
    return session.scalar(of_it.where(PaperBallot.state.in_(AT_WORK))) or 0


def of_follower(session: Session, follower_id: int) -> Sequence[PaperBallot]:
    """Those of the entries that a person's phone is bound to, until the publication severs them."""
    entries = select(RegisterEntry.id).where(RegisterEntry.follower_id == follower_id)
    theirs = select(PaperBallot).where(PaperBallot.entry_id.in_(entries))
    return session.scalars(theirs.order_by(PaperBallot.id)).all()


def _seen(paper: PaperBallot, names: Mapping[int, str], me: Account) -> Entered:
    second = names[paper.second_by] if paper.second_by is not None else None
    return Entered(
        paper.id,
        paper.scan,
        paper.state,
        names[paper.first_by],
        paper.first_at,
        second,
        paper.second_at,
        paper.first_by == me.id,
    )


@dataclass(frozen=True)
class _Desk:
    """The person who types, beside the box, which nobody else can touch meanwhile."""

    session: Session
    booth: Booth
    by: Account
    keyring: Keyring
    clock: Clock

    def first(self, paper: PaperBallot, entry_id: int, typed: Choices) -> PaperState:
        paper.first_by, paper.first_at = self.by.id, self.clock.now()
        paper.second_by = paper.second_at = None
        if self.booth.has_voted(on_paper(entry_id)):
            return self._set_aside(paper)
        paper.entry_id, paper.choices = entry_id, self._sealed(entry_id, typed)
        return self._now(paper, PaperState.ONCE, "paper_first")

    def second(self, paper: PaperBallot, entry_id: int, typed: Choices) -> PaperState:
        assert paper.choices is not None, "what waits for a second entry has a first"
        paper.second_by, paper.second_at = self.by.id, self.clock.now()
        if self.keyring.open(paper.choices, CHOICES_PLACE) != _written(entry_id, typed):
            return self._now(paper, PaperState.DIFFERS, "paper_differs")
        voter = on_paper(entry_id)
        if self.booth.has_voted(voter):
            return self._set_aside(paper)
        self.booth.cast(voter, typed, None, BallotWay.PAPER)
        self.booth.leave(self.session)
        paper.choices, paper.seq = None, self.booth.size
        return self._now(paper, PaperState.CAST, "paper_cast")

    def _set_aside(self, paper: PaperBallot) -> PaperState:
        paper.entry_id = paper.choices = None
        return self._now(paper, PaperState.DROPPED, "paper_set_aside")

    def _now(self, paper: PaperBallot, state: PaperState, verb: str) -> PaperState:
        paper.state = state
        self.session.add(paper)
        self.session.flush()
        round = queries.row(self.session, self.booth.round.id)
        detail: dict[str, Any] = {"scan": paper.scan}
        note(self.session, round, self.by.actor, verb, self.clock, detail)
        return state

    def _sealed(self, entry_id: int, typed: Choices) -> bytes:
        return self.keyring.seal(_written(entry_id, typed), CHOICES_PLACE)


def _at_the_box(
    session: Session, round_id: int, entry: Entry, keyring: Keyring, clock: Clock
) -> tuple[Booth, int]:
    """The booth, entered for the one who has this card and name, and which entry that is."""
    fixed = queries.by_id(session, round_id, keyring, clock.now()).fixed
    register_id = fixed.electorate.register_id
    if register_id is None:
        raise NoRegisterHere(
            "这一轮不按会员名册投票，收不了纸质选票：没有名册，就看不出纸质选票和手机上的票是不是同一个人的。"
        )
    found = registers.find(session, register_id, entry, keyring)
    if found is None:
        raise NotOnRegister("名册里没有这个卡号和姓名。请对着纸面核对；确实不在名册上的，这张票不能录入。")
    booth = Booth.enter(session, round_id, (), keyring, clock, entry_ids=[found.id])
    booth.require_open()
    return booth, found.id


def _of_scan(session: Session, round_id: int, scan: str) -> PaperBallot | None:
    """Locked; the box is as well by now, so nobody else enters a new one."""
    of_it = select(PaperBallot).where(PaperBallot.round_id == round_id, PaperBallot.scan == scan)
    return session.scalar(of_it.with_for_update().execution_options(populate_existing=True))


def _refuse_another_paper(session: Session, round_id: int, scan: str, entry_id: int) -> None:
    """Raises AlreadyEntered."""
    theirs = select(PaperBallot.scan).where(PaperBallot.round_id == round_id, PaperBallot.entry_id == entry_id)
    other = session.scalar(theirs.where(PaperBallot.scan != scan, PaperBallot.state.in_(AT_WORK)).limit(1))
    if other is not None:
        raise AlreadyEntered(f"这位会员另有一张纸质选票正在录入（扫描号 {other}），一人一票，请先核对。")


def _written(entry_id: int, typed: Choices) -> str:
    return json.dumps([entry_id, *typed])

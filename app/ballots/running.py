"""The course of a round: opened, closed and counted, confirmed by a second person, published by a third look."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from app.ballots import archive, counting, forgetting, invalid, manifest, queries, registers
from app.ballots.composing import connect, require_unreleased
from app.ballots.electorate import Electorate
from app.ballots.noting import note, written
from app.ballots.rules import require
from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.campaigns.rules import require as require_phase
from app.clock import Clock
from app.crypto import Keyring
from app.errors import Conflict, Invalid
from app.operators.queries import Account
from app.operators.rules import Power, refuse_same_person
from app.triage.candidates import freeze_due
from models import Action, Box, Candidate, Opinion, PaperBallot, Round, RoundCandidate, Trace
from models.enums import RoundState


class Undecided(Conflict):
    """Somebody has yet to say whether ballots count that another doubts."""

    code = "invalidations_undecided"


COMPOSING = ("round.compose", "round.edit")
CHANGING_REGISTERS = ("register.add", "register.release")
CLOCK = "clock"  # who did it, in the action log, when the time came


def open_round(session: Session, round_id: int, *, by: Account, clock: Clock, at_its_time: bool = False) -> Round:
    """Let ballots be taken: from now on, or from `opens_at` on if `at_its_time`.

    All that a ballot means is fixed from here on; the hash of that is where the chain of the box begins.
    Raises Forbidden, NoRound, WrongState, PhaseClosed, Invalid.
    """
    by.require(Power.RUN_ROUNDS)
    campaign = _of_opinion(session, round_id, clock)
    freeze_due(session, campaign, actor=by.actor, clock=clock)
    round = queries.row(session, round_id, locked=True)
    require_unreleased(round, "再打开")
    now = clock.now()
    if round.closes_at is not None and round.closes_at <= now:
        raise Invalid("截止时间已经过了，请先改一改截止时间。")
    if at_its_time and round.opens_at is None:
        raise Invalid("还没有定开始时间，请先写上，或者现在就打开。")
    round.released_by = by.id
    if not at_its_time:
        round.state, round.opened_at = RoundState.OPEN, now
        round.opens_at = now if round.opens_at is None or round.opens_at > now else round.opens_at
    box = _box(session, round, campaign)
    session.add(box)
    session.flush()
    detail = {"head": box.head_at_open, "seed": round.seed, "at": written(round.opens_at)}
    note(session, round, by.actor, "open", clock, detail)
    return round


def close(session: Session, round_id: int, *, by: Account, keyring: Keyring, clock: Clock) -> Round:
    """End the voting now, and count. Raises Forbidden, NoRound, WrongState."""
    by.require(Power.RUN_ROUNDS)
    round = settled(session, round_id, keyring, clock)
    require(round.state, RoundState.OPEN, "截止")
    round.closed_by = by.id
    return _close(session, round, clock.now(), by.actor, keyring, clock)


def settled(session: Session, round_id: int, keyring: Keyring, clock: Clock) -> Round:
    """The round, locked, with what the clock has done to it by now written down."""
    session.execute(select(Box.round_id).where(Box.round_id == round_id).with_for_update())  # nobody casts now
    round = queries.row(session, round_id, locked=True)
    state = queries.state_of(round, clock.now())
    if round.state is RoundState.DRAFT and state is not RoundState.DRAFT:
        round.state, round.opened_at = RoundState.OPEN, round.opens_at
        session.flush()
    if round.state is RoundState.OPEN and state is RoundState.CLOSED:
        assert round.closes_at is not None
        return _close(session, round, round.closes_at, CLOCK, keyring, clock)
    return round


def settle_all(session: Session, keyring: Keyring, clock: Clock) -> int:
    """Write down what the clock has done to all rounds; how many have moved."""
    near = select(Round).where(Round.state.in_((RoundState.DRAFT, RoundState.OPEN)))
    due = [round.id for round in session.scalars(near) if queries.state_of(round, clock.now()) is not round.state]
    for round_id in due:
        settled(session, round_id, keyring, clock)
    return len(due)


def confirm(session: Session, round_id: int, *, by: Account, keyring: Keyring, clock: Clock) -> Round:
    """Say that the count is right: never by whoever composed or changed the round, or its register since.

    Raises Forbidden, NoRound, WrongState, Undecided.
    """
    by.require(Power.CONFIRM_RESULTS)
    round = settled(session, round_id, keyring, clock)
    require(round.state, RoundState.CLOSED, "确认")
    for hand in hands(session, round.id):
        refuse_same_person(hand, by.actor)
    if invalid.are_undecided(session, round.id):
        raise Undecided("还有选票算不算没有定下来，请先到“异常”里逐件定好，再确认结果。")
    round.state, round.confirmed_by, round.confirmed_at = RoundState.CONFIRMED, by.id, clock.now()
    session.flush()
    note(session, round, by.actor, "confirm", clock, {"tally": round.tally})
    return round


def publish(session: Session, round_id: int, *, by: Account, keyring: Keyring, clock: Clock) -> Round:
    """Make the result public: by another than who confirmed it. The round's key is destroyed.

    Raises Forbidden, NoRound, WrongState.
    """
    by.require(Power.CONFIRM_RESULTS)
    round = settled(session, round_id, keyring, clock)
    require(round.state, RoundState.CONFIRMED, "公布")
    _refuse_same(by, round.confirmed_by)
    round.state, round.published_by, round.published_at = RoundState.PUBLISHED, by.id, clock.now()
    round.key = None
    session.execute(update(Opinion).where(Opinion.round_id == round.id).values(voter_id=None))
    session.execute(delete(Trace).where(Trace.round_id == round.id))
    on_paper = update(PaperBallot).where(PaperBallot.round_id == round.id)
    session.execute(on_paper.values(entry_id=None, choices=None, seq=None))
    forgetting.who_voted(session, round)
    session.flush()
    note(session, round, by.actor, "publish", clock, {})
    return round


def _close(session: Session, round: Round, at: datetime, actor: str, keyring: Keyring, clock: Clock) -> Round:
    view = queries.view(session, round, keyring, clock.now())
    assert view.fixed.key is not None
    round.state, round.closed_at = RoundState.CLOSED, at
    counting.write_down(session, round, view, campaigns.by_id(session, round.campaign_id, clock).key)
    assert round.tally is not None
    if register_id := view.fixed.electorate.register_id:
        round.turnout_by_unit = registers.count_turnout(session, round.id, register_id, view.fixed.key)
    session.flush()
    box = session.get_one(Box, round.id)
    detail = {"box": box.head, "archive": round.tally["head"], "ballots": round.tally["ballots"]}
    note(session, round, actor, "close", clock, detail)
    return round


def _of_opinion(session: Session, round_id: int, clock: Clock) -> CampaignView:
    campaign = campaigns.by_id(session, queries.row(session, round_id).campaign_id, clock)
    require_phase(campaign.allows.vote, campaign.phase, "打开投票")
    return campaign


def _box(session: Session, round: Round, campaign: CampaignView) -> Box:
    """An empty one. Candidates stand by their numbers, which they have got by now."""
    candidates = sorted(queries.candidates_of(session, round.id), key=lambda one: one.number or 0)
    _connect_again(session, round, candidates)
    head = manifest.head_at_open(archive.manifest_of(session, round, campaign.key))
    return Box(round_id=round.id, size=0, head=head, head_at_open=head)


def _connect_again(session: Session, round: Round, candidates: Sequence[Candidate]) -> None:
    if [one.id for one in candidates] == [one.id for one in queries.candidates_of(session, round.id)]:
        return
    session.execute(delete(RoundCandidate).where(RoundCandidate.round_id == round.id))
    connect(session, round, candidates)


def hands(session: Session, round_id: int) -> set[str]:
    """Who has composed or changed it, or its register since it was opened, as the action log names them."""
    made = Action.subject == f"round:{round_id}", Action.verb.in_(COMPOSING)
    done = set(session.scalars(select(Action.actor).where(*made)))
    return done | {change.actor for change in register_changes(session, round_id)}


def register_changes(session: Session, round_id: int) -> Sequence[Action]:
    """Who was added to the round's register, and which cards were let go, since the round was opened."""
    register_id = Electorate.from_json(queries.row(session, round_id).electorate).register_id
    opened = select(func.min(Action.id)).where(Action.subject == f"round:{round_id}", Action.verb == "round.open")
    changed = and_(Action.subject == f"register:{register_id}", Action.verb.in_(CHANGING_REGISTERS))
    since = select(Action).where(changed, Action.id > opened.scalar_subquery()).order_by(Action.id)
    return session.scalars(since).all()


def _refuse_same(by: Account, operator_id: int | None) -> None:
    refuse_same_person(str(by.id), str(operator_id))

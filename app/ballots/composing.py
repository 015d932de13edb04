"""Putting a round of voting together, changing it while it may be changed, throwing a draft away."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.ballots import keys, lots, queries, rules
from app.ballots.electorate import Electorate
from app.ballots.noting import note, written
from app.ballots.queries import KEY_PLACE
from app.ballots.rules import RoundText, WrongState, check, refuse_loosening, require
from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.conversation.parsers import clean
from app.crypto import Keyring
from app.errors import Invalid
from app.operators.queries import Account
from app.operators.rules import Power
from models import Candidate, Register, Round, RoundCandidate
from models.enums import RoundState, Turnout


def compose(session: Session, key: str, text: RoundText, *, by: Account, keyring: Keyring, clock: Clock) -> Round:
    """Put a round together. Raises Forbidden, NoCampaign, Invalid."""
    by.require(Power.MAKE_ROUNDS)
    check(text)
    campaign = campaigns.by_key(session, key, clock)
    _check_register(session, campaign, text.electorate)
    round = Round(
        campaign_id=campaign.id,
        state=RoundState.DRAFT,
        key=keyring.seal(keys.new_secret(), KEY_PLACE),
        seed=lots.new_seed(),
        composed_by=by.id,
        composed_at=clock.now(),
    )
    _write(round, text)
    session.add(round)
    session.flush()
    connect(session, round, _ordered(session, campaign, text.candidates))
    note(session, round, by.actor, "compose", clock, _detail(text))
    return round


def edit(session: Session, round_id: int, changes: dict[str, Any], *, by: Account, clock: Clock) -> Round:
    """Change the fields of RoundText that are named. Once it is released only `turnout`, and only more strictly.

    Raises Forbidden, NoRound, WrongState, Invalid.
    """
    by.require(Power.MAKE_ROUNDS)
    round = queries.row(session, round_id, locked=True)
    before = text_of(session, round)
    after = replace(before, **changes)
    if before == after:
        return round
    if round.released_by is not None:
        _refuse_loosening(before, after, queries.state_of(round, clock.now()))
    else:
        require(round.state, RoundState.DRAFT, "再改")
    check(after)
    campaign = campaigns.by_id(session, round.campaign_id, clock)
    _check_register(session, campaign, after.electorate)
    _write(round, after)
    if before.candidates != after.candidates:
        ordered = _ordered(session, campaign, after.candidates)
        session.execute(delete(RoundCandidate).where(RoundCandidate.round_id == round.id))
        connect(session, round, ordered)
    session.flush()
    was, now = _detail(before), _detail(after)
    detail = {name: {"from": was[name], "to": now[name]} for name in was if was[name] != now[name]}
    note(session, round, by.actor, "edit", clock, detail)
    return round


def drop(session: Session, round_id: int, *, by: Account, clock: Clock) -> None:
    """Throw a draft away. Raises Forbidden, NoRound, WrongState."""
    by.require(Power.MAKE_ROUNDS)
    round = queries.row(session, round_id, locked=True)
    require_unreleased(round, "再取消")
    detail = _detail(text_of(session, round))
    session.delete(round)
    session.flush()
    note(session, round, by.actor, "drop", clock, detail)


def text_of(session: Session, round: Round) -> RoundText:
    return RoundText(
        title=round.title,
        candidates=tuple(candidate.id for candidate in queries.candidates_of(session, round.id)),
        min_choices=round.min_choices,
        max_choices=round.max_choices,
        opens_at=round.opens_at,
        closes_at=round.closes_at,
        ballot_type=round.ballot_type,
        electorate=Electorate.from_json(round.electorate),
        turnout=round.turnout,
    )


def connect(session: Session, round: Round, candidates: Sequence[Candidate]) -> None:
    session.add_all(
        RoundCandidate(round_id=round.id, place=place, candidate_id=candidate.id)
        for place, candidate in enumerate(candidates)
    )
    session.flush()


def require_unreleased(round: Round, deed: str) -> None:
    if round.released_by is not None:
        raise WrongState(f"这一轮投票已经安排打开了，不能{deed}。")


def _ordered(session: Session, campaign: CampaignView, ids: Sequence[int]) -> list[Candidate]:
    """The candidates of these ids in their campaign's order. Raises Invalid."""
    found = session.scalars(
        select(Candidate).where(Candidate.id.in_(ids), Candidate.campaign_id == campaign.id)
    ).all()
    if strangers := rules.missing(ids, {candidate.id: candidate for candidate in found}):
        raise Invalid(f"这次活动没有编号为 {'、'.join(map(str, strangers))} 的候选项目，请刷新以后再选。")
    return sorted(found, key=lambda one: (one.number or 0, one.place, one.id))


def _check_register(session: Session, campaign: CampaignView, electorate: Electorate) -> None:
    if electorate.register_id is None:
        return
    register = session.get(Register, electorate.register_id, with_for_update={"read": True})  # not dropped now
    if register is None or register.campaign_id != campaign.id:
        raise Invalid("没有这份会员名册，请先导入。")


def _refuse_loosening(before: RoundText, after: RoundText, state: RoundState) -> None:
    if replace(before, turnout=after.turnout) != after:
        raise WrongState("投票已经安排打开，除了把保密收紧，别的都不能再改。")
    if state not in (RoundState.DRAFT, RoundState.OPEN):
        raise WrongState("投票已经截止，不能再改了。")
    refuse_loosening(before.turnout, after.turnout)


def _write(round: Round, text: RoundText) -> None:
    round.title = clean(text.title)
    round.min_choices, round.max_choices = text.min_choices, text.max_choices
    round.opens_at, round.closes_at = text.opens_at, text.closes_at
    round.ballot_type, round.turnout = text.ballot_type, Turnout(text.turnout)
    round.electorate = text.electorate.to_json()


def _detail(text: RoundText) -> dict[str, Any]:
    return {
        "title": clean(text.title),
        "candidates": list(text.candidates),
        "min_choices": text.min_choices,
        "max_choices": text.max_choices,
        "opens_at": written(text.opens_at),
        "closes_at": written(text.closes_at),
        "ballot_type": text.ballot_type,
        "electorate": text.electorate.to_json(),
        "turnout": text.turnout.value,
    }

"""Drafts: a form's state kept for its author after every answer, sealed where it is personal."""

from base64 import b64decode, b64encode
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversation.form import Form, State
from app.crypto import Keyring
from models import Draft, Follower

SEALED_FOR = "drafts.state"
MAX_PICTURES = 9


def begin(session: Session, follower: Follower, campaign_id: int, now: datetime) -> Draft:
    draft = Draft(
        follower_id=follower.id,
        campaign_id=campaign_id,
        proposal_id=None,
        shelved=False,
        state=State().to_json(),
        pictures=[],
        begun_at=now,
        touched_at=now,
    )
    session.add(draft)
    return draft


def read(draft: Draft, form: Form, keyring: Keyring) -> State:
    """The state as the engine knows it, personal answers opened; answers to questions gone are left out."""
    state = State.from_json(draft.state)
    answers = {key: value for key, value in state.answers.items() if key in form.by_key}
    for key, value in answers.items():
        if form.by_key[key].sealed and isinstance(value, dict):
            answers[key] = keyring.open(b64decode(value["sealed"]), SEALED_FOR)
    editing = state.editing if state.editing in form.by_key else None
    return replace(state, answers=answers, editing=editing)


def keep(draft: Draft, state: State, form: Form, keyring: Keyring, now: datetime) -> None:
    answers = dict(state.answers)
    for key, value in answers.items():
        if form.by_key[key].sealed and value is not None:
            answers[key] = {"sealed": b64encode(keyring.seal(value, SEALED_FOR)).decode()}
    draft.state = replace(state, answers=answers).to_json()
    draft.touched_at = now


def add_picture(draft: Draft, reference: dict[str, str], now: datetime) -> bool:
    """Keep a picture's reference; False when there are enough already."""
    if len(draft.pictures) >= MAX_PICTURES:
        return False
    draft.pictures = [*draft.pictures, reference]
    draft.touched_at = now
    return True


def being_written(session: Session, follower_ids: Collection[int], campaign_id: int) -> dict[int, Draft]:
    """The draft each of these followers is writing, by follower."""
    found = select(Draft).where(
        Draft.follower_id.in_(follower_ids), Draft.campaign_id == campaign_id, Draft.shelved.is_(False)
    )
    return {draft.follower_id: draft for draft in session.scalars(found)}


def on_shelf(session: Session, follower: Follower, campaign_id: int) -> Draft | None:
    """The draft that was put aside last."""
    found = (
        select(Draft)
        .where(Draft.follower_id == follower.id, Draft.campaign_id == campaign_id, Draft.shelved.is_(True))
        .order_by(Draft.touched_at.desc(), Draft.id.desc())
        .limit(1)
    )
    return session.scalars(found).one_or_none()


def unshelve(session: Session, follower: Follower, campaign_id: int, now: datetime) -> Draft | None:
    """Take up again what was put aside last."""
    draft = on_shelf(session, follower, campaign_id)
    if draft is not None:
        draft.shelved = False
        draft.touched_at = now
    return draft


def discard(session: Session, draft: Draft) -> None:
    """Gone at once: its place may be taken again in the same transaction, where inserts go before deletes."""
    session.flush()
    session.delete(draft)
    session.flush()


def summary(form: Form, state: State) -> list[tuple[str, str]]:
    """(name, answer) of all that is answered, in the form's order: for a welcome back and for previews."""
    rows: list[tuple[str, Any]] = []
    for question in form.card(state.answers):
        if question.key in state.answers:
            rows.append((question.name, question.shown(state.answers) or "（跳过）"))
        elif state.fragments.get(question.key):
            rows.append((question.name, state.fragments[question.key].text()))
    return rows

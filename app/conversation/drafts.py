"""Drafts: a form's state kept for its author after every answer, sealed where it is personal.

Every turn of talk reads and writes one, many of them in a batch, so they are plain records moved by a few
prepared statements: loading them as mapped objects was measured to cost twice as much as the talk itself.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.conversation.form import Form, State
from app.crypto import Keyring
from models import Draft

SEALED_FOR = "drafts.state"
MAX_PICTURES = 9

TABLE: Table = Draft.metadata.tables[Draft.__tablename__]
BEING_WRITTEN = select(TABLE).where(
    TABLE.c.follower_id.in_(bindparam("followers", expanding=True)),
    TABLE.c.campaign_id == bindparam("campaign"),
    TABLE.c.shelved.is_(False),
)
ON_SHELF = (
    select(TABLE)
    .where(
        TABLE.c.follower_id == bindparam("follower"),
        TABLE.c.campaign_id == bindparam("campaign"),
        TABLE.c.shelved.is_(True),
    )
    .order_by(TABLE.c.touched_at.desc(), TABLE.c.id.desc())
    .limit(1)
)
CHANGED = ("shelved", "state", "pictures", "touched_at")
BEGUN = (*CHANGED, "follower_id", "campaign_id", "proposal_id", "begun_at")
CHANGE = update(TABLE).where(TABLE.c.id == bindparam("draft")).values({name: bindparam(name) for name in CHANGED})
ADD = insert(TABLE)
REMOVE = delete(TABLE).where(TABLE.c.id == bindparam("draft"))


@dataclass(slots=True)
class OpenDraft:
    """A draft in hand. `id` is None until it is saved for the first time; `save` writes what was changed.

    `gone`: it was discarded, and whoever still holds it must not bring it back.
    """

    follower_id: int
    campaign_id: int
    begun_at: datetime
    touched_at: datetime
    proposal_id: int | None = None
    shelved: bool = False
    state: dict[str, Any] = field(default_factory=lambda: State().to_json())
    pictures: list[dict[str, str]] = field(default_factory=list)
    id: int | None = None
    gone: bool = False

    @property
    def has_content(self) -> bool:
        """More than consent: something that would hurt to lose."""
        return bool(self.state["fragments"]) or any(key != "consent" for key in self.state["answers"])


def begin(follower_id: int, campaign_id: int, now: datetime) -> OpenDraft:
    return OpenDraft(follower_id=follower_id, campaign_id=campaign_id, begun_at=now, touched_at=now)


def being_written(session: Session, follower_ids: Collection[int], campaign_id: int) -> dict[int, OpenDraft]:
    """The draft each of these followers is writing, by follower."""
    rows = session.execute(BEING_WRITTEN, {"followers": list(follower_ids), "campaign": campaign_id})
    return {row.follower_id: OpenDraft(**row._mapping) for row in rows}


def on_shelf(session: Session, follower_id: int, campaign_id: int) -> OpenDraft | None:
    """The draft that was put aside last."""
    row = session.execute(ON_SHELF, {"follower": follower_id, "campaign": campaign_id}).first()
    return OpenDraft(**row._mapping) if row else None


def all_of(session: Session, follower_id: int) -> list[OpenDraft]:
    """A person's drafts, the shelved ones among them."""
    rows = session.execute(select(TABLE).where(TABLE.c.follower_id == follower_id).order_by(TABLE.c.id))
    return [OpenDraft(**row._mapping) for row in rows]


def save(session: Session, drafts: Iterable[OpenDraft]) -> None:
    """Write drafts that were changed or begun. What is shelved goes first and makes room for what is begun."""
    kept = [draft for draft in drafts if not draft.gone]
    known = [draft for draft in kept if draft.id is not None]
    begun = [draft for draft in kept if draft.id is None]
    changes = [{"draft": draft.id, **{name: getattr(draft, name) for name in CHANGED}} for draft in known]
    if changes:
        session.execute(CHANGE, sorted(changes, key=lambda change: not change["shelved"]))
    if begun:
        session.execute(ADD, [{name: getattr(draft, name) for name in BEGUN} for draft in begun])


def discard(session: Session, draft: OpenDraft) -> None:
    draft.gone = True
    if draft.id is not None:
        session.execute(REMOVE, {"draft": draft.id})


def read(draft: OpenDraft, form: Form, keyring: Keyring) -> State:
    """The state as the engine knows it, personal answers opened; what no longer fits the form is left out."""
    state = State.from_json(draft.state)
    answers = {key: value for key, value in state.answers.items() if _still_fits(form, key, value)}
    for key in form.sealed & answers.keys():
        if answers[key] is not None:
            answers[key] = keyring.open(b64decode(answers[key]["sealed"]), SEALED_FOR)
    editing = state.editing if state.editing in form.by_key else None
    fragments = {key: pieces for key, pieces in state.fragments.items() if key in form.by_key}
    return replace(state, answers=answers, editing=editing, fragments=fragments)


def _still_fits(form: Form, key: str, value: Any) -> bool:
    """A question may have gone from the form; a choice that the campaign no longer offers is asked again."""
    if key not in form.by_key:
        return False
    options = form.by_key[key].options
    return value is None or not options or any(option.value == value for option in options)


def keep(draft: OpenDraft, state: State, form: Form, keyring: Keyring, now: datetime) -> None:
    """Put `state` into the draft; `save` then writes it."""
    answers = dict(state.answers)
    for key in form.sealed & answers.keys():
        if answers[key] is not None:
            answers[key] = {"sealed": b64encode(keyring.seal(answers[key], SEALED_FOR)).decode()}
    draft.state = replace(state, answers=answers).to_json()
    draft.touched_at = now


def add_picture(draft: OpenDraft, reference: dict[str, str], now: datetime) -> bool:
    """Keep a picture's reference; False when there are enough already."""
    if len(draft.pictures) >= MAX_PICTURES:
        return False
    draft.pictures = [*draft.pictures, reference]
    draft.touched_at = now
    return True


def summary(form: Form, state: State) -> list[tuple[str, str]]:
    """(name, answer) of all that is answered, in the form's order: for a welcome back and for previews."""
    rows: list[tuple[str, str]] = []
    for question in form.card(state.answers):
        pieces = state.fragments.get(question.key)
        if pieces and not pieces.ended:
            rows.append((question.name, pieces.text()))
        elif question.key in state.answers:
            rows.append((question.name, question.shown(state.answers) or "（跳过）"))
    return rows

"""Writing a proposal on a page: the same draft as in the chat, opened, saved and handed in."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.campaigns.rules import PhaseClosed
from app.conversation import drafts
from app.conversation.drafts import OpenDraft
from app.conversation.form import Form, State
from app.crypto import Keyring
from app.errors import Conflict, NotFound
from app.proposals import fields, queries, service
from app.proposals.fields import Mark, Sent, Taken
from app.proposals.forms import form_of
from app.proposals.service import Desk
from models import Follower, Proposal
from models.enums import ProposalStatus

TOO_LATE = "征集已经截止，这份提案现在不能再写了。"


class NotYours(NotFound):
    code = "not_yours"


class AnotherInHand(Conflict):
    """One draft is written at a time, and it is not this one."""

    code = "another_in_hand"


class DraftGone(Conflict):
    """What the page shows is no longer being written: it was handed in or put aside meanwhile."""

    code = "draft_gone"


@dataclass(frozen=True)
class Sheet:
    """What a page is about: the draft being written, if it was begun, and the proposal it amends, if any."""

    form: Form
    draft: OpenDraft | None
    amends: Proposal | None
    state: State


@dataclass(frozen=True)
class Paper:
    """What a page sends back. `number`: the proposal it amends; `draft_id`: the draft that it showed."""

    author_id: int
    number: str | None
    draft_id: int | None
    sent: Sent


@dataclass(frozen=True)
class Saved:
    sheet: Sheet
    taken: Taken


def marking(keyring: Keyring) -> Mark:
    """Marks are keyed, since one of the fields is a phone number."""
    return lambda text: keyring.digest(text, "field of a page")[:16]


def open_sheet(session: Session, author_id: int, number: str | None, desk: Desk) -> Sheet:
    """What to show: nothing is begun by looking. `number`: the proposal to amend; without it the draft in hand.

    Raises NotYours, AlreadyTaken, AnotherInHand.
    """
    form = form_of(desk.campaign.definition)
    draft = in_hand(session, author_id, desk.campaign.id)
    if number is None:
        amends = session.get(Proposal, draft.proposal_id) if draft and draft.proposal_id else None
    else:
        amends = own(session, author_id, number)
        service.require_open(amends, desk.campaign)
        if draft and draft.proposal_id != amends.id:
            raise AnotherInHand("您手上还有一份没写完的提案，先写完它，或者收起来，再来修改这一份。")
    return Sheet(form, draft, amends, _state(draft, amends, form, desk.keyring))


def may_write(sheet: Sheet, desk: Desk) -> bool:
    """Collecting is open, the draft was begun in time and is within its grace, or the office has asked for it."""
    if sheet.amends is not None and service.may_supplement(sheet.amends, desk.campaign):
        return True
    if sheet.draft is None:
        return desk.campaign.allows.propose
    return service.may_submit(sheet.draft, desk.campaign, desk.now)


def save(session: Session, paper: Paper, desk: Desk) -> Saved:
    """Keep what the person changed, as far as it is valid; a draft is begun with the first of it.

    Raises DraftGone, PhaseClosed, and what open_sheet raises.
    """
    lock_author(session, paper.author_id)
    return _save(session, paper, desk)


def submit(session: Session, paper: Paper, desk: Desk) -> Proposal | Saved:
    """Save, and hand in when nothing is missing: the proposal then, else what was saved and what is to be mended.

    A page sent twice is handed in once. Raises as `save` does.
    """
    lock_author(session, paper.author_id)
    handed_in = _handed_in_before(session, paper, desk)
    if handed_in is not None:
        return handed_in
    saved = _save(session, paper, desk)
    state, missing = fields.completed(saved.sheet.form, saved.sheet.state)
    if missing or not saved.taken.settled:
        problems = {**missing, **saved.taken.problems}
        return replace(saved, taken=replace(saved.taken, problems=problems))
    draft = saved.sheet.draft or _begin(paper.author_id, saved.sheet, desk)
    return service.submit(session, draft, state.answers, desk)


def put_aside(session: Session, author_id: int, desk: Desk) -> None:
    """Take the draft off the table: what has content is kept on the shelf, an amendment is dropped."""
    lock_author(session, author_id)
    draft = in_hand(session, author_id, desk.campaign.id)
    if draft is None:
        return
    if draft.has_content and draft.proposal_id is None:
        draft.shelved = True
        drafts.save(session, [draft])
    else:
        drafts.discard(session, draft)


def take_up(session: Session, author_id: int, desk: Desk) -> None:
    """Go on with the draft that was put aside last. Raises AnotherInHand."""
    lock_author(session, author_id)
    draft = in_hand(session, author_id, desk.campaign.id)
    if draft is not None and draft.has_content:
        raise AnotherInHand("您手上还有一份没写完的提案，先写完它，或者收起来，再来接着写这一份。")
    on_shelf = drafts.on_shelf(session, author_id, desk.campaign.id)
    if on_shelf is None:
        return
    if draft is not None:
        drafts.discard(session, draft)
    on_shelf.shelved, on_shelf.touched_at = False, desk.now
    drafts.save(session, [on_shelf])


def withdraw(session: Session, author_id: int, number: str, desk: Desk) -> Proposal:
    """Raises NotYours, AlreadyTaken."""
    lock_author(session, author_id)
    proposal = own(session, author_id, number)
    service.withdraw(session, proposal, desk.campaign)
    return proposal


def lock_author(session: Session, author_id: int) -> None:
    """Let chat and page wait for one another. Raises NotYours when the person was erased."""
    session.flush()
    if session.scalar(select(Follower.id).where(Follower.id == author_id).with_for_update()) is None:
        raise NotYours("您的资料已经删除，请从公众号重新打开这个网页。")


def own(session: Session, author_id: int, number: str) -> Proposal:
    """Raises NotYours; whether there is such a number is nobody else's business."""
    proposal = queries.own_by_number(session, author_id, number)
    if proposal is None:
        raise NotYours(f"在您的提案里没有查到 {number}，请从“我的提案”里打开。")
    return proposal


def in_hand(session: Session, author_id: int, campaign_id: int) -> OpenDraft | None:
    """The draft this person is writing."""
    return drafts.being_written(session, [author_id], campaign_id).get(author_id)


def _save(session: Session, paper: Paper, desk: Desk) -> Saved:
    sheet = open_sheet(session, paper.author_id, paper.number, desk)
    if paper.number is None and sheet.amends is not None:
        raise AnotherInHand(f"您手上正在修改 {sheet.amends.number}，先改完它，或者收起来，再来写这一份。")
    if paper.draft_id not in (None, sheet.draft.id if sheet.draft else None):
        raise DraftGone("这份提案刚才已经在别处提交或者收起来了，这一页上的内容还没有保存。")
    if not may_write(sheet, desk):
        raise PhaseClosed(TOO_LATE)
    taken = fields.take(sheet.form, sheet.state, paper.sent, marking(desk.keyring))
    if taken.state != sheet.state:
        draft = sheet.draft or _begin(paper.author_id, sheet, desk)
        drafts.keep(draft, taken.state, sheet.form, desk.keyring, desk.now)
        drafts.save(session, [draft])
        sheet = open_sheet(session, paper.author_id, paper.number, desk)
    return Saved(sheet, taken)


def _begin(author_id: int, sheet: Sheet, desk: Desk) -> OpenDraft:
    draft = drafts.begin(author_id, desk.campaign.id, desk.now)
    if sheet.amends is not None:
        draft.proposal_id, draft.pictures = sheet.amends.id, sheet.amends.pictures
    return draft


def _state(draft: OpenDraft | None, amends: Proposal | None, form: Form, keyring: Keyring) -> State:
    if draft is not None:
        written = drafts.read(draft, form, keyring)
        return service.asked_of(amends, written) if amends else written
    return service.state_of(amends, keyring) if amends else State()


def _handed_in_before(session: Session, paper: Paper, desk: Desk) -> Proposal | None:
    """The proposal that this very page became: a finger may tap twice, a slow network may send again."""
    draft = in_hand(session, paper.author_id, desk.campaign.id)
    if draft is not None and paper.draft_id in (None, draft.id):
        return None
    form = form_of(desk.campaign.definition)
    for proposal in reversed(queries.of_follower(session, paper.author_id, desk.campaign.id)):
        may_be = proposal.status is ProposalStatus.SUBMITTED and paper.number in (None, proposal.number)
        if may_be and fields.says_the_same(form, service.state_of(proposal, desk.keyring), paper.sent.typed):
            return proposal
    return None

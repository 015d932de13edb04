"""A proposal's way from its beginning to its number: begin, go on, hand in, put aside, take up again."""

from app.conversation import drafts, engine
from app.proposals import service
from models import Proposal
from wechat_handlers.texts import account, asking
from wechat_handlers.texts import proposing as texts
from wechat_handlers.texts.speech import paragraphs
from wechat_handlers.visit import Visit


def where_we_are(visit: Visit) -> str:
    """The question that waits, or the review card."""
    state = visit.state
    question = engine.asked(visit.form, state)
    if question is not None:
        return asking.ask(visit.form, question, state, visit.definition)
    assert visit.draft is not None
    amended = visit.session.get(Proposal, visit.draft.proposal_id) if visit.draft.proposal_id else None
    number = amended.number if amended else None
    return asking.review_card(visit.form, state, len(visit.draft.pictures), number)


def beginning(visit: Visit) -> str:
    if visit.draft:
        return resuming(visit)
    if not visit.campaign.allows.propose:
        return account.closed_for_proposals(visit.campaign, visit.zone)
    on_shelf = drafts.on_shelf(visit.session, visit.follower.id, visit.campaign.id)
    visit.write_on(drafts.begin(visit.follower.id, visit.campaign.id, visit.now))
    return paragraphs(where_we_are(visit), texts.shelf_note() if on_shelf else "")


def resuming(visit: Visit) -> str:
    """What is there, and on with the next question."""
    assert visit.draft is not None
    late = too_late(visit)
    if late:
        return late
    visit.draft.touched_at = visit.now
    rows = drafts.summary(visit.form, visit.state)
    return paragraphs(asking.welcome_back(rows), _grace_note(visit), where_we_are(visit))


def continuing(visit: Visit) -> str:
    """继续: the rest of a long answer first, else the draft."""
    if visit.follower.rest:
        return visit.follower.rest
    return resuming(visit) if visit.draft else beginning(visit)


def submitting(visit: Visit) -> str:
    if not visit.draft:
        return texts.NOTHING_WRITTEN
    state = visit.state
    if engine.asked(visit.form, state) is not None:
        return paragraphs(texts.NOT_YET_COMPLETE, where_we_are(visit))
    late = too_late(visit)
    if late:
        return late
    was_amendment = visit.draft.proposal_id is not None
    proposal = service.submit(visit.session, visit.draft, state.answers, visit.desk)
    visit.write_on(None)
    if was_amendment:
        return texts.amended(proposal.number)
    return texts.submitted(proposal.number, account.office(visit.definition))


def cancelling(visit: Visit) -> str:
    if not visit.draft:
        return texts.NOTHING_WRITTEN
    if visit.draft.has_content and visit.draft.proposal_id is None:
        visit.shelve()
        return texts.shelved()
    drafts.discard(visit.session, visit.draft)
    visit.write_on(None)
    return texts.cancelled_empty()


def restoring(visit: Visit) -> str:
    if visit.draft and visit.draft.has_content:
        return texts.finish_first()
    found = drafts.on_shelf(visit.session, visit.follower.id, visit.campaign.id)
    if found is None:
        return texts.nothing_on_shelf()
    if visit.draft:
        drafts.discard(visit.session, visit.draft)
    found.shelved = False
    visit.write_on(found)
    return resuming(visit)


def discarding(visit: Visit) -> str:
    """Only what was put aside: the draft being written goes by 取消 first."""
    if visit.draft:
        return texts.finish_first()
    draft = drafts.on_shelf(visit.session, visit.follower.id, visit.campaign.id)
    if draft:
        drafts.discard(visit.session, draft)
    return texts.discarded()


def too_late(visit: Visit) -> str:
    """Why the draft cannot be handed in any more; empty while it can."""
    assert visit.draft is not None
    if service.may_submit(visit.draft, visit.campaign, visit.now):
        return ""
    return texts.too_late(visit.campaign.collecting_closed_at, visit.zone)


def _grace_note(visit: Visit) -> str:
    closed = visit.campaign.collecting_closed_at
    if visit.campaign.allows.propose or closed is None:
        return ""
    return texts.grace_note(closed, closed + visit.definition.draft_grace, visit.zone)

"""A proposal's way from its beginning to its number: begin, go on, hand in, put aside, take up again."""

from app.conversation import drafts, engine
from app.followers.service import REST_PLACE
from app.proposals import service
from app.proposals.form import was_returned
from app.wechat.speech import paragraphs
from wechat_handlers import supplementing as asked
from wechat_handlers.standing import (
    amended_number,
    nothing_written,
    put_away,
    too_late,
    waits_on_shelf,
    welcome_back,
    where_we_are,
    writing,
)
from wechat_handlers.texts import account, supplementing, supporting
from wechat_handlers.texts import proposing as texts
from wechat_handlers.visit import Visit


def beginning(visit: Visit) -> str:
    if visit.draft:
        return resuming(visit)
    on_shelf = texts.shelf_note() if waits_on_shelf(visit) else ""
    if not visit.campaign.allows.propose:
        return paragraphs(account.closed_for_proposals(visit.campaign, visit.zone), on_shelf)
    visit.write_on(drafts.begin(visit.follower.id, visit.campaign.id, visit.now))
    return paragraphs(where_we_are(visit), on_shelf)


@writing
def resuming(visit: Visit) -> str:
    """What is there, and on with the next question."""
    assert visit.draft is not None
    visit.draft.touched_at = visit.now
    return paragraphs(welcome_back(visit), where_we_are(visit))


def continuing(visit: Visit) -> str:
    """继续: the rest of a long answer first, else what is being written, else what was put aside."""
    if visit.follower.rest:
        return visit.house.keyring.open(visit.follower.rest, REST_PLACE)
    if visit.draft:
        return resuming(visit)
    return restoring(visit) if waits_on_shelf(visit) else beginning(visit)


@writing
def submitting(visit: Visit) -> str:
    assert visit.draft is not None
    state = visit.state
    if engine.asked(visit.form, state) is not None:
        return paragraphs(texts.NOT_YET_COMPLETE, where_we_are(visit))
    was_amendment = visit.draft.proposal_id is not None
    proposal = service.submit(visit.session, visit.draft, state.answers, visit.desk)
    visit.write_on(None)
    if was_returned(state.answers):
        return paragraphs(supplementing.supplemented(proposal.number), asked.waiting(visit))
    if was_amendment:
        return paragraphs(texts.amended(proposal.number), asked.waiting(visit))
    allows, office = visit.campaign.allows, account.office(visit.definition)
    share = supporting.share(proposal.number) if allows.support else ""
    return texts.submitted(proposal.number, office, share, changeable=allows.amend)


def cancelling(visit: Visit) -> str:
    if not visit.draft:
        return nothing_written(visit)
    amended, late, had_content = amended_number(visit), too_late(visit), visit.draft.has_content
    put_away(visit)
    if amended:
        return paragraphs(texts.unchanged(amended), asked.waiting(visit))
    if had_content:
        return texts.shelved(in_time=not late, may_propose=visit.campaign.allows.propose)
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
    if draft is None:
        return texts.nothing_on_shelf()
    drafts.discard(visit.session, draft)
    return texts.discarded()

"""Writing a proposal: each handler moves the form one step and says what comes next."""

from datetime import timedelta

from app.conversation import drafts, engine
from app.conversation.engine import Outcome, Turn
from app.conversation.form import Question
from app.conversation.parsers import whole_number
from app.proposals import service
from models import Proposal
from wechat_handlers.texts import account
from wechat_handlers.texts import proposing as texts
from wechat_handlers.texts.speech import paragraphs, tap
from wechat_handlers.visit import Visit

LONG_AWAY = timedelta(hours=6)  # after so long a person wants to hear what is there already


def where_we_are(visit: Visit) -> str:
    """The question that waits, or the review card."""
    state = visit.state
    question = engine.asked(visit.form, state)
    if question is not None:
        return texts.ask(visit.form, question, state, visit.definition)
    assert visit.draft is not None
    amended = visit.session.get(Proposal, visit.draft.proposal_id) if visit.draft.proposal_id else None
    number = amended.number if amended else None
    return texts.review_card(visit.form, state, len(visit.draft.pictures), number)


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
    late = _too_late(visit)
    if late:
        return late
    visit.draft.touched_at = visit.now
    rows = drafts.summary(visit.form, visit.state)
    return paragraphs(texts.welcome_back(rows), _grace_note(visit), where_we_are(visit))


def continuing(visit: Visit) -> str:
    """继续: the rest of a long answer first, else the draft."""
    if visit.follower.rest:
        return visit.follower.rest
    return resuming(visit) if visit.draft else beginning(visit)


def answering(visit: Visit) -> str:
    assert visit.draft is not None
    late = _too_late(visit)
    if late:
        return late
    state = visit.state
    turn = engine.answer(visit.form, state, visit.said, visit.inbound.order)
    if turn.outcome is Outcome.UNCHANGED:
        return _at_review(visit)
    was_away = visit.now - visit.draft.touched_at > LONG_AWAY
    said_before = texts.welcome_back(drafts.summary(visit.form, state)) if was_away else ""
    return paragraphs(said_before, _after(visit, turn, texts.SAVED))


def ending(visit: Visit) -> str:
    if not visit.draft:
        return texts.NOTHING_WRITTEN
    question = engine.asked(visit.form, visit.state)
    if question and not question.joined and question.optional:
        return skipping(visit)
    if question is None or not question.joined:
        return paragraphs(texts.NOTHING_TO_END if question else "", where_we_are(visit))
    return _after(visit, engine.end(visit.form, visit.state, visit.inbound.order), texts.SAVED)


def skipping(visit: Visit) -> str:
    if not visit.draft:
        return texts.NOTHING_WRITTEN
    turn = engine.skip(visit.form, visit.state)
    if turn.outcome is Outcome.INVALID:
        return paragraphs(texts.NOT_OPTIONAL, where_we_are(visit))
    return _after(visit, turn, texts.SKIPPED)


def going_back(visit: Visit) -> str:
    if not visit.draft:
        return texts.NOTHING_WRITTEN
    turn = engine.back(visit.form, visit.state)
    return _after(visit, turn, "" if turn.outcome is Outcome.ANSWERED else texts.NOTHING_BEFORE)


def previewing(visit: Visit) -> str:
    if not visit.draft:
        return paragraphs(
            texts.NOTHING_WRITTEN, account.phase_news(visit.definition, visit.campaign.phase, visit.zone)
        )
    rows = drafts.summary(visit.form, visit.state)
    return paragraphs(texts.preview(rows, len(visit.draft.pictures)), where_we_are(visit))


def changing(visit: Visit, row: str) -> str | None:
    """改 n: the n-th row of the review card."""
    if not visit.draft:
        return None
    state, number = visit.state, whole_number(row) or 0
    card = visit.form.card(state.answers)
    if not 1 <= number <= len(card):
        return paragraphs(texts.NO_SUCH_ROW.format(row=number), where_we_are(visit))
    visit.keep(engine.reopen(state, card[number - 1].key))
    return where_we_are(visit)


def submitting(visit: Visit) -> str:
    if not visit.draft:
        return texts.NOTHING_WRITTEN
    state = visit.state
    if engine.asked(visit.form, state) is not None:
        return paragraphs(texts.NOT_YET_COMPLETE, where_we_are(visit))
    late = _too_late(visit)
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


def adding_picture(visit: Visit) -> str:
    if not visit.draft:
        return account.PICTURE_WITHOUT_DRAFT.format(propose=tap("我要提案"))
    reference = {"media_id": visit.inbound.get("MediaId"), "url": visit.inbound.get("PicUrl")}
    kept = drafts.add_picture(visit.draft, reference, visit.now)
    sentence = texts.PICTURE_KEPT if kept else texts.PICTURES_FULL
    return paragraphs(sentence.format(count=len(visit.draft.pictures)), where_we_are(visit))


def _after(visit: Visit, turn: Turn, saved: str) -> str:
    """Keep what the turn changed and say what comes next."""
    question = engine.asked(visit.form, visit.state)
    if turn.outcome is Outcome.INVALID:
        return paragraphs(turn.problem, where_we_are(visit))
    visit.keep(turn.state)
    if turn.outcome is Outcome.COLLECTED:
        return texts.collected(turn.state, _named(question))
    if turn.outcome is Outcome.JOINED_LATE:
        saved = texts.LATE_PIECE
    return paragraphs(saved, where_we_are(visit))


def _named(question: Question | None) -> Question:
    assert question is not None
    return question


def _at_review(visit: Visit) -> str:
    """At the card only consent may still be said in so many words; everything else gets the way on."""
    consent = visit.form.by_key["consent"]
    turn = engine.settle(visit.form, visit.state, consent, visit.said)
    if turn.outcome is Outcome.INVALID:
        return paragraphs(texts.AFTER_REVIEW, where_we_are(visit))
    return _after(visit, turn, texts.consent_changed(turn.state.answers))


def _too_late(visit: Visit) -> str:
    assert visit.draft is not None
    if service.may_submit(visit.draft, visit.campaign, visit.now):
        return ""
    return texts.too_late(visit.campaign.collecting_closed_at, visit.zone)


def _grace_note(visit: Visit) -> str:
    closed = visit.campaign.collecting_closed_at
    if visit.campaign.allows.propose or closed is None:
        return ""
    return texts.grace_note(closed, closed + visit.definition.draft_grace, visit.zone)

"""Filling in the form: each handler moves it one step and says what comes next."""

from datetime import timedelta

from app.conversation import drafts, engine
from app.conversation.engine import Outcome, Turn
from app.conversation.form import Question
from app.conversation.parsers import compact, whole_number
from wechat_handlers.proposing import too_late, where_we_are
from wechat_handlers.texts import account, asking
from wechat_handlers.texts import proposing as texts
from wechat_handlers.texts.speech import paragraphs, tap
from wechat_handlers.visit import Visit

LONG_AWAY = timedelta(hours=6)  # after so long a person wants to hear what is there already
CONSENT_WORDS = ("同意", "我同意", "不同意", "我不同意")


def answering(visit: Visit) -> str:
    assert visit.draft is not None
    late = too_late(visit)
    if late:
        return late
    state = visit.state
    turn = engine.answer(visit.form, state, visit.said, visit.inbound.order)
    if turn.outcome is Outcome.UNCHANGED:
        return _at_review(visit)
    was_away = visit.now - visit.draft.touched_at > LONG_AWAY
    said_before = asking.welcome_back(drafts.summary(visit.form, state)) if was_away else ""
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


def previewing(visit: Visit) -> str:
    if not visit.draft:
        return paragraphs(
            texts.NOTHING_WRITTEN, account.phase_news(visit.definition, visit.campaign.phase, visit.zone)
        )
    rows = drafts.summary(visit.form, visit.state)
    return paragraphs(asking.preview(rows, len(visit.draft.pictures)), where_we_are(visit))


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
        return asking.collected(turn.state, _named(question))
    if turn.outcome is Outcome.JOINED_LATE:
        saved = texts.LATE_PIECE
    return paragraphs(saved, where_we_are(visit))


def _named(question: Question | None) -> Question:
    assert question is not None
    return question


def _at_review(visit: Visit) -> str:
    """At the card only consent may still be said in so many words; everything else gets the way on."""
    if compact(visit.said) not in CONSENT_WORDS:
        return paragraphs(texts.AFTER_REVIEW, where_we_are(visit))
    turn = engine.settle(visit.form, visit.state, visit.form.by_key["consent"], visit.said)
    return _after(visit, turn, texts.consent_changed(turn.state.answers))

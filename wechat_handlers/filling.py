"""Filling in the form: each handler moves it one step and says what comes next."""

from datetime import timedelta

from app.conversation import drafts, engine
from app.conversation.engine import Outcome, Turn
from app.conversation.form import Question
from app.conversation.parsers import compact, whole_number
from app.proposals.form import agreed
from app.wechat.speech import paragraphs
from wechat_handlers.standing import nothing_written, refusal, too_late, welcome_back, where_we_are, writing
from wechat_handlers.texts import account, asking
from wechat_handlers.texts import proposing as texts
from wechat_handlers.visit import Visit
from wechat_handlers.words import is_declining

LONG_AWAY = timedelta(hours=6)  # after so long a person wants to hear what is there already
CONSENT_WORDS = ("同意", "我同意", "不同意", "我不同意")


@writing
def answering(visit: Visit) -> str:
    assert visit.draft is not None
    before, question = visit.state, engine.asked(visit.form, visit.state)
    if question and question.optional and is_declining(visit.said):
        return skipping(visit)
    turn = engine.answer(visit.form, before, visit.said, visit.inbound.order)
    if turn.outcome is Outcome.UNCHANGED:
        return _at_review(visit)
    was_away = visit.now - visit.draft.touched_at > LONG_AWAY
    said_before = welcome_back(visit) if was_away else ""
    saved = texts.consent_noted(turn.state.answers) if question and question.key == "consent" else texts.SAVED
    return paragraphs(said_before, _after(visit, turn, saved))


@writing
def ending(visit: Visit) -> str:
    question = engine.asked(visit.form, visit.state)
    if question and not question.joined and question.optional:
        return skipping(visit)
    if question is None or not question.joined:
        return paragraphs(texts.NOTHING_TO_END if question else "", where_we_are(visit))
    turn = engine.end(visit.form, visit.state, visit.inbound.order)
    return _after(visit, turn, _saved_or_kept(visit, turn))


@writing
def skipping(visit: Visit) -> str:
    turn = engine.skip(visit.form, visit.state)
    match turn.outcome:
        case Outcome.INVALID:
            return paragraphs(texts.NOT_OPTIONAL, where_we_are(visit))
        case Outcome.UNCHANGED:
            return where_we_are(visit)
    question = engine.asked(visit.form, visit.state)
    return _after(visit, turn, texts.SKIPPED if question and question.optional else texts.KEPT)


@writing
def keeping(visit: Visit) -> str:
    """不改: leave the answer as it is and go on."""
    turn = engine.keep(visit.state)
    return _after(visit, turn, texts.KEPT if turn.outcome is Outcome.ANSWERED else "")


@writing
def going_back(visit: Visit) -> str:
    turn = engine.back(visit.form, visit.state)
    return _after(visit, turn, "" if turn.outcome is Outcome.ANSWERED else texts.NOTHING_BEFORE)


def changing(visit: Visit, row: str) -> str:
    """改 n: the n-th row of the review card."""
    refused = refusal(visit)
    if refused:
        return refused
    state, number = visit.state, whole_number(row) or 0
    card = visit.form.card(state.answers)
    if not 1 <= number <= len(card):
        return paragraphs(texts.no_such_row(number, len(card)), where_we_are(visit))
    visit.keep(engine.reopen(state, card[number - 1].key))
    return where_we_are(visit)


def previewing(visit: Visit) -> str:
    if not visit.draft:
        return nothing_written(visit)
    written = asking.preview(drafts.summary(visit.form, visit.state), len(visit.draft.pictures))
    if too_late(visit):
        return written
    at_card = engine.asked(visit.form, visit.state) is None
    return paragraphs(written, asking.from_the_card() if at_card else where_we_are(visit))


def adding_picture(visit: Visit) -> str:
    if visit.view is None:
        return account.NO_CAMPAIGN
    if not visit.draft:
        return account.picture_without_draft(may_propose=visit.campaign.allows.propose)
    refused = refusal(visit)
    if refused:
        return refused
    reference = {"media_id": visit.inbound.get("MediaId"), "url": visit.inbound.get("PicUrl")}
    kept = drafts.add_picture(visit.draft, reference, visit.now)
    sentence = texts.PICTURE_KEPT if kept else texts.PICTURES_FULL
    said = sentence.format(count=len(visit.draft.pictures))
    return paragraphs(said, asking.next_in_short(engine.asked(visit.form, visit.state)))


def _after(visit: Visit, turn: Turn, saved: str) -> str:
    """Keep what the turn changed and say what comes next."""
    question = engine.asked(visit.form, visit.state)
    if turn.outcome is Outcome.INVALID:
        kept = texts.PIECES_KEPT if question and asking.has_pieces(question, visit.state) else ""
        return paragraphs(turn.problem + kept, where_we_are(visit))
    visit.keep(turn.state)
    if turn.outcome is Outcome.COLLECTED:
        return asking.collected(turn.state, _named(question))
    if turn.outcome is Outcome.JOINED_LATE:
        saved = texts.LATE_PIECE
    return paragraphs(saved, where_we_are(visit))


def _saved_or_kept(visit: Visit, turn: Turn) -> str:
    return texts.KEPT if turn.state.answers == visit.state.answers else texts.SAVED


def _named(question: Question | None) -> Question:
    assert question is not None
    return question


def _at_review(visit: Visit) -> str:
    """At the card only consent may still be said in so many words; everything else gets the way on."""
    said, answers = compact(visit.said), visit.state.answers
    if said not in CONSENT_WORDS or agreed(answers) is ("不" not in said):
        return paragraphs(texts.AT_REVIEW, where_we_are(visit))
    turn = engine.settle(visit.form, visit.state, visit.form.by_key["consent"], visit.said)
    return _after(visit, turn, texts.consent_noted(turn.state.answers))

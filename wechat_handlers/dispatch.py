"""THE table: which handler answers what. Words that work anywhere are matched here, once, for all forms."""

import re
from collections.abc import Callable, Mapping

from app.conversation.parsers import compact
from wechat_handlers import (
    endings,
    fallback,
    filling,
    joining,
    menu,
    notices,
    personal,
    proposing,
    receipts,
    registering,
    supplementing,
    supporting,
    voting,
)
from wechat_handlers.visit import Visit
from wechat_handlers.words import Word, word_in

Handler = Callable[[Visit], str | None]
WithArgument = Callable[[Visit, str], str | None]

WORDS: Mapping[Word, Handler] = {
    Word.PROPOSE: proposing.beginning,
    Word.CONTINUE: proposing.continuing,
    Word.BACK: filling.going_back,
    Word.SKIP: filling.skipping,
    Word.KEEP: filling.keeping,
    Word.PREVIEW: filling.previewing,
    Word.DONE: filling.ending,
    Word.SUBMIT: proposing.submitting,
    Word.CANCEL: proposing.cancelling,
    Word.RESTORE: proposing.restoring,
    Word.DISCARD: proposing.discarding,
    Word.MY_PROPOSALS: receipts.listing,
    Word.PROGRESS: receipts.listing,
    Word.SUPPORT: supporting.supporting_offered,
    Word.VOTE: voting.voting,
    Word.OWN_BALLOTS: voting.own_ballots,
    Word.NOTICES: notices.offering,
    Word.RESULTS: voting.reading_results,
    Word.HELP: menu.helping,
    Word.GREETING: menu.greeting,
    Word.THANKS: menu.being_thanked,
    Word.EXPORT_MINE: personal.exporting,
    Word.ERASE_MINE: personal.asking_to_erase,
    Word.ERASE_MINE_SURELY: personal.erasing,
}

PHRASE_LIMIT = 120  # characters; a vote may name many numbers

# Sentences with a number in them, compared in their compact form; the group is what the handler gets.
PHRASES: tuple[tuple[re.Pattern[str], WithArgument], ...] = (
    (re.compile(r"(?:查|查询)?进度[:：]?(.{1,16})"), receipts.telling_progress),
    (re.compile(r"(ss\d{4}-?\d{1,6})"), receipts.telling_progress),
    (re.compile(r"(?:我?要|加入)?支持[:：]?(.{1,16})"), supporting.supporting_number),
    (re.compile(r"((?:第?\d{1,2}轮)?(?:我要|我想|我)?投.{1,110})", re.DOTALL), voting.casting),
    (re.compile(r"((?:我?要|会员)?登记.{0,100})", re.DOTALL), registering.registering),
    (re.compile(r"(?:取消|收回|撤回)支持[:：]?(.{1,16})"), supporting.taking_back),
    (re.compile(r"(?:改|修改|更改)(ss\d{4}-?\d{1,6})"), receipts.amending),
    (re.compile(r"补充()"), supplementing.supplementing),
    (re.compile(r"补充[:：]?(ss\d{4}-?\d{1,6}|\d{1,6}号?)"), supplementing.supplementing),
    (re.compile(r"撤回(ss\d{4}-?\d{1,6})"), receipts.asking_to_withdraw),
    (re.compile(r"确认撤回(ss\d{4}-?\d{1,6})"), receipts.withdrawing),
    (
        re.compile(r"(?:改|修改|更改)(第?\d{1,2}[项条]?|第?[一二两三四五六七八九十]{1,2}[项条]?)"),
        filling.changing,
    ),
)

MENU: Mapping[str, Handler] = {
    "PROPOSE": proposing.beginning,
    "MY_PROPOSALS": receipts.listing,
    "VOTE": voting.voting,
    "RESULTS": voting.reading_results,
    "HELP": menu.helping,
}

EVENTS: Mapping[str, Handler] = {
    "subscribe": joining.subscribing,
    "unsubscribe": joining.unsubscribing,
    "scan": joining.scanning,
    "templatesendjobfinish": endings.ending,
    "masssendjobfinish": endings.ending,
    "subscribe_msg_popup_event": endings.agreeing,
    "subscribe_msg_change_event": endings.refusing,
    "subscribe_msg_sent_event": endings.ending_notice,
}

KINDS: Mapping[str, Handler] = {
    "image": filling.adding_picture,
    "video": fallback.not_taken,
    "shortvideo": fallback.not_taken,
    "location": fallback.not_taken,
    "link": fallback.not_taken,
    "file": fallback.not_taken,
}


def dispatch(visit: Visit) -> str | None:
    """Answer one message. None: the platform wants no reply (unknown kinds and events among them)."""
    kind = visit.inbound.kind
    if kind == "event":
        return _event(visit)
    if kind == "text":
        visit.said = visit.inbound.get("Content")
        return fallback.not_taken(visit) if fallback.is_sticker(visit.said) else hear(visit)
    if kind == "voice":
        visit.said = visit.inbound.get("Recognition")
        return fallback.hearing(visit, hear)
    handler = KINDS.get(kind)
    return handler(visit) if handler else None


def hear(visit: Visit) -> str | None:
    """Words first, then phrases, then the answer to what was asked."""
    if visit.view is None:
        return fallback.without_campaign(visit)
    word = word_in(visit.said)
    if word is not None:
        return WORDS[word](visit)
    said = compact(visit.said) if len(visit.said) <= PHRASE_LIMIT else ""
    for pattern, handler in PHRASES:
        found = pattern.fullmatch(said)
        if found:
            reply = handler(visit, found[1])
            if reply is not None:
                return reply
    return filling.answering(visit) if visit.draft else fallback.puzzled(visit)


def _event(visit: Visit) -> str | None:
    if visit.inbound.event == "click":
        handler = MENU.get(visit.inbound.event_key, menu.helping)
        return handler(visit) if visit.view else fallback.without_campaign(visit)
    handler_of_event = EVENTS.get(visit.inbound.event)
    return handler_of_event(visit) if handler_of_event else None

"""Standing behind a colleague's proposal: by its number, from the review card, and taking it back."""

from app.conversation import engine
from app.proposals import numbers, supporting
from app.proposals import queries as proposals
from app.wechat.speech import paragraphs
from models import Proposal
from wechat_handlers.offering import offered
from wechat_handlers.standing import aside, too_late
from wechat_handlers.texts import receipts
from wechat_handlers.texts import supporting as texts
from wechat_handlers.visit import Visit


def supporting_number(visit: Visit, said: str) -> str | None:
    """None when it is no number after all: then it was something else that was said."""
    found = _meant(visit, said)
    if not isinstance(found, Proposal):
        return found
    standing = supporting.support(visit.session, found, visit.follower, visit.desk)
    return paragraphs(texts.supported(standing, found.number), _what_of_the_draft(visit))


def supporting_offered(visit: Visit) -> str:
    """加入支持 without a number: what the review card offers, if that is one."""
    offers = offered(visit)
    if len(offers) == 1:
        return supporting_number(visit, offers[0].number) or texts.WHICH
    if offers:
        return paragraphs(texts.WHICH_OF_THESE, texts.hint(offers))
    return paragraphs(texts.WHICH, aside(visit))


def taking_back(visit: Visit, said: str) -> str | None:
    found = _meant(visit, said)
    if not isinstance(found, Proposal):
        return found
    standing = supporting.take_back(visit.session, found, visit.follower, visit.desk)
    return paragraphs(texts.taken_back(standing), aside(visit))


def _meant(visit: Visit, said: str) -> Proposal | str | None:
    """The proposal of that number, or what to say instead."""
    number = numbers.parse(said, visit.definition.year)
    if number is None:
        return None
    found = proposals.by_number(visit.session, number)
    return found or paragraphs(receipts.number_not_found(number), aside(visit))


def _what_of_the_draft(visit: Visit) -> str:
    """Whoever has a whole proposal before them is asked whether it is still wanted."""
    if not visit.draft or visit.draft.proposal_id or too_late(visit):
        return aside(visit)
    at_card = engine.asked(visit.form, visit.state) is None
    return texts.own_draft_waits() if at_card else aside(visit)

"""Where somebody stands with what they are writing: the question that waits, the card, or why it cannot go on."""

from collections.abc import Callable
from functools import wraps

from app.campaigns import told
from app.conversation import drafts, engine
from app.proposals import service
from app.wechat.speech import paragraphs
from models import Proposal
from wechat_handlers.offering import offered
from wechat_handlers.texts import asking, supporting
from wechat_handlers.texts import proposing as texts
from wechat_handlers.visit import Visit


def where_we_are(visit: Visit) -> str:
    """What comes next: a question or the review card; when it is too late for either, that."""
    late = too_late(visit)
    if late:
        return late
    question = engine.asked(visit.form, visit.state)
    if question is not None:
        return paragraphs(asking.ask(visit.form, question, visit.state, visit.definition), _grace_note(visit))
    assert visit.draft is not None
    card = asking.review_card(visit.form, visit.state, len(visit.draft.pictures), amended_number(visit))
    return paragraphs(card, supporting.hint(offered(visit)), _grace_note(visit))


def welcome_back(visit: Visit) -> str:
    """What is there already, in short; at the card only the greeting, since the card says it all."""
    at_card = engine.asked(visit.form, visit.state) is None
    return asking.welcome_back([] if at_card else drafts.summary(visit.form, visit.state))


def writing(handler: Callable[[Visit], str]) -> Callable[[Visit], str]:
    """A handler that moves a draft on, gated once for all: there must be one, and it must still be in time."""

    @wraps(handler)
    def gated(visit: Visit) -> str:
        return refusal(visit) or handler(visit)

    return gated


def refusal(visit: Visit) -> str:
    """Why no draft can be moved on; empty when one can."""
    return too_late(visit) if visit.draft else nothing_written(visit)


def nothing_written(visit: Visit) -> str:
    return texts.nothing_written(may_propose=visit.campaign.allows.propose, on_shelf=waits_on_shelf(visit))


def too_late(visit: Visit) -> str:
    """Why the draft cannot be handed in any more; empty while it can."""
    assert visit.draft is not None
    if service.may_submit(visit.draft, visit.campaign, visit.now):
        return ""
    return texts.too_late(visit.campaign.collecting_closed_at, amended_number(visit), visit.zone)


def put_away(visit: Visit) -> None:
    """Take the draft off the table: what has content is kept on the shelf, an amendment is dropped."""
    assert visit.draft is not None
    if visit.draft.has_content and visit.draft.proposal_id is None:
        visit.shelve()
    else:
        drafts.discard(visit.session, visit.draft)
        visit.write_on(None)


def waits_on_shelf(visit: Visit) -> bool:
    """Whether a draft was put aside that could still be handed in."""
    found = drafts.on_shelf(visit.session, visit.follower.id, visit.campaign.id)
    return found is not None and service.may_submit(found, visit.campaign, visit.now)


def amended_number(visit: Visit) -> str | None:
    """The number of the proposal that the draft amends."""
    assert visit.draft is not None
    amended = visit.session.get(Proposal, visit.draft.proposal_id) if visit.draft.proposal_id else None
    return amended.number if amended else None


def aside(visit: Visit) -> str:
    """After an answer to something else: what is being written is still there."""
    return texts.aside() if visit.draft and not too_late(visit) else ""


def _grace_note(visit: Visit) -> str:
    """An amendment has no grace, and what the office asks for needs none."""
    note = told.grace(visit.campaign, visit.zone)
    return f"（{note}）" if note and not amended_number(visit) else ""

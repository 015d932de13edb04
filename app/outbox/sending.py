"""One try to send a message, told to the log and to the metrics."""

from collections.abc import Iterable

from app import metrics, tracing
from app.outbox.channels.channel import Channel
from app.outbox.outcomes import Accepted, Lost, Message, Outcome, Refused, TryLater
from app.wechat.errors import Reaction

GRAVEST_FIRST = (Reaction.STOP, Reaction.QUOTA, Reaction.REFRESH, Reaction.RETRY)


async def send(channel: Channel, message: Message) -> Outcome:
    """To be called in a task of its own: what it logs, and what is logged after it, is about this message."""
    tracing.take_up(message.delivery_id, message.about)
    return count(channel.name, await channel.send(message))


def count(channel: str, outcome: Outcome) -> Outcome:
    metrics.SENDS.labels(channel, word_of(outcome)).inc()
    return outcome


def word_of(outcome: Outcome) -> str:
    """accepted, refused, lost, or the reaction of what may go at another time."""
    match outcome:
        case Accepted():
            return "accepted"
        case Refused():
            return "refused"
        case Lost():
            return "lost"
        case TryLater(reaction):
            return reaction.value


def gravest(outcomes: Iterable[Outcome]) -> str | None:
    """Of what may go at another time, the reaction that keeps all others waiting longest; None without any."""
    reactions = {outcome.reaction for outcome in outcomes if isinstance(outcome, TryLater)}
    return next((reaction.value for reaction in GRAVEST_FIRST if reaction in reactions), None)

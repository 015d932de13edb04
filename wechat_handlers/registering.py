"""Registering in the chat for a vote that goes by a register: 登记, the card number, the name."""

from app.ballots import binding, queries, register_words
from app.errors import ShishiError
from app.wechat.speech import paragraphs
from wechat_handlers.standing import aside
from wechat_handlers.texts import registering as texts
from wechat_handlers.visit import Visit


def registering(visit: Visit, _compact: str) -> str | None:
    """None when no vote asks for it, or it was something else that was said."""
    rounds = _by_register(visit)
    if not rounds:
        return None
    said = register_words.understood(visit.said)
    if said is None:
        return paragraphs(texts.HOW, aside(visit)) if register_words.is_bare(visit.said) else None
    return paragraphs(_bind(visit, rounds, *said), aside(visit))


def _bind(visit: Visit, rounds: list[int], card: str, name: str) -> str:
    house, follower_id = visit.house, visit.follower.id
    unbound = [id for id in rounds if _is_to_bind(visit, id)]
    try:
        for id in unbound:
            binding.bind(visit.session, id, follower_id, card, name, keyring=house.keyring, clock=house.clock)
    except ShishiError as refusal:
        return refusal.message
    return texts.REGISTERED if unbound else texts.ALREADY


def _is_to_bind(visit: Visit, round_id: int) -> bool:
    house = visit.house
    return binding.to_bind(visit.session, round_id, visit.follower.id, house.keyring, house.clock) is not None


def _by_register(visit: Visit) -> list[int]:
    """The open rounds that go by a register."""
    if not visit.campaign.allows.vote:
        return []
    open_now = queries.being_voted(visit.session, visit.campaign.id, visit.house.keyring, visit.now)
    return [round.id for round in open_now if round.fixed.electorate.register_id is not None]

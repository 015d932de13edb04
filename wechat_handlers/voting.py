"""Voting in the chat: the ballot paper, 投 1 3 5 into the same box as the page, 我的选票, and the result."""

from sqlalchemy import select

from app.ballots import queries, spoken
from app.ballots.booth import Booth
from app.ballots.electorate import MayNotVote, Person
from app.ballots.queries import Elsewhere, RoundView
from app.ballots.spoken import Spoken
from app.errors import Invalid, ShishiError
from app.settings import AccountKind
from app.wechat.speech import paragraphs
from models import Round
from models.enums import BallotWay, RoundState
from wechat_handlers.standing import aside
from wechat_handlers.texts import account
from wechat_handlers.texts import voting as texts
from wechat_handlers.visit import Visit

COUNTED = (RoundState.CLOSED, RoundState.CONFIRMED)  # and not public yet


def voting(visit: Visit) -> str:
    rounds = _open_rounds(visit)
    papers = [_paper(visit, round) for round in rounds]
    if not papers:
        papers = [_ended(visit) or account.voting(visit.campaign.phase, visit.definition, visit.zone)]
    return paragraphs(*papers, aside(visit))


def casting(visit: Visit, _compact: str) -> str | None:
    """None when it is no vote after all, or nothing was ever voted on: then something else was said."""
    said = spoken.understood(visit.said)
    if said is None:
        return None
    rounds = _open_rounds(visit)
    if not rounds:
        return _ended(visit) or None
    if said.round is None and len(rounds) > 1:
        return texts.which_round(rounds)
    if said.round is not None and not 0 < said.round <= len(rounds):
        return texts.which_round(rounds)
    return paragraphs(_cast(visit, rounds[(said.round or 1) - 1], said), aside(visit))


def own_ballots(visit: Visit) -> str:
    rounds = [_view(visit, round) for round in queries.of_campaign(visit.session, visit.campaign.id)]
    told = [said for round in rounds if (said := _own(visit, round))]
    return paragraphs(*(told or [texts.NOT_VOTED]), aside(visit))


def reading_results(visit: Visit) -> str:
    published = select(Round.id).where(Round.campaign_id == visit.campaign.id, Round.state == RoundState.PUBLISHED)
    if visit.session.scalars(published.limit(1)).first() is not None:
        url = f"{visit.house.settings.public_url}/h5/results/{visit.campaign.key}"
        return paragraphs(texts.published(url), aside(visit))
    return paragraphs(account.results(visit.campaign.phase, visit.definition), aside(visit))


def _open_rounds(visit: Visit) -> list[RoundView]:
    if not visit.campaign.allows.vote:
        return []
    return queries.being_voted(visit.session, visit.campaign.id, visit.house.keyring, visit.now)


def _ended(visit: Visit) -> str:
    """That a vote is over and its result still to come; empty where there was none, or it is known."""
    rounds = [_view(visit, round) for round in queries.of_campaign(visit.session, visit.campaign.id)]
    return texts.ENDED if any(round.state in COUNTED for round in rounds) else ""


def _paper(visit: Visit, round: RoundView) -> str:
    person = _person(visit, round)
    try:
        round.fixed.electorate.admit(person)
    except MayNotVote as refusal:
        return texts.may_not(round, refusal.message)
    settings = visit.house.settings
    has_pages = settings.wechat.account_kind is AccountKind.SERVICE
    url = f"{settings.public_url}/h5/vote/{round.id}" if has_pages else ""
    titles = [candidate.title for candidate in queries.candidates_of(visit.session, round.id)]
    mine = queries.standing(visit.session, round, person)
    return texts.ballot_paper(round, titles, mine, url, visit.zone)


def _cast(visit: Visit, round: RoundView, said: Spoken) -> str:
    house = visit.house
    booth = Booth.enter(visit.session, round.id, [visit.follower.id], house.keyring, house.clock)
    try:
        choices = booth.round.fixed.ballot_type.spoken(booth.round.slip, said.chosen, said.refused)
        cast = booth.cast(_present(visit, booth.people[visit.follower.id]), choices, None, BallotWay.CHAT)
    except Invalid as refusal:
        runs_together = any(number > max(9, *round.slip.numbers) for number in (*said.chosen, *said.refused))
        return paragraphs(refusal.message, texts.NO_LINE_BETWEEN if runs_together else "")
    except MayNotVote as refusal:
        return texts.may_not(booth.round, refusal.message)
    except ShishiError as refusal:
        return refusal.message
    booth.leave(visit.session)
    return texts.counted(booth.round, cast)


def _own(visit: Visit, round: RoundView) -> str:
    """What there is of the person's ballot in a round; empty where there is none, or it is not open yet."""
    if round.state is RoundState.PUBLISHED:
        return texts.own_ballot(round.title, texts.KEY_IS_GONE)
    mine = queries.standing(visit.session, round, _person(visit, round))
    if mine is None:
        return ""
    if isinstance(mine, Elsewhere):
        return texts.own_ballot(round.title, texts.elsewhere(mine))
    told = texts.standing if round.state is RoundState.OPEN else texts.past_ballot
    return texts.own_ballot(round.title, told(round, mine))


def _view(visit: Visit, round: Round) -> RoundView:
    return queries.view(visit.session, round, visit.house.keyring, visit.now)


def _person(visit: Visit, round: RoundView) -> Person:
    people = queries.people(visit.session, [visit.follower.id], round.fixed.electorate)
    return _present(visit, people[visit.follower.id])


def _present(visit: Visit, person: Person) -> Person:
    """Whoever writes to the account follows it, whatever is still to be written down of them."""
    return Person(person.id, person.openid, visit.follower.subscribed, person.since, person.entry_id)

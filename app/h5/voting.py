"""The vote page: a voter's own ballot paper, and casting it. Opening it changes nothing."""

from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from app.ballots import queries
from app.ballots.booth import Cast, Origin
from app.ballots.casting import CastBallot
from app.ballots.choices import Choices
from app.ballots.electorate import Person
from app.ballots.paper import FindPaper, Paper
from app.ballots.queries import NoRound, RoundView
from app.errors import Invalid, ShishiError
from app.h5.pacing import Pace, Paces
from app.h5.pages import page, telling
from app.h5.session import Cookies, SignedIn
from app.h5.visiting import NotFromOurPage, SignInNeeded, cookies, fields_of, installation, session_of
from app.h5.vote_form import Sent, seconds_open, sent_by, stamped
from app.h5.vote_over import over
from app.h5.vote_sheet import Own, Sheets
from app.installation import Installation
from app.triage import lineage

PREFIX = "/h5/vote/"
LARGEST_ID = 2**31 - 1
TOO_FAST = "刚才这一次没有计票：一分钟里交得太多次了。请过一分钟再打开选票；以前计过票的不受影响。"


class Visit(NamedTuple):
    """Who came to which round, by what the session says; whether it is so is known once the person is found."""

    request: Request
    here: Installation
    jar: Cookies
    signed_in: SignedIn
    round_id: int

    async def paper(self) -> Paper:
        """Looked up together with those of all who come at this moment. Raises NoRound, SignInNeeded."""
        here = self.here
        wanted = FindPaper(self.round_id, self.signed_in.follower_id, here.keyring, here.clock)
        found = await here.reader.ask(wanted)
        if found.person is None:
            raise SignInNeeded
        self.vouch(found.person)
        return found

    def vouch(self, person: Person) -> None:
        """Raises SignInNeeded for somebody else who was given this person's number later on."""
        if not self.jar.belongs_to(self.signed_in, person.openid):
            raise SignInNeeded


async def showing(request: Request) -> Response:
    visit = _visit(request)
    found = await visit.paper()
    if not _news_shown(request):  # who has just voted did not come by a link
        visit.here.openings.count(f"{PREFIX}{visit.round_id}")
    return over(request, found, visit.here) or await _drawn(visit, found, _own(visit, found))


async def reading(request: Request) -> Response:
    """The whole text of a candidate, where the ballot shows its beginning."""
    visit = _visit(request)
    return await run_in_threadpool(_whole, visit, await visit.paper(), request.path_params["number"])


async def casting(request: Request) -> Response:
    visit = _visit(request)
    paces: Paces = request.app.state.paces
    if not _is_slow_enough(paces.posts, visit):
        return _too_fast(visit)
    fields = await fields_of(request)
    sent = sent_by(fields)
    if not _is_slow_enough(paces.ballots, visit, hash(frozenset(fields.items()))):
        return _too_fast(visit)
    try:
        cast = await visit.here.writer.ask(_work(visit, fields.get("token", ""), sent))
    except (SignInNeeded, NoRound):
        raise
    except ShishiError as refusal:
        return await _refused(visit, refusal, sent)
    assert isinstance(cast, Cast), "a refusal is raised by whoever waits for it"
    return RedirectResponse(f"{PREFIX}{visit.round_id}?news={_news(cast)}", 303)


ROUTES = (
    Route("/vote/{round_id:int}", showing),
    Route("/vote/{round_id:int}", casting, methods=["POST"]),
    Route("/vote/{round_id:int}/{number:int}", reading),
)


def _visit(request: Request) -> Visit:
    """Raises SignInNeeded, NoRound."""
    here, round_id = installation(request), request.path_params["round_id"]
    jar = cookies(request)
    signed_in = session_of(request, jar)
    if round_id > LARGEST_ID:
        raise NoRound("没有这一轮投票，链接可能不完整。")
    return Visit(request, here, jar, signed_in, round_id)


def _is_slow_enough(pace: Pace, visit: Visit, what: int | None = None) -> bool:
    """Known by the session alone, so that nothing has to be looked up for whoever floods."""
    pace.count(visit.signed_in.follower_id, what)
    return not pace.is_exceeded(visit.signed_in.follower_id)


def _too_fast(visit: Visit) -> Response:
    again = (f"{PREFIX}{visit.round_id}", "重新打开选票")
    return telling(visit.request, "请慢一点", TOO_FAST, 429, again)


def _work(visit: Visit, token: str, sent: Sent) -> CastBallot:
    def vouch(person: Person) -> None:
        visit.vouch(person)
        if not visit.jar.accepts(token, person.id, person.openid):
            raise NotFromOurPage("刚才的没有计票：这张选票不是从您自己的网页上交来的。请重新打开选票，再选一次。")

    def read(round: RoundView) -> Choices:
        return round.fixed.ballot_type.checked(round.slip, sent.stances)

    here = visit.here
    return CastBallot(
        visit.round_id,
        visit.signed_in.follower_id,
        vouch,
        read,
        sent.opinions,
        here.keyring,
        here.clock,
        _origin(visit, token, sent),
    )


def _origin(visit: Visit, token: str, sent: Sent) -> Origin:
    client, here = visit.request.client, visit.here
    seconds = seconds_open(here.keyring, token, sent.opened, here.clock.wall())
    return Origin(client.host if client else None, seconds)


def _whole(visit: Visit, found: Paper, number: int) -> Response:
    with visit.here.database.reading() as session:
        candidates = queries.candidates_of(session, visit.round_id)
        candidate = dict(zip(found.round.slip.numbers, candidates, strict=True)).get(number)
        if candidate is None:
            raise NoRound("选票上没有这个号码，请回到选票看看。")
        origins = [
            each for origin in lineage.of_candidates(session, [candidate])[candidate.id] for each in origin.all()
        ]
    shown = {"round": found.round, "number": number, "candidate": candidate, "origins": origins}
    return page(visit.request, "vote_whole.html", **shown)


async def _refused(visit: Visit, refusal: ShishiError, sent: Sent) -> Response:
    """Say why. What the voter can mend is shown again as they left it."""
    found = await visit.paper()
    if ended := over(visit.request, found, visit.here, late=True):
        return ended
    if not isinstance(refusal, Invalid):
        again = (f"/h5/vote/{visit.round_id}", "重新打开选票")
        return telling(visit.request, "没有计票", refusal.message, refusal.status, again)
    own = _own(visit, found)._replace(stances=sent.stances, opinions=sent.opinions or {}, mend=refusal.message)
    if seconds_open(visit.here.keyring, own.token, sent.opened, visit.here.clock.wall()) is not None:
        own = own._replace(opened=sent.opened)  # as long as it takes them, not since the last refusal
    return await _drawn(visit, found, own, 422)


async def _drawn(visit: Visit, found: Paper, own: Own, status: int = 200) -> Response:
    sheets: Sheets = visit.request.app.state.sheets
    sheet = await sheets.of(found, visit.here)
    return HTMLResponse(sheet.put_together(found, own), status)


def _own(visit: Visit, found: Paper) -> Own:
    """What stands in the box; of a first ballot nothing is stated."""
    assert found.person is not None, "a stranger signs in first"
    numbers = found.round.slip.numbers
    stances = dict(zip(numbers, found.counted.choices, strict=True)) if found.counted else {}
    token = visit.jar.form_token(found.person.id, found.person.openid)
    opened = stamped(visit.here.keyring, token, visit.here.clock.wall())
    return Own(token, stances, found.opinions, opened, _news_shown(visit.request))


def _news_shown(request: Request) -> str:
    return request.query_params.get("news", "") if request.scope["query_string"] else ""


def _news(cast: Cast) -> str:
    if cast.repeated:
        return "same"
    return "changed" if cast.before else "counted"

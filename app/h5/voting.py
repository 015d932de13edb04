"""The vote page: a voter's own ballot paper, and casting it. Opening it changes nothing."""

from dataclasses import dataclass, replace

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.ballots import queries
from app.ballots.booth import Cast
from app.ballots.casting import CastBallot
from app.ballots.choices import Choices
from app.ballots.electorate import Person
from app.ballots.paper import Paper, paper
from app.ballots.queries import NoRound, RoundView
from app.errors import Invalid, ShishiError
from app.h5.pages import page, telling
from app.h5.session import Cookies, SignedIn
from app.h5.visiting import NotFromOurPage, SignInNeeded, cookies, fields_of, installation, session_of
from app.h5.vote_form import Sent, sent_by
from app.h5.vote_over import over
from app.h5.vote_sheet import Own, Sheets
from app.installation import Installation
from app.triage import lineage

LARGEST_ID = 2**31 - 1

router = APIRouter()


@dataclass(frozen=True)
class Visit:
    """Who came to which round, by what the session says; whether it is so is known once the person is found."""

    request: Request
    here: Installation
    jar: Cookies
    signed_in: SignedIn
    round_id: int

    def paper(self, session: Session) -> Paper:
        """Raises NoRound, SignInNeeded."""
        here = self.here
        found = paper(session, self.round_id, self.signed_in.follower_id, here.keyring, here.clock)
        if found.person is None:
            raise SignInNeeded
        self.vouch(found.person)
        return found

    def vouch(self, person: Person) -> None:
        """Raises SignInNeeded for somebody else who was given this person's number later on."""
        if not self.jar.belongs_to(self.signed_in, person.openid):
            raise SignInNeeded


@router.get("/vote/{round_id:int}")
def showing(request: Request, round_id: int) -> Response:
    visit = _visit(request, round_id)
    with visit.here.database.reading() as session:
        found = visit.paper(session)
        if refusal := over(request, found, visit.here):
            return refusal
        return _drawn(session, visit, found, _own(visit, found))


@router.get("/vote/{round_id:int}/{number:int}")
def reading(request: Request, round_id: int, number: int) -> Response:
    """The whole text of a candidate, where the ballot shows its beginning."""
    visit = _visit(request, round_id)
    with visit.here.database.reading() as session:
        found = visit.paper(session)
        by_number = dict(zip(found.round.slip.numbers, queries.candidates_of(session, round_id), strict=True))
        if number not in by_number:
            raise NoRound("选票上没有这个号码，请回到选票看看。")
        candidate = by_number[number]
        origins = [
            each for origin in lineage.of_candidates(session, [candidate])[candidate.id] for each in origin.all()
        ]
        return page(
            request, "vote_whole.html", round=found.round, number=number, candidate=candidate, origins=origins
        )


@router.post("/vote/{round_id:int}")
async def casting(request: Request, round_id: int) -> Response:
    visit = _visit(request, round_id)
    fields = await fields_of(request)
    sent = sent_by(fields)
    try:
        cast = await visit.here.writer.ask(_work(visit, fields.get("token", ""), sent))
    except (SignInNeeded, NoRound):
        raise
    except ShishiError as refusal:
        return await run_in_threadpool(_refused, visit, refusal, sent)
    assert isinstance(cast, Cast), "a refusal is raised by whoever waits for it"
    return RedirectResponse(f"/h5/vote/{round_id}?news={_news(cast)}", 303)


def _visit(request: Request, round_id: int) -> Visit:
    """Raises SignInNeeded, NoRound."""
    here = installation(request)
    jar = cookies(request)
    signed_in = session_of(request, jar)
    if round_id > LARGEST_ID:
        raise NoRound("没有这一轮投票，链接可能不完整。")
    return Visit(request, here, jar, signed_in, round_id)


def _work(visit: Visit, token: str, sent: Sent) -> CastBallot:
    def vouch(person: Person) -> None:
        visit.vouch(person)
        if not visit.jar.accepts(token, person.id, person.openid):
            raise NotFromOurPage("刚才的没有计票：这张选票不是从您自己的网页上交来的。请重新打开选票，再选一次。")

    def read(round: RoundView) -> Choices:
        return round.fixed.ballot_type.checked(round.slip, sent.stances)

    here = visit.here
    return CastBallot(
        visit.round_id, visit.signed_in.follower_id, vouch, read, sent.opinions, here.keyring, here.clock
    )


def _refused(visit: Visit, refusal: ShishiError, sent: Sent) -> Response:
    """Say why. What the voter can mend is shown again as they left it."""
    with visit.here.database.reading() as session:
        found = visit.paper(session)
        if ended := over(visit.request, found, visit.here, late=True):
            return ended
        if not isinstance(refusal, Invalid):
            again = (f"/h5/vote/{visit.round_id}", "重新打开选票")
            return telling(visit.request, "没有计票", refusal.message, refusal.status, again)
        own = replace(_own(visit, found), stances=sent.stances, opinions=sent.opinions or {}, mend=refusal.message)
        return _drawn(session, visit, found, own, 422)


def _drawn(session: Session, visit: Visit, found: Paper, own: Own, status: int = 200) -> Response:
    sheets: Sheets = visit.request.app.state.sheets
    return HTMLResponse(sheets.of(session, found, visit.here).put_together(found, own), status)


def _own(visit: Visit, found: Paper) -> Own:
    """What stands in the box; of a first ballot nothing is stated."""
    assert found.person is not None, "a stranger signs in first"
    numbers = found.round.slip.numbers
    stances = dict(zip(numbers, found.standing.choices, strict=True)) if found.standing else {}
    token = visit.jar.form_token(found.person.id, found.person.openid)
    return Own(token, stances, found.opinions, visit.request.query_params.get("news", ""))


def _news(cast: Cast) -> str:
    if cast.repeated:
        return "same"
    return "changed" if cast.before else "counted"

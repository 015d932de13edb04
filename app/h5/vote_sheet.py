"""The vote page of a round: drawn once a minute, put together for each voter out of what was drawn."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import escape
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from app.ballots import queries
from app.ballots.choices import Stance
from app.ballots.lots import shuffled
from app.ballots.paper import Paper
from app.ballots.reasons import REASON_TITLES
from app.ballots.rules import OPINION_LIMIT
from app.campaigns.dates import until
from app.h5.pages import TEMPLATES
from app.h5.slots import Slotted, slot
from app.h5.vote_form import WORDS
from app.installation import Installation
from app.triage import lineage
from app.triage.ballot_text import MATURITY_TITLES
from models import Candidate

TEXT_ROOM = 15_000  # characters of all candidates' texts: 45 kB, so that the page stays light on a slow line
ORIGINS_SHOWN = 5
NEWS = ("counted", "changed", "same")
# What is not stated is another thing than an abstention: of a new ballot no radio is set.
Stated = Stance | None
UNCOUNTED = {
    "nothing": "您还没有投票",
    "invalid": "没有计票，可以重新投",
    "elsewhere": "已有一张选票，不是这部手机投的",
    "elsewhere_invalid": "没有计票，可以重新投",
}


class Own(NamedTuple):
    """What is a voter's own on their page. `mend` is the sentence about a ballot that could not be counted."""

    token: str
    stances: Mapping[int, Stance]
    opinions: Mapping[int, str]
    opened: str
    news: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Sheet:
    """What all voters of a round share: the page, each candidate in each state, and what is said on top."""

    page: Slotted
    candidates: Mapping[int, Mapping[Stated, Slotted]]
    notices: Mapping[str, Slotted]

    def put_together(self, paper: Paper, own: Own) -> bytes:
        """The whole page of one voter, who may vote."""
        assert paper.person is not None, "a stranger signs in first"
        code = paper.round.arrangement(paper.person)
        told = _told(paper)
        return self.page.filled(
            notice=self._notice(paper, own, told),
            token=own.token,
            opened=own.opened,
            candidates=self._candidates(paper, own, code),
            told=f"已计票：{told}" if told else UNCOUNTED[_kind(paper)],
            button="改成这样" if told else "提交选票",
            code=code,
        )

    def _notice(self, paper: Paper, own: Own, told: str) -> bytes:
        kind = _kind(paper)
        if own.mend:
            kind = "mend_again" if paper.counted else "mend"
        elif paper.counted and own.news in NEWS:
            kind = own.news
        receipt = paper.standing.receipt if paper.standing else ""
        written = f"您写的 {len(paper.opinions)} 条意见也保存了。" if paper.opinions else ""
        last = paper.standing or paper.elsewhere
        why = REASON_TITLES[last.invalid] if last and last.invalid else ""
        return self.notices[kind].filled(
            told=told, receipt=receipt, mend=escape(own.mend), written=written, why=why
        )

    def _candidates(self, paper: Paper, own: Own, code: str) -> bytes:
        order = shuffled(paper.round.slip.numbers, paper.round.seed, code)
        drawn = {number: self.candidates[number][own.stances.get(number)] for number in order}
        pieces = {number: one.blank for number, one in drawn.items()}
        for number, opinion in own.opinions.items():
            if opinion and number in drawn:
                pieces[number] = drawn[number].filled(opinion=escape(opinion), written="，已写意见")
        return b"".join(pieces.values())


class Sheets:
    """The sheets of this process, by round; drawn in a thread, once for all who wait for it."""

    def __init__(self) -> None:
        self._drawn: dict[int, tuple[object, asyncio.Future[Sheet]]] = {}

    async def of(self, paper: Paper, here: Installation) -> Sheet:
        """Drawn anew every minute, and at once when the campaign or the secrecy of the round is changed."""
        version = _version(paper, here)
        known, drawing = self._drawn.get(paper.round.id, (None, None))
        if drawing is None or known != version or _failed(drawing):
            drawing = asyncio.ensure_future(run_in_threadpool(_draw, paper, here))
            self._drawn[paper.round.id] = version, drawing
        return await asyncio.shield(drawing)


def _draw(paper: Paper, here: Installation) -> Sheet:
    with here.database.reading() as session:
        return draw(session, paper, here)


def _failed(drawing: "asyncio.Future[Sheet]") -> bool:
    return drawing.cancelled() or (drawing.done() and drawing.exception() is not None)


def draw(session: Session, paper: Paper, here: Installation) -> Sheet:
    round, definition = paper.round, paper.campaign.definition
    candidates = queries.candidates_of(session, round.id)
    origins = lineage.of_candidates(session, candidates)
    box = queries.box(session, round.id)
    drawn = TEMPLATES.env.get_template("vote.html").render(
        slot=slot,
        round=round,
        explain=round.fixed.ballot_type.explain(round.slip),
        closing=until(round.closes_at, here.settings.zone) if round.closes_at else "",
        voters=round.fixed.electorate.told(here.settings.zone),
        turnout=_turnout(session, paper),
        head=box.head_at_open if box else "",
        office=definition.office,
    )
    return Sheet(
        Slotted(drawn),
        {
            number: _drawn_candidate(
                paper,
                candidate,
                {
                    "number": number,
                    "category": next(
                        (one.title for one in definition.categories if one.key == candidate.category), ""
                    ),
                    "maturity": MATURITY_TITLES[candidate.maturity] if candidate.maturity else "",
                    "origins": [each for origin in origins[candidate.id] for each in origin.all()],
                    "room": _room(candidates),
                },
            )
            for number, candidate in zip(round.slip.numbers, candidates, strict=True)
        },
        {kind: Slotted(_notice(kind)) for kind in ("counted_before", *UNCOUNTED, *NEWS, "mend", "mend_again")},
    )


def _drawn_candidate(paper: Paper, candidate: Candidate, shown: Mapping[str, object]) -> Mapping[Stated, Slotted]:
    template = TEMPLATES.env.get_template("vote_candidate.html")
    type = paper.round.fixed.ballot_type
    return {
        stated: Slotted(
            template.render(
                slot=slot,
                round=paper.round,
                candidate=candidate,
                stances=[(WORDS[stance], word, stance is stated) for stance, word in type.stances.items()],
                opinion_limit=OPINION_LIMIT,
                origins_shown=ORIGINS_SHOWN,
                **shown,
            )
        )
        for stated in (None, *Stance)
    }


def _kind(paper: Paper) -> str:
    """Which notice there is on top for somebody who has just opened the page."""
    if paper.counted:
        return "counted_before"
    if paper.elsewhere:
        return "elsewhere_invalid" if paper.elsewhere.invalid else "elsewhere"
    return "invalid" if paper.standing else "nothing"


def _notice(kind: str) -> str:
    return TEMPLATES.env.get_template("vote_notice.html").render(kind=kind, slot=slot)


def _turnout(session: Session, paper: Paper) -> int | None:
    if not queries.may_see_turnout(paper.round, operator=False):
        return None
    return queries.votes_cast(session, paper.round.id)


def _room(candidates: Sequence[Candidate]) -> int:
    """How many characters of a text stand on the page; the rest has a page of its own."""
    texts = [text for one in candidates for text in (one.summary, one.expected_outcome)]
    whole = sum(map(len, texts))
    return TEXT_ROOM if whole <= TEXT_ROOM else TEXT_ROOM // len(texts)


def _told(paper: Paper) -> str:
    if paper.counted is None:
        return ""
    return paper.round.fixed.ballot_type.told(paper.round.slip, paper.counted.choices)


def _version(paper: Paper, here: Installation) -> object:
    return here.clock.wall().replace(second=0, microsecond=0), paper.campaign.loaded_at, paper.round.turnout

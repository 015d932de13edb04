"""Where nothing can be cast on a round: before it, after it, or by somebody it does not ask."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.ballots.electorate import MayNotVote
from app.ballots.paper import Paper
from app.ballots.reasons import REASON_TITLES
from app.campaigns.dates import moment
from app.h5.pages import page, telling
from app.installation import Installation
from models.enums import BallotWay, RoundState

BESIDE_PAPER = "刚才在手机上选的没有计票：您的纸质选票已经计票了。"
LATE = "刚才选的没有计票：交上来的时候，投票已经截止了。"
PUBLISHED = (
    "这一轮投票的结果已经公布。公布的时候，票箱的钥匙就销毁了，谁投了什么再也对不上，"
    "所以这里也看不到您选的是什么。"
)
CLOSED = "这一轮投票已经截止，谢谢大家。结果确认以后，会在公众号里公布。"
FOLLOWING = (
    "已经关注了的话，请在公众号里回复“投票”，再打开一次。"  # whoever writes to the account is known to follow
)
ON_PAPER = (
    "您这张会员卡的纸质选票已经录入、计票。一人一票，手机上不能再投。纸质选票选的是什么，手机上不显示。"
    "觉得录得不对，请在截止以前联系活动办公室。"
)
PAUSED = "征求意见的阶段已经结束，这一轮投票不再收票，谢谢您的热心。"


def over(request: Request, paper: Paper, here: Installation, *, late: bool = False) -> Response | None:
    """The page that says so; None where the person may vote now. `late`: they have just tried."""
    state = paper.round.state
    if state is RoundState.DRAFT:
        return telling(request, "投票还没有开始", _beginning(paper, here), 409 if late else 200)
    if state is RoundState.PUBLISHED:
        results = (f"/h5/results/{paper.campaign.key}", "看结果")
        return _over(request, paper, late, "投票结果已公布", PUBLISHED, results)
    if not paper.open:
        return _over(request, paper, late, "投票已截止", PAUSED if state is RoundState.OPEN else CLOSED)
    if paper.elsewhere and paper.elsewhere.way is BallotWay.PAPER and not paper.elsewhere.invalid:
        return _over(request, paper, late, "您已经用纸质选票投过票", ON_PAPER)
    return _not_asked(request, paper)


def _not_asked(request: Request, paper: Paper) -> Response | None:
    assert paper.person is not None, "a stranger signs in first"
    electorate = paper.round.fixed.electorate
    try:
        electorate.admit(paper.person)
    except MayNotVote as refusal:
        on_register = electorate.register_id is not None
        ways = [(f"/h5/register/{paper.round.id}", "去登记")] if on_register else []
        title = "请先登记" if on_register else "现在还不能投票"
        unheard_of = not on_register and not paper.person.subscribed
        sentence = refusal.message + (FOLLOWING if unheard_of else "")
        return telling(request, title, sentence, refusal.status, *ways)
    return None


def _over(
    request: Request, paper: Paper, late: bool, title: str, sentence: str, *ways: tuple[str, str]
) -> Response:
    why = BESIDE_PAPER if paper.open else LATE
    shown: dict[str, Any] = {"title": title, "sentence": sentence, "ways": ways, "late": why if late else ""}
    return page(
        request,
        "vote_over.html",
        409 if late else 200,
        told=_told(paper),
        invalid=_invalid(paper),
        receipt=_receipt(paper),
        elsewhere=paper.elsewhere and paper.elsewhere.way is not BallotWay.PAPER,
        **shown,
    )


def _told(paper: Paper) -> str | None:
    """None where it cannot be known: not any more, or not by this phone."""
    if paper.round.fixed.key is None or paper.elsewhere:
        return None
    if paper.standing is None:
        return ""
    return paper.round.fixed.ballot_type.told(paper.round.slip, paper.standing.choices)


def _invalid(paper: Paper) -> str:
    """Why the person's ballot does not count; empty where it does."""
    invalid = paper.standing.invalid if paper.standing else None
    return REASON_TITLES[invalid] if invalid else ""


def _receipt(paper: Paper) -> str:
    return paper.standing.receipt if paper.standing else ""


def _beginning(paper: Paper, here: Installation) -> str:
    assert paper.round.opens_at is not None, "what is released without being open has a time"
    return f"“{paper.round.title}”{moment(paper.round.opens_at, here.settings.zone)}开始，到时候请再来。"

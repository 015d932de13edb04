"""What is said of voting in the chat. Pure."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from app.ballots.booth import Cast
from app.ballots.queries import Elsewhere, RoundView, Standing
from app.ballots.reasons import REASON_TITLES
from app.campaigns.dates import until
from app.wechat.speech import lines, link, paragraphs, quoted, tap
from models.enums import BallotWay, InvalidReason
from wechat_handlers.texts import registering

NO_LINE_BETWEEN = "号码之间请空一格，例如：投 1 3 5。"
OWN_BALLOT = "我的选票"
KEY_IS_GONE = "公布结果的时候，票箱的钥匙已经销毁，谁投了什么再也对不上了，所以这里也看不到您选的是什么。"
ENDED = "投票已经截止，不能再投了，谢谢您的热心。结果确认以后在这里公布。"
NOT_VOTED = "您在这次活动里还没有投过票。"


def ballot_paper(
    round: RoundView, titles: Sequence[str], mine: Standing | Elsewhere | None, url: str, zone: ZoneInfo
) -> str:
    """One open round: where the person stands, the candidates, and both ways to vote."""
    closing = f"，{until(round.closes_at, zone)}截止" if round.closes_at else ""
    candidates = (f"{number}. {quoted(title)}" for number, title in zip(round.slip.numbers, titles, strict=True))
    page = f"看详细介绍、写意见，点这里：{link(url, '打开选票')}" if url else ""
    return paragraphs(
        f"【{quoted(round.title)}】正在投票{closing}。",
        elsewhere(mine) if isinstance(mine, Elsewhere) else standing(round, mine) if mine else "",
        lines(candidates),
        lines((round.fixed.ballot_type.explain(round.slip), page, _how(round, mine))),
    )


def standing(round: RoundView, mine: Standing) -> str:
    if mine.invalid:
        return f"{_not_counted(mine.invalid)}您可以重新投一次，截止以前投的照样算数。凭证号：{mine.receipt}"
    said = round.fixed.ballot_type.told(round.slip, mine.choices)
    return f"您已经投过票，已计票：{said}。凭证号：{mine.receipt}"


def elsewhere(theirs: Elsewhere) -> str:
    if theirs.invalid:
        return f"您这张会员卡以前的一张选票没有计票：{REASON_TITLES[theirs.invalid]}。截止以前可以再投一次。"
    if theirs.way is BallotWay.PAPER:
        return (
            "您这张会员卡的纸质选票已经录入、计票。一人一票，手机上不能再投。纸质选票选的是什么，手机上不显示。"
            "觉得录得不对，请在截止以前联系活动办公室。"
        )
    return (
        "您这张会员卡在这一轮已经有一张选票，是在登记这部手机以前投的，选了什么这里不显示。"
        "不是您本人投的，截止以前可以重新投一次，按您这一次的算。"
    )


def may_not(round: RoundView, why: str) -> str:
    by_register = round.fixed.electorate.register_id is not None
    return paragraphs(f"【{quoted(round.title)}】正在投票。", why, registering.HOW if by_register else "")


def counted(round: RoundView, cast: Cast) -> str:
    type, slip = round.fixed.ballot_type, round.slip
    now = type.told(slip, cast.choices)
    if cast.repeated:
        head = f"这张选票已经计过了，没有变化：{now}。"
    elif cast.before is not None:
        head = f"已经改好，按这次的计票：{now}。（原来：{type.told(slip, cast.before)}）"
    else:
        head = f"谢谢您，已计票：{now}。"
    return lines(
        (
            head,
            f"凭证号：{cast.receipt}",
            f"截止以前随时可以再改，只算最后一次。回复 {tap(OWN_BALLOT)} 可以再看。",
        )
    )


def which_round(rounds: Sequence[RoundView]) -> str:
    listed = (f"第{place}轮：{quoted(round.title)}" for place, round in enumerate(rounds, start=1))
    return lines(("现在有几轮投票在进行，请写明是哪一轮：", *listed, "例如：第2轮投 1 3 5"))


def own_ballot(title: str, told: str) -> str:
    return paragraphs(f"【{quoted(title)}】", told)


def past_ballot(round: RoundView, mine: Standing) -> str:
    if mine.invalid:
        asked = "觉得弄错了，请联系活动办公室。"
        return f"投票已经截止。{_not_counted(mine.invalid)}{asked}凭证号：{mine.receipt}"
    said = round.fixed.ballot_type.told(round.slip, mine.choices)
    return f"投票已经截止。您的选票已计票：{said}。凭证号：{mine.receipt}"


def published(url: str) -> str:
    return f"投票结果已经公布：{link(url, '看结果')}"


def _not_counted(reason: InvalidReason) -> str:
    return f"您的这张选票没有计票：{REASON_TITLES[reason]}。"


def _how(round: RoundView, mine: Standing | Elsewhere | None) -> str:
    if mine and not mine.invalid and mine.way is BallotWay.PAPER:
        return ""
    example = " ".join(map(str, round.slip.numbers[: max(1, round.slip.min_choices)]))
    deed = "想改" if mine else "也可以直接在这里投"
    return f"{deed}：回复“投”加号码，例如“投 {example}”，号码之间空一格。"

"""What is said of standing behind a colleague's proposal. Pure."""

from collections.abc import Sequence

from app.proposals.alike.public import public_title
from app.proposals.alike.queries import Offer
from app.proposals.supporting import Standing
from app.wechat.speech import lines, quoted, tap

WHICH = "想支持哪一份提案？请回复“支持”加它的编号，例如：支持 SS2018-0001。"
WHICH_OF_THESE = "相近的提案不止一份，想支持哪一份，点它后面的“加入支持”。"


def hint(offers: Sequence[Offer]) -> str:
    """Beneath the review card: what colleagues have handed in already."""
    if not offers:
        return ""
    shown = [f"{o.number}《{quoted(o.title, 24)}》{tap('支持 ' + o.number, '加入支持')}" for o in offers]
    return lines(("可能和这些提案相近：", *shown, "差不多的话，给它加上您的支持就行；想自己提，照样回复“提交”。"))


def supported(standing: Standing, said: str) -> str:
    """`said` is the number that was named; it may be handled as part of another."""
    proposal = standing.proposal
    thanks = "谢谢您！已经记下您的支持" if standing.changed else "您已经支持过这一份，不会重复计算"
    return lines(
        (
            f"{thanks}：{proposal.number}《{quoted(public_title(proposal.title), 40)}》",
            f"{said} 已经和它合并办理，您的支持就算在它这里。" if said != proposal.number else "",
            f"现在有 {standing.supporters} 位同事支持。想收回，回复 {tap('取消支持 ' + proposal.number)}。",
        )
    )


def taken_back(standing: Standing) -> str:
    number = standing.proposal.number
    return f"好的，您对 {number} 的支持已经收回。" if standing.changed else f"您没有支持过 {number}，不用收回。"


def own_draft_waits() -> str:
    """After supporting what is like one's own, which is complete but not handed in."""
    return lines(
        (
            "您自己写的这份还没有交，内容都替您存着。",
            f"和它差不多，就不用再交了，回复 {tap('取消')} 收起来；有不一样的想法，回复 {tap('提交')} 照样交。",
        )
    )


def share(number: str) -> str:
    """How colleagues can stand behind what was just handed in."""
    return f"想请同事也来支持？请他们在这里回复“支持 {number}”就行。"


def count(supporters: int) -> str:
    return f"有 {supporters} 位同事支持" if supporters else ""

"""What is said of a person's own data. Pure."""

from collections.abc import Sequence

from app.privacy.queries import Section
from app.wechat.speech import lines, paragraphs, quoted, tap

NOTHING_KEPT = "我们这里没有保存您的资料。"


def export(sections: Sequence[Section]) -> str:
    shown = [lines((f"【{s.title}】", *(f"{name}：{quoted(said)}" for name, said in s.rows))) for s in sections]
    return paragraphs(
        "我们保存的您的资料如下（电话只显示一部分）：", *shown, f"不想留着，可以回复 {tap('删除我的资料')}。"
    )


def confirm_erasure(proposals: int, *, voted: bool) -> str:
    return lines(
        (
            "删除后，您的姓名、电话、单位、没写完的草稿和聊天记录都会清除，找不回来。",
            f"您提交过的 {proposals} 份提案内容会保留继续办理，但不再和您有任何联系，您也查不到、改不了它们了。"
            if proposals
            else "",
            "您投过的票照样计票，以后再来也还是一人一票；登记过会员名册的，会和您的微信解开。" if voted else "",
            f"确定要删除，请回复 {tap('确认删除我的资料')}；不删就不用理会。",
        )
    )


def erased() -> str:
    """The same whether something was there or not: a retry finds nothing, and must hear the same answer."""
    return lines(
        (
            "您的资料已经全部删除。",
            "以前提交过的提案，内容按提交时的样子保留，已经和您没有联系。",
            f"以后想再提案，随时点 {tap('我要提案')}。",
        )
    )

"""What is said while a proposal is being written. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.campaigns.told import ended
from app.conversation.form import Answers
from app.proposals.form import agreed
from app.wechat.speech import lines, paragraphs, tap

SAVED = "✓ 记下了。"
SKIPPED = "✓ 好的，这一项跳过。"
KEPT = "✓ 好的，还是原来的。"
LATE_PIECE = "✓ 这一段补进前面写的内容里了。"
PIECES_KEPT = "刚才这一条没有记，前面记下的都在。"
NOT_OPTIONAL = "这一项不能跳过，简单写几个字就行。"
NOTHING_BEFORE = "这已经是第一项了。"
PICTURE_KEPT = "✓ 图片收到，跟着这份提案一起保存了（共 {count} 张）。"
PICTURES_FULL = "这份提案已经有 {count} 张图片，放满了，刚才这一张没有存。"
NOT_YET_COMPLETE = "还差几项没写完，写完就能提交。"
NOTHING_TO_END = "现在这一项不用回复“完”，直接把内容发给我就好。"
HEARD = "听到您说：“{said}”"
AT_REVIEW = "刚才这一句没有记进提案里。要改哪一项，请先回复“改”加编号；都对就回复“提交”。"


def consent_noted(answers: Answers) -> str:
    if agreed(answers):
        return "✓ 好的，谢谢您的信任，您的资料我们会好好保管。"
    return "✓ 好的，姓名、电话和单位都不保存，提案照样可以交。"


def no_such_row(row: int, rows: int) -> str:
    return f"没有第 {row} 项，请写 1 到 {rows} 中的一个编号。"


def submitted(number: str, office: str, share: str, *, changeable: bool) -> str:
    more = f"征集截止前还可以修改或撤回，点 {tap('我的提案')}；还有别的想法，点 {tap('我要提案')} 再写一份。"
    return paragraphs(
        f"提交成功，谢谢您！\n您的提案编号是 {number}，请记一下。",
        f"接下来由工会汇总梳理，有结果会告诉您。随时回复 {tap('进度 ' + number)} 查看。",
        more if changeable else "征集已经截止，这份提案就按现在的内容办理，不能再改了。",
        share,
        f"有疑问请联系{office}。",
    )


def amended(number: str) -> str:
    return f"改好了，{number} 已经按新的内容保存。\n随时点 {tap('我的提案')} 查看。"


def unchanged(number: str) -> str:
    return f"好的，不改了，{number} 还是原来提交的内容。\n随时点 {tap('我的提案')} 查看。"


def shelved(*, in_time: bool, may_propose: bool) -> str:
    if not in_time:
        return f"好的，写过的内容替您收着，不会丢。不要了可以回复 {tap('删除草稿')}。"
    new = f"，写新的点 {tap('我要提案')}" if may_propose else ""
    return lines(
        (
            "好的，先不写了。写过的内容替您收着，不会丢。",
            f"想接着写回复 {tap('恢复草稿')}，不要了回复 {tap('删除草稿')}{new}。",
        )
    )


def cancelled_empty() -> str:
    return f"好的，先不写了。想写的时候点 {tap('我要提案')}。"


def discarded() -> str:
    return f"草稿已经删除。想写新的点 {tap('我要提案')}。"


def nothing_on_shelf() -> str:
    return f"没有收起来的草稿。想写新的点 {tap('我要提案')}。"


def nothing_written(*, may_propose: bool, on_shelf: bool) -> str:
    return lines(
        (
            "您现在没有正在写的提案。",
            f"上次收起来的那份还在，想接着写回复 {tap('恢复草稿')}。" if on_shelf else "",
            f"想写新的点 {tap('我要提案')}。" if may_propose else "",
        )
    )


def finish_first() -> str:
    return f"您手上还有一份没写完的提案。先回复 {tap('继续')} 写完它，或回复 {tap('取消')} 收起来，再来做这件事。"


def shelf_note() -> str:
    return f"（之前收起的草稿还在，回复 {tap('恢复草稿')} 可以接着写那一份。）"


def aside() -> str:
    return f"您正在写的提案都存着，回复 {tap('继续')} 接着写。"


def too_late(closed: datetime | None, amending: str | None, zone: ZoneInfo) -> str:
    if amending:
        return f"征集{ended(closed, zone)}截止，{amending} 不能再改了，还是按原来提交的内容办理。"
    when = ended(closed, zone)
    return lines(
        (
            f"征集{when}截止，这份提案没能赶上提交，写过的内容还替您保存着，回复 {tap('预览')} 可以看。",
            "下一阶段的消息会在这里告诉您。",
        )
    )

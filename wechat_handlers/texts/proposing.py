"""What is said while a proposal is being written. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app.campaigns.dates import until
from app.campaigns.definition import Definition
from app.conversation.form import Answers, Form, Question, State
from app.proposals.form import agreed
from wechat_handlers.texts.speech import lines, paragraphs, quoted, tap

SAVED = "✓ 记下了。"
SKIPPED = "✓ 好的，这一项跳过。"
LATE_PIECE = "✓ 这一段补进前面的简介了。"
NOT_OPTIONAL = "这一项是征集表要求的，不能跳过，简单写几个字就行。"
NOTHING_BEFORE = "这已经是第一项了。"
NOTHING_WRITTEN = "您现在没有正在写的提案。"
PICTURE_KEPT = "✓ 图片收到，跟着这份提案一起保存了（共 {count} 张）。"
PICTURES_FULL = "这份提案已经有 {count} 张图片了，再多就放不下了。"
NOT_YET_COMPLETE = "还差几项没写完，写完就能提交。"
NOTHING_TO_END = "现在这一项不用回复“完”，直接把内容发给我就好。"
NO_SUCH_ROW = "没有第 {row} 项，请看看上面的编号。"
HEARD = "听到您说：“{said}”"
AFTER_REVIEW = "都写好了，请您回复“提交”，或者回复“改”加编号，例如 改 3。"


def ask(form: Form, question: Question, state: State, definition: Definition) -> str:
    """The question as it is put: its row and prompt, what to choose from, help, and what else may be said."""
    editing = state.editing == question.key and question.key in state.answers
    before = question.shown(state.answers) if editing else ""
    return paragraphs(
        lines((_row(form, question, state), question.prompt)),
        f"原来写的是：{quoted(before, 80)}" if before else "",
        _options(question),
        _help(question, definition),
        _ways_on(question, state, editing),
    )


def _row(form: Form, question: Question, state: State) -> str:
    """Which row of the review card this fills: the number is the one that 改 n will use."""
    card = form.card(state.answers)
    return f"【{card.index(question) + 1}/{len(card)} {question.name}】" if question in card else ""


def _options(question: Question) -> str:
    if question.key.startswith("rating_"):
        return "　".join(tap(option.value, option.title) for option in reversed(question.options))
    return lines(f"{n}. {tap(option.title)}" for n, option in enumerate(question.options, start=1))


def _help(question: Question, definition: Definition) -> str:
    if question.key == "summary":
        sides = "、".join(definition.summary_sides)
        return f"可以从这些方面说：{sides}。\n{question.hint}"
    if question.key == "evaluation":
        return lines((_projects(definition), question.hint, _how_to_rate(definition)))
    return question.hint


def _projects(definition: Definition) -> str:
    return lines(f"{project.number}. {project.title}" for project in definition.last_year)


def _how_to_rate(definition: Definition) -> str:
    count = len(definition.last_year)
    return f"可以一次回复 {count} 个 1 到 5 的分数（5 最好），也可以点 {tap('逐项评分')}，或者直接写几句话。"


def _ways_on(question: Question, state: State, editing: bool) -> str:
    if question.joined:
        begun = question.key in state.fragments and not editing
        return f"可以分几条发，写完后回复 {tap('完')}。" if not begun else f"接着写就行，写完后回复 {tap('完')}。"
    if editing:
        return f"不改了就回复 {tap('返回')}。"
    return f"不想填可以回复 {tap('跳过')}。" if question.optional else ""


def collected(state: State, question: Question) -> str:
    count = len(state.fragments[question.key].text())
    return f"✓ 记下了，{question.name}现在有 {count} 个字。\n还有就接着发；写完了回复 {tap('完')}。"


def review_card(form: Form, state: State, pictures: int, amending: str | None) -> str:
    """All answers with the numbers that 改 n uses, and what to do next."""
    head = f"请看看 {amending} 改得对不对：" if amending else "都写好了，请您看看对不对："
    rows = [
        f"{n}. {question.name}：{quoted(question.shown(state.answers), 60) or '（没填）'}"
        for n, question in enumerate(form.card(state.answers), start=1)
    ]
    if pictures:
        rows.append(f"图片：{pictures} 张")
    if not agreed(state.answers):
        rows.append("姓名、电话、单位：按您的意思没有问")
    return paragraphs(
        head,
        lines(rows),
        lines(
            (
                f"没问题就回复 {tap('提交')}",
                f"要改哪一项就回复“改”加编号，例如 {tap('改 3')}",
                f"先不交了回复 {tap('取消')}",
            )
        ),
    )


def preview(rows: Sequence[tuple[str, str]], pictures: int) -> str:
    """Everything written so far, in full."""
    if not rows:
        return "还没有写内容。"
    shown = [f"【{name}】{quoted(said)}" for name, said in rows]
    if pictures:
        shown.append(f"【图片】{pictures} 张")
    return lines(("已经写好的内容（都保存着）：", *shown))


def welcome_back(rows: Sequence[tuple[str, str]]) -> str:
    """A short reminder of what is there already."""
    if not rows:
        return "欢迎回来，我们接着写。"
    shown = [f"· {name}：{quoted(said, 30)}" for name, said in rows]
    return lines(("欢迎回来，上次写的都保存着：", *shown))


def submitted(number: str, office: str) -> str:
    return paragraphs(
        f"提交成功，谢谢您！\n您的提案编号是 {number}，请记一下。",
        f"接下来工会会汇总梳理，有结果会告诉您。随时回复 {tap('进度 ' + number)} 查看。",
        f"征集截止前还可以修改或撤回，点 {tap('我的提案')}；还有别的想法，点 {tap('我要提案')} 再写一份。",
        f"有疑问请联系{office}。",
    )


def amended(number: str) -> str:
    return f"改好了，{number} 已经按新的内容保存。\n随时点 {tap('我的提案')} 查看。"


def shelved() -> str:
    return lines(
        (
            "好的，先不写了。已经写的内容替您收着，不会丢。",
            f"想接着写回复 {tap('恢复草稿')}，不要了回复 {tap('删除草稿')}，写新的点 {tap('我要提案')}。",
        )
    )


def cancelled_empty() -> str:
    return f"好的，先不写了。想写的时候点 {tap('我要提案')}。"


def discarded() -> str:
    return f"草稿已经删除。想写新的点 {tap('我要提案')}。"


def nothing_on_shelf() -> str:
    return f"没有收起来的草稿。想写新的点 {tap('我要提案')}。"


def finish_first() -> str:
    return f"您手上还有一份没写完的提案。先回复 {tap('继续')} 写完它，或回复 {tap('取消')} 收起来，再来做这件事。"


def shelf_note() -> str:
    return f"（之前收起的草稿还在，回复 {tap('恢复草稿')} 可以接着写那一份。）"


def too_late(closed: datetime | None, zone: ZoneInfo) -> str:
    when = f"已于{until(closed, zone)}" if closed else "已经"
    return f"征集{when}截止，这份提案没能赶上提交，写的内容还替您保存着。\n下一阶段的消息会在这里告诉您。"


def grace_note(closed: datetime, end: datetime, zone: ZoneInfo) -> str:
    return f"征集已于{until(closed, zone)}截止。您是截止前动笔的，{until(end, zone)}之前还可以提交。"


def consent_changed(answers: Answers) -> str:
    return "✓ 好的，我们会保存您的联系资料。" if agreed(answers) else "✓ 好的，姓名、电话和单位都不保存。"

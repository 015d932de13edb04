"""How the form is shown: a question with its row and options, the review card, what is written so far. Pure."""

from collections.abc import Sequence

from app.campaigns.definition import Definition
from app.conversation.form import Form, Question, State
from app.proposals.form import ASKED_FOR, SUPPLEMENTING, agreed
from app.wechat.speech import lines, paragraphs, quoted, tap


def ask(form: Form, question: Question, state: State, definition: Definition) -> str:
    """The question as it is put: its row and prompt, what to choose from, help, and what else may be said."""
    editing = state.editing == question.key and question.key in state.answers
    before = question.shown(state.answers) if editing else ""
    return paragraphs(
        lines((_row(form, question, state), question.prompt)),
        f"原来写的是：{quoted(before, 80)}" if before else "",
        _options(question),
        _help(question, state, definition),
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


def _help(question: Question, state: State, definition: Definition) -> str:
    if question.key == "summary":
        sides = "、".join(definition.summary_sides)
        return f"可以从这些方面说：{sides}。\n{question.hint}"
    if question.key == SUPPLEMENTING:
        return lines((f"工作人员想请您补充：{quoted(str(state.answers[ASKED_FOR]))}", question.hint))
    if question.key == "evaluation":
        return lines((_projects(definition), question.hint, _how_to_rate(definition)))
    return question.hint


def _projects(definition: Definition) -> str:
    return lines(f"{project.number}. {project.title}" for project in definition.last_year)


def _how_to_rate(definition: Definition) -> str:
    count = len(definition.last_year)
    return f"可以一次回复 {count} 个 1 到 5 的分数（5 最好），也可以点 {tap('逐项评分')}，或者直接写几句话。"


def _ways_on(question: Question, state: State, editing: bool) -> str:
    keep = f"不改就回复 {tap('不改')}" if editing else ""
    if question.joined:
        return _ways_on_in_pieces(question, state, keep)
    if keep:
        return f"{keep}，不填了就回复 {tap('跳过')}。" if question.optional else f"{keep}。"
    return f"不想填可以回复 {tap('跳过')}。" if question.optional else ""


def _ways_on_in_pieces(question: Question, state: State, keep: str) -> str:
    if has_pieces(question, state):
        return f"接着写就行，写完后回复 {tap('完')}。"
    if keep:
        return f"新写的会换掉原来的，可以分几条发，写完后回复 {tap('完')}；{keep}。"
    return f"可以分几条发，写完后回复 {tap('完')}。"


def has_pieces(question: Question, state: State) -> bool:
    """Whether some of a joined answer has come and 完 has not."""
    pieces = state.fragments.get(question.key)
    return pieces is not None and pieces.ended is None


def next_in_short(question: Question | None) -> str:
    """One line on what comes next, where the whole question stands a little above already."""
    if question is None:
        return f"都对就回复 {tap('提交')}，想再看一遍回复 {tap('预览')}。"
    if question.joined:
        return f"{question.name}接着写就行，写完后回复 {tap('完')}。"
    return f"接着请回答上面这一项：{question.name}。"


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
        from_the_card(),
    )


def from_the_card() -> str:
    return lines(
        (
            f"没问题就回复 {tap('提交')}",
            f"要改哪一项就回复“改”加编号，例如 {tap('改 3')}",
            f"先不交了回复 {tap('取消')}",
        )
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
        return "欢迎回来，写过的都替您存着。"
    shown = [f"· {name}：{quoted(said, 30)}" for name, said in rows]
    return lines(("欢迎回来，上次写的都保存着：", *shown))

"""The labels of a form, however they are spaced, numbered or spelt, and where in a text they stand. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.proposals.intake.paper import Kind

FOOTER = frozenset({"filler", "phone", "date"})
NEAR, FAR = 80, 400  # characters of a line in which a label stands, and in which its hint ends
IGNORED = "other"  # a heading of a list that is no field of the form

NUMBERING = r"(?:[(]?[一二三四五六七八九十\d]{1,3}[)、.])?"
BEHIND = r"(?P<hint>\([^()]{0,150}\))?(?P<colon>:+)?"

# (field, as the notice prints it, what people write instead): the second counts only where the first is not used.
WORDS = (
    ("title", r"(?:服务职工)?实事项目名称", r"(?:推荐|申报|建议)?项目(?:名称|名)|(?:推荐|申报)项目|名称|标题"),
    (
        "summary",
        r"(?:实事)?(?:项目)?(?:内容)?简介",
        r"项目(?:内容|概述|概况|介绍|描述|方案)|(?:主要|具体)?内容|实施方案",
    ),
    (
        "expected_outcome",
        r"预期目标(?:[或及和与、/]|以及)(?:预期)?成效",
        r"预期(?:目标|成效|效果|成果)|目标[或及和与、/]?(?:成效|效果)|工作目标",
    ),
    (
        "evaluation",
        r"对(?:\d{2,4}|[〇○零一二三四五六七八九]{4}|上一?|去)年度?.{0,20}?实事项目的?评[估价](?:意见|情况)?",
        r"(?:对?上年度?)?(?:实事)?项目评[估价](?:意见)?|评[估价](?:意见)?",
    ),
    ("organisation", r"行业[、,/]?街镇[、,/]?(?:[和及])?直属工会(?:名称)?|(?:区总工会)?机关各?部室(?:名称)?", ""),
    (
        "organisation",
        "",
        r"(?:推荐|填报|报送|申报|提出|所在)?单位(?:名称)?|工会名称|部室(?:名称)?|(?:推荐|提出)部[室门]",
    ),
    ("source", "", "来源|推荐渠道"),
    ("filler", r"填[表报写](?:人|者)(?:姓名)?", r"联系人(?:姓名)?|姓名|报送人|申报人"),
    ("phone", r"联系(?:人)?电话(?:号码)?", r"(?:办公)?电话(?:号码)?|手机(?:号码?)?|联系方式"),
    ("date", r"填[表报写](?:日期|时间)", r"日期"),
)
OTHER = (
    r"序号|编号|状态|类别|分类|领域|行业/?工种|图片|(?:提交|修改|实施)时间|经费|(?:责任|负责)部门"
    r"|经办人|合并到|办理意见|备注"
)
HEADINGS: tuple[tuple[Kind, str], ...] = (
    ("union", r"附件[一1](?![\d一二三四五六七八九十])|.*征集表\((?:一|1)\)"),
    ("department", r"附件[二2](?![\d一二三四五六七八九十])|.*征集表\((?:二|2)\)"),
)
UNSEEN = re.compile("[\\s_\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+")
HEADING = re.compile(r"附件[一二三四\d]{1,2}:?|.{0,40}征集表(?:\([一二12]\))?:?")


@dataclass(frozen=True)
class Label:
    field: str
    pattern: re.Pattern[str]
    printed: bool  # in the words of the notice


@dataclass(frozen=True)
class Found:
    """A label in a line: where it begins and where what follows it begins."""

    label: Label
    begin: int
    end: int
    said: str  # the label alone, as compared
    marked: bool  # with a colon or a hint behind it


def _labels() -> tuple[Label, ...]:
    spelt = [(name, words, index == 0) for name, *both in WORDS for index, words in enumerate(both) if words]
    spelt.append((IGNORED, OTHER, False))
    return tuple(
        Label(name, re.compile(f"{NUMBERING}(?P<said>{words}){BEHIND}"), printed) for name, words, printed in spelt
    )


LABELS = _labels()


@dataclass(frozen=True)
class Folded:
    """A line in half width without blanks; `ends[i]` is where the i-th character of it ends in the line."""

    text: str
    ends: Sequence[int]

    def begin_of(self, index: int) -> int:
        return self.ends[index - 1] if index else 0

    def index_after(self, position: int) -> int:
        return next((index for index, end in enumerate(self.ends) if end > position), len(self.ends))


def fold(line: str) -> Folded:
    kept, ends = [], []
    for position, letter in enumerate(line, 1):
        for plain in _compared(letter):
            kept.append(plain)
            ends.append(position)
    return Folded("".join(kept), ends)


@lru_cache(maxsize=20_000)
def _compared(letter: str) -> str:
    return "".join(
        plain
        for plain in unicodedata.normalize("NFKC", letter)
        if not plain.isspace() and plain != "_" and unicodedata.category(plain) != "Cf"
    )


def at_start(line: str, labels: Sequence[Label]) -> Found | None:
    """The label that a line begins with: behind it a colon, a hint, a blank, or nothing."""
    near = UNSEEN.sub("", unicodedata.normalize("NFKC", line[:NEAR]))  # most lines have none, and there are many
    if not any(label.pattern.match(near) for label in labels):
        return None
    folded = fold(line[:FAR])
    found = (_match(line, folded, label, 0) for label in labels)
    return max((each for each in found if each), key=lambda each: each.end, default=None)


def within(line: str, labels: Sequence[Label], begin: int) -> Iterator[Found]:
    """The labels that follow in a line of several, as in the last line of the form."""
    folded = fold(line)
    index = folded.index_after(begin)
    while index < len(folded.text):
        found = [each for label in labels if (each := _match(line, folded, label, index))]
        if not found:
            index += 1
            continue
        best = max(found, key=lambda each: each.end)
        yield best
        index = max(folded.index_after(best.end), index + 1)


def alone(text: str, labels: Sequence[Label]) -> Label | None:
    """The label when a cell has nothing else."""
    first, *others = text.strip().split("\n") or [""]
    found = at_start(first, labels)
    rest = " ".join([first[found.end :], *others]) if found else ""
    return found.label if found and not fold(rest).text.strip(":") else None


def in_use(texts: Sequence[str]) -> tuple[Label, ...]:
    """The labels to look for: where a field is named as the notice does, other words for it are content."""
    lines = [line for text in texts for line in text.split("\n")]
    printed = [label for label in LABELS if label.printed]
    at_starts = [found for line in lines if (found := at_start(line, printed))]
    # The words for the organisation alone may stand in a list as what a proposal's source is.
    used = {found.label.field for found in at_starts if found.marked or found.label.field != "organisation"}
    footers = [label for label in printed if label.field in FOOTER]
    last_lines = [line for line in lines if (found := at_start(line, LABELS)) and found.label.field in FOOTER]
    used |= {found.label.field for line in last_lines for found in within(line, footers, 0)}
    return tuple(label for label in LABELS if label.printed or label.field not in used)


def kind_of(text: str) -> Kind | None:
    """Which of the two forms a heading or the label of the organisation speaks of."""
    plain = fold(text).text
    return next((kind for kind, pattern in HEADINGS if re.match(pattern, plain)), None)


def is_heading(text: str) -> bool:
    return bool(HEADING.fullmatch(fold(text[:200]).text))


def _match(line: str, folded: Folded, label: Label, index: int) -> Found | None:
    found = label.pattern.match(folded.text, index)
    if found is None:
        return None
    begin, end = folded.begin_of(index), folded.begin_of(found.end())
    blank = end < len(line) and label.printed and (line[end].isspace() or line[end] in "_＿")
    if not (found["colon"] or found["hint"] or blank or not line[end:].strip()):
        return None
    return Found(label, begin, end, found["said"], bool(found["colon"] or found["hint"]))


def guess(organisation: str) -> Kind:
    """Where nothing else tells: departments are named so, all others are unions."""
    return "department" if re.search(r"(?<!总)(?:部|室|处|科)$", organisation.strip()) else "union"


def kind_of_organisation(said: str) -> Kind | None:
    plain = fold(said).text
    if "直属工会" in plain:
        return "union"
    return "department" if "机关" in plain and "部室" in plain else None

"""The pages that the console leads to, in the order of the work."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.operators.queries import Account
from app.operators.rules import Power


class Entry(NamedTuple):
    """`icon` is the name of a Font Awesome glyph. Without a `power` every operator may open the page."""

    title: str
    path: str
    icon: str
    power: Power | None = None


NAV: tuple[Entry, ...] = (
    Entry("总览", "/console/", "gauge-high"),
    Entry("提案台", "/console/board", "table-list"),
    Entry("表格导入", "/console/forms", "file-import", Power.IMPORT),
    Entry("相近提案", "/console/alike", "clone", Power.MERGE),
    Entry("评审", "/console/assess", "list-check", Power.ASSESS),
    Entry("答复", "/console/decisions", "reply"),
    Entry("合并", "/console/merges", "code-merge"),
    Entry("候选项目", "/console/candidates", "ranking-star"),
    Entry("投票", "/console/rounds", "check-to-slot"),
    Entry("会员名册", "/console/registers", "address-book"),
    Entry("推送", "/console/broadcasts", "paper-plane"),
    Entry("单位海报", "/console/posters", "qrcode"),
    Entry("年度实事项目", "/console/projects", "award"),
    Entry("阶段", "/console/phase", "calendar-check"),
    Entry("去年评价", "/console/last-year", "star-half-stroke"),
    Entry("导出", "/console/exports", "file-export"),
    Entry("清单", "/console/lists/", "rectangle-list"),
    Entry("操作日志", "/console/log", "shoe-prints", Power.READ_LOG),
    Entry("操作员", "/console/operators", "users-gear", Power.MANAGE_OPERATORS),
    Entry("我的账号", "/console/account", "user-shield"),
)


def offered(account: Account) -> Sequence[Entry]:
    """What `account` may open."""
    return [entry for entry in NAV if entry.power is None or account.may(entry.power)]


def under(path: str, entries: Iterable[Entry]) -> Entry | None:
    """The entry that the page at `path` belongs to: the longest that it begins with; home is only itself."""
    found = [entry for entry in entries if path == entry.path or path.startswith(f"{entry.path.rstrip('/')}/")]
    near = [entry for entry in found if entry.path != "/console/" or path == entry.path]
    return max(near, key=lambda entry: len(entry.path), default=None)

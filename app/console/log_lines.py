"""What an entry of the action log changed, as lines to read. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from app.ballots.reasons import REASON_TITLES
from app.ballots.types import TYPES as BALLOT_TYPES
from app.campaigns.rules import PHASE_TITLES
from app.operators.rules import ROLE_TITLES

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "abstain": "弃权",
        "after": "之后",
        "against": "反对",
        "archive": "档案校验码",
        "assignee": "经办人",
        "at": "时间",
        "ballot_type": "选票",
        "ballots": "票数",
        "before": "之前",
        "box": "票箱校验码",
        "browser": "浏览器",
        "candidate": "候选项目",
        "candidates": "候选项目",
        "category": "类别",
        "closes_at": "截止时间",
        "conclusion": "结论",
        "cost": "经费",
        "counts": "各项得票",
        "decision": "答复",
        "department": "责任部门",
        "electorate": "谁可以投",
        "expected_outcome": "预期目标或成效",
        "files": "文件",
        "filters": "筛选条件",
        "followers": "关注公众号的职工",
        "followers_before": "在这以前关注的职工",
        "format": "格式",
        "ground": "理由",
        "head": "校验码",
        "indicators": "指标",
        "locked": "因此锁住",
        "look": "第几次评审",
        "lot": "签",
        "mark": "异常",
        "maturity": "成熟程度",
        "max_choices": "最多选几项",
        "merge": "合并",
        "min_choices": "至少选几项",
        "name": "名字（摘要）",
        "note": "查到的情况",
        "number": "号码",
        "numbers": "项目代号和选票编号",
        "opinion": "意见（摘要）",
        "opens_at": "开始时间",
        "outcome": "结果",
        "notices": "通知了多少人",
        "personal": "含个人资料",
        "phase": "阶段",
        "projects": "实事项目",
        "proposal": "第几件",
        "proposals": "提案",
        "rank": "名次",
        "reason": "原因",
        "register": "会员名册",
        "roles": "角色",
        "rows": "行数",
        "scan": "扫描号",
        "seed": "种子",
        "sessions_ended": "退出的地方",
        "summary": "简介",
        "tag": "标签",
        "tally": "计票",
        "target": "目标",
        "text": "正文",
        "title": "名称",
        "tokens": "令牌",
        "turnout": "人数保密",
        "unit": "单位",
        "units": "单位",
        "votes": "得票",
        "wrong": "输错的",
    }
)
WORDS: Mapping[str, str] = MappingProxyType(
    {word.value: title for titles in (ROLE_TITLES, PHASE_TITLES) for word, title in titles.items()}
    | {
        **{reason.value: title for reason, title in REASON_TITLES.items()},
        **{key: type.short for key, type in BALLOT_TYPES.items()},
        "auto": "按日历",
        "code": "动态码",
        "created": "新载入",
        "decline": "不推荐",
        "everyone": "大家看得到",
        "hold": "再议",
        "mature": "成熟",
        "merged": "已合并",
        "new": "新起步",
        "nobody": "谁也看不到",
        "operators": "工作人员看得到",
        "password": "密码",
        "recommend": "推荐",
        "reject": "不采纳",
        "rejected": "不采纳",
        "return": "请补充",
        "returned": "等补充",
        "shortlist": "入选",
        "shortlisted": "入选",
        "submitted": "已收到",
        "unchanged": "没有变化",
        "updated": "更新",
        "withdrawn": "已撤回",
    }
)


KINDS: Mapping[str, str] = MappingProxyType(
    {
        "campaign": "活动 {}",
        "candidate": "候选项目 {}",
        "cli": "命令行（{}）",
        "import": "导入 {}",
        "merge": "合并 {}",
        "operator": "{}",
        "person": "个人 {}",
        "project": "实事项目 {}",
        "proposal": "{}",
        "register": "会员名册 {}",
        "round": "投票 {}",
        "view": "视图 {}",
    }
)
PLACES: Mapping[str, str] = MappingProxyType(
    {
        "console": "登录页",
        "database": "数据库",
        "followers": "关注者",
        "log": "操作日志",
        "menu": "菜单",
        "operator": "没有的账号",
        "unit": "单位自己填的",
    }
)


NO_TITLES: Mapping[str, str] = MappingProxyType({})


class Change(NamedTuple):
    """`before` and `after`, or only `value`, under the name of what it is."""

    name: str
    value: str = ""
    before: str = ""
    after: str = ""

    @property
    def is_change(self) -> bool:
        return bool(self.before or self.after)


def named(reference: str) -> str:
    """An actor or a subject, such as "operator:李工", as people say it."""
    kind, _, name = reference.partition(":")
    return KINDS.get(kind, reference).format(name) if name else PLACES.get(kind, kind)


def changes(detail: Mapping[str, Any], titles: Mapping[str, str] = NO_TITLES) -> Sequence[Change]:
    """The lines of an entry; `titles` says what the keys of a campaign mean."""
    return [Change(*(titles.get(word, word) for word in change)) for change in _changes(detail)]


def _changes(detail: Mapping[str, Any]) -> Iterator[Change]:
    before, after = detail.get("from"), detail.get("to")
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        yield from _fields(before or {}, after or {})
    elif "from" in detail or "to" in detail:
        yield Change("", before=_shown(before), after=_shown(after))
    for key, value in detail.items():
        if key in ("from", "to"):
            continue
        if isinstance(value, Mapping) and value.keys() <= {"from", "to"}:
            yield Change(_named(key), before=_shown(value.get("from")), after=_shown(value.get("to")))
        elif value not in (None, "", [], {}):
            yield Change(_named(key), value=_shown(value))


def _fields(before: Any, after: Any) -> Iterator[Change]:
    """What differs between two objects; either may be no object."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        yield Change("", before=_shown(before), after=_shown(after))
        return
    if not before:  # there was nothing before: what is new is told alone
        yield from (Change(_named(key), value=_shown(value)) for key, value in after.items())
        return
    for key in before.keys() | after.keys():
        if before.get(key) != after.get(key):
            yield Change(_named(key), before=_shown(before.get(key)), after=_shown(after.get(key)))


def _named(key: str) -> str:
    return FIELDS.get(key, key)


def _shown(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(_shown, value))
    if isinstance(value, Mapping):
        return "，".join(f"{_named(str(key))}：{_shown(one)}" for key, one in value.items())
    return WORDS.get(value, value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""Words that work anywhere, in the ways people type them. They count only as the whole message. Pure."""

from enum import Enum, auto

from app.conversation.parsers import compact


class Word(Enum):
    PROPOSE = auto()
    MY_PROPOSALS = auto()
    VOTE = auto()
    OWN_BALLOTS = auto()
    RESULTS = auto()
    NOTICES = auto()
    HELP = auto()
    BACK = auto()
    SKIP = auto()
    KEEP = auto()
    PREVIEW = auto()
    CANCEL = auto()
    DONE = auto()
    SUBMIT = auto()
    PROGRESS = auto()
    SUPPORT = auto()
    CONTINUE = auto()
    RESTORE = auto()
    DISCARD = auto()
    GREETING = auto()
    THANKS = auto()
    EXPORT_MINE = auto()
    ERASE_MINE = auto()
    ERASE_MINE_SURELY = auto()


SPELLINGS: dict[Word, tuple[str, ...]] = {
    Word.PROPOSE: (
        "我要提案",
        "提案",
        "我要提",
        "我想提案",
        "写提案",
        "提交提案",
        "我要建议",
        "我要提建议",
        "提建议",
        "新提案",
        "再提一个",
    ),
    Word.MY_PROPOSALS: ("我的提案", "我提的", "我提过的", "我的建议", "查看我的提案", "我的项目"),
    Word.VOTE: ("投票", "我要投票", "去投票", "参加投票", "怎么投票"),
    Word.OWN_BALLOTS: ("我的选票", "我的投票", "我投的票", "查看我的选票", "我投了谁", "我投了什么"),
    Word.RESULTS: ("结果公布", "结果", "看结果", "公布结果", "投票结果", "评选结果"),
    Word.NOTICES: ("通知", "收通知", "我要收通知", "订阅通知", "订阅", "收结果通知", "结果通知"),
    Word.HELP: ("帮助", "help", "?", "求助", "怎么用", "使用说明", "说明", "不会用", "怎么弄", "菜单"),
    Word.BACK: ("返回", "上一步", "上一题", "返回上一步", "返回上一题", "退回", "后退", "回上一步", "back"),
    Word.SKIP: ("跳过", "略过", "跳过这题", "跳过此题", "不填", "先跳过", "先跳过吧", "下一题", "skip"),
    Word.KEEP: ("不改", "不改了", "不用改", "不变", "保持不变"),
    Word.PREVIEW: ("预览", "看看", "预览一下", "看一下", "查看预览", "preview"),
    Word.CANCEL: ("取消", "取消提案", "退出", "不写了", "不提了", "算了", "cancel", "quit"),
    Word.DONE: ("完", "完了", "完成", "写完了", "结束", "写好了", "没有了", "就这些", "over", "end"),
    Word.SUBMIT: ("提交", "确认提交", "交了", "提交吧", "确认", "submit"),
    Word.PROGRESS: ("进度", "查进度", "查询进度", "查看进度", "进展", "到哪一步了"),
    Word.SUPPORT: ("加入支持", "我要支持", "我要加入支持"),
    Word.CONTINUE: ("继续", "接着写", "继续写", "继续填写", "接着", "继续提案", "下一页", "往下"),
    Word.RESTORE: ("恢复", "恢复草稿", "找回草稿", "恢复提案"),
    Word.DISCARD: ("删除草稿", "丢掉草稿", "不要草稿了", "清空草稿"),
    Word.GREETING: ("你好", "您好", "在吗", "在么", "有人吗", "hi", "hello", "早上好", "下午好", "晚上好", "哈喽"),
    Word.THANKS: ("谢谢", "谢谢您", "谢谢你", "谢谢了", "多谢", "感谢", "谢了", "辛苦了", "您辛苦了"),
    Word.EXPORT_MINE: ("导出我的资料", "导出我的信息", "我的资料", "导出资料", "查看我的资料"),
    Word.ERASE_MINE: ("删除我的资料", "删除我的信息", "删除资料", "注销"),
    Word.ERASE_MINE_SURELY: ("确认删除我的资料",),
}

DECLINING = frozenset(
    (
        *("无", "没有", "没", "暂无", "不方便", "不留", "不想留", "不想填", "不想写", "不想说", "保密"),
        *("不评", "不评了", "没参加过", "没参加", "没有参加过", "没用过", "不了解", "不清楚", "不知道"),
        *("没有手机", "没有电话", "没有单位"),
    )
)

_WORDS = {compact(spelling) or spelling: word for word, spellings in SPELLINGS.items() for spelling in spellings}


def word_in(said: str) -> Word | None:
    """The word that the whole message is, whatever its width, blanks and marks around."""
    word = compact(said) or said.strip()[:1].replace("？", "?")
    return _WORDS.get(word) or _WORDS.get(compact(word.removeprefix("回复")))


def is_declining(said: str) -> bool:
    """Whether the whole message says that there is nothing to say: a skip, where a question may be skipped."""
    return compact(said) in DECLINING

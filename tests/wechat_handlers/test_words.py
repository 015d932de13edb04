"""Words that work anywhere as people type them, and sentences that only hold such words."""

import pytest

from app.database import Database
from tests.fixtures.service import RunningService
from wechat_handlers.words import SPELLINGS, Word, word_in

UTTERANCES = {
    Word.PROPOSE: ("我要提案", "我要提案！", " 我 要 提 案 ", "“我要提案”", "提案", "我要提建议", "写提案。"),
    Word.MY_PROPOSALS: ("我的提案", "【我的提案】", "我提过的", "查看我的提案～"),
    Word.VOTE: ("投票", "我要投票!", "怎么投票？"),
    Word.RESULTS: ("结果公布", "看结果", "投票结果。"),
    Word.HELP: ("帮助", "help", "HELP", "ｈｅｌｐ", "Help!", "?", "？", "？？？", "怎么用？"),
    Word.BACK: ("返回", "返回。", "「返回」", "上一步", "Back", "返 回", "返回上一步"),
    Word.SKIP: ("跳过", "跳过!", "ＳＫＩＰ", "不填", "先跳过吧", "跳过这题"),
    Word.PREVIEW: ("预览", "预览一下", "《预览》", "看一下"),
    Word.CANCEL: ("取消", "取消。。。", "退出", "不写了", "算了", "Cancel"),
    Word.DONE: ("完", "完。", "完！", "“完”", "写完了", "完了", "就这些"),
    Word.SUBMIT: ("提交", "提交。", "提 交", "确认提交", "（提交）", "SUBMIT"),
    Word.PROGRESS: ("进度", "查进度", "进度？"),
    Word.CONTINUE: ("继续", "继续……", "接着写", "继续写"),
    Word.RESTORE: ("恢复草稿", "恢复"),
    Word.DISCARD: ("删除草稿", "不要草稿了"),
    Word.GREETING: ("你好", "您好！", "在吗？", "Hello~", "早上好"),
    Word.EXPORT_MINE: ("导出我的资料", "导出我的资料。", "我的资料"),
    Word.ERASE_MINE: ("删除我的资料", "删除我的信息"),
    Word.ERASE_MINE_SURELY: ("确认删除我的资料", "确认删除我的资料！"),
}

FREE_TEXTS = (
    "希望能帮助困难职工",
    "帮助困难职工",
    "取消加班陋习",
    "取消夜班补贴太可惜",
    "提交材料太麻烦，想要一站式办理",
    "提交一次就行",
    "建议返回原岗位的职工有培训",
    "返回家乡过年的车票补贴",
    "跳过中间环节直接发到职工手上",
    "预览室改成阅览室",
    "完善食堂",
    "完成率要公开",
    "完了以后要回访",
    "投票选出最好的食堂",
    "投票结果要公示",
    "结果要向职工公布",
    "继续办好爱心妈咪小屋",
    "继续教育补贴",
    "恢复职工疗休养",
    "恢复晚班班车",
    "进度要公开",
    "进度太慢",
    "进度 按季度公布",
    "改善午休条件",
    "改一改食堂的菜",
    "改三班倒为两班倒",
    "改建活动室",
    "修改作息时间",
    "更改班次要提前通知",
    "撤回乱收费",
    "我要提案的是班车",
    "我的提案是建图书角",
    "提案要有回音",
    "你好，我想提一个建议",
    "菜单要有清真菜",
    "说明书要有中文",
    "退出机制要明确",
    "算了一下每人两百元就够",
    "不填表也能领",
    "确认劳动关系要有人帮",
    "注销会员卡太麻烦",
    "删除我的资料这种事要能自己办",
    "导出我的资料给社区",
    "结束后统一发放",
    "没有了后顾之忧才能安心上班",
    "就这些岗位也要发高温费",
    "看看别的区怎么做",
    "谢谢工会的帮助",
    "2018 年做三件事",
    "第3项去年做得好",
    "一、建站；二、送餐；三、回访",
)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.mark.parametrize(
    ("said", "word"), [(said, word) for word, all_said in UTTERANCES.items() for said in all_said]
)
def test_word_is_understood(said: str, word: Word) -> None:
    assert word_in(said) is word


@pytest.mark.parametrize("said", FREE_TEXTS)
def test_sentence_that_holds_a_word_is_no_word(said: str) -> None:
    assert word_in(said) is None


def test_no_spelling_stands_for_two_words() -> None:
    for word, spellings in SPELLINGS.items():
        assert [word_in(spelling) for spelling in spellings] == [word] * len(spellings)


@pytest.mark.parametrize("said", ["", " ", "。", "！！", "\n", "  \t"])
def test_nothing_is_no_word(said: str) -> None:
    assert word_in(said) is None


async def test_sentences_that_hold_words_stay_answers(service: RunningService) -> None:
    worker = service.worker()
    await service.says(worker, "我要提案", "同意", "2", "一站式办理")
    for said in FREE_TEXTS:
        assert "记下了" in await service.says(worker, said), said
    await service.says(worker, "完")
    (draft,) = service.dump()["drafts"]
    assert "\\n".join(FREE_TEXTS) in draft


async def test_words_are_heard_in_the_middle_of_an_answer(service: RunningService) -> None:
    worker = service.worker()
    await service.says(worker, "我要提案", "同意", "2", "一站式办理", "写了一半。")
    assert "您可以随时发这些话给我" in await service.says(worker, "帮助！")
    assert "写了一半" in await service.says(worker, "预览")
    assert "收着" in await service.says(worker, "取消。")
    assert "写了一半" in await service.says(worker, "恢复草稿")
    assert "4/8" in await service.says(worker, "“完”")

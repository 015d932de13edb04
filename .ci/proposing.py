"""One worker of the running demonstration, from following to a number."""

import re

from driving import WentWrong, do, expect

# What is said, and what the answer must hold. Each step waits for its answer.
TALK = (
    ("我要提案", "同意"),
    ("同意", "类别"),
    ("３", "实事项目名称"),
    ("为夜班护理员开设流动健康小屋", "简介"),
    ("请社区医生每月到养老院来一次，给夜班护理员量血压。", "记下了"),
    ("完", "预期目标或成效"),
    ("一年服务六百名护理员。", "评估"),
    ("5 4 4 5 3 4 5 4 3 4", "单位"),
    ("跳过", "姓名"),
    ("王师傅", "联系电话"),
    ("跳过", "提交"),
    ("提交", "提案编号"),
)
NUMBER = re.compile(r"SS\d{4}-\d{4,}")


def talk(person: str) -> str:
    """The whole dialogue; the number in the end."""
    expect("您好", do(person, "follow"), "following")
    for said, part in TALK:
        expect(part, answer := do(person, "say", text=said), said)
    found = NUMBER.search(answer)
    if found is None:
        raise WentWrong(f"no number in: {answer}")
    expect("已收到", do(person, "say", text=f"进度 {found[0]}"), "进度")
    expect(found[0], do(person, "click", key="MY_PROPOSALS"), "MY_PROPOSALS")
    return found[0]

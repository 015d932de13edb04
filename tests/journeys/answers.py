"""What a worker of our stories answers when the story is about something else. Pure."""

import re

ROW = re.compile(r"【\d+/\d+ (.+?)】")
CONSENT = "个人信息告知与同意"
REVIEW = "核对"

USUAL = {
    CONSENT: ("同意",),
    "类别": ("3",),
    "实事项目名称": ("为夜班护理员开设流动健康小屋",),
    "简介": ("在街镇养老院轮流设点，请社区医生每月来一次，给夜班护理员量血压、查腰颈。", "完"),
    "预期目标或成效": ("一年到二十家养老院，服务六百名护理员。",),
    "对2017年度杨浦工会服务职工实事项目评估": ("跳过",),
    "单位": ("殷行街道敬老院，护理员",),
    "姓名": ("周玉兰",),
    "联系电话": ("13800138000",),
}


def asked_in(reply: str) -> str:
    """The name of what `reply` asks for; REVIEW on the card, CONSENT at the beginning."""
    row = ROW.search(reply)
    if row:
        return row[1]
    return REVIEW if "回复“改”加编号" in reply else CONSENT

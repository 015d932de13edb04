"""The made-up workers whose phones one can hold: trade, age, a line about each, and how to draw them. Pure."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Hair = Literal["short", "bob", "bun", "long"]
Wears = Literal["cap", "helmet", "glasses", "vest", "nurse", "apron", "headset"]


@dataclass(frozen=True)
class Look:
    """`wall` and `cloth` are the colours of the background and of the clothing."""

    wall: str
    cloth: str
    hair_colour: str
    hair: Hair
    wears: Wears


@dataclass(frozen=True)
class Worker:
    key: str
    name: str
    trade: str
    age: int
    story: str
    look: Look

    def about(self) -> dict[str, Any]:
        return {"key": self.key, "trade": self.trade, "age": self.age, "story": self.story}

    def portrait(self) -> dict[str, Any]:
        return {"name": self.name, "age": self.age, **asdict(self.look)}


WORKERS = (
    Worker(
        "yulan",
        "周玉兰",
        "医养照护员",
        58,
        "在护理院照护失能老人，三班倒，手机字要大。",
        Look("#f6d9c6", "#5aa7a0", "#8c8480", "bob", "nurse"),
    ),
    Worker(
        "xiaofang",
        "马小芳",
        "家政服务员",
        46,
        "一天跑三户人家，想学做月子餐。",
        Look("#fbe3b4", "#c8643f", "#3a2a22", "bun", "apron"),
    ),
    Worker(
        "chenfei",
        "陈飞",
        "快递员",
        27,
        "每天送两百件，盼着路上有个能喝热水的地方。",
        Look("#cfe3f7", "#2f5d9b", "#2b2320", "short", "cap"),
    ),
    Worker(
        "changgen",
        "吴长根",
        "环卫班组长",
        52,
        "带十二个人扫四条马路，凌晨四点上班。",
        Look("#dcefc9", "#f08a24", "#5d5a57", "short", "vest"),
    ),
    Worker(
        "shuya",
        "林书雅",
        "中学教师",
        38,
        "教初三语文，关心同事们的心理健康。",
        Look("#e8dcf3", "#7a5aa6", "#2f2522", "long", "glasses"),
    ),
    Worker(
        "yongqiang",
        "赵永强",
        "网约车司机",
        41,
        "跑夜班，停车吃饭上厕所都不容易。",
        Look("#d9e0e6", "#3d4a57", "#26211f", "short", "headset"),
    ),
    Worker(
        "yiming",
        "沈一鸣",
        "软件工程师",
        29,
        "在园区写程序，孩子刚满一岁。",
        Look("#cdeee6", "#35806f", "#231d1b", "short", "glasses"),
    ),
    Worker(
        "sunli",
        "孙立",
        "地铁检修工",
        35,
        "末班车之后才开工，想考高级技师。",
        Look("#f9d2cf", "#b23a32", "#2a2220", "short", "helmet"),
    ),
)


def worker(key: str) -> Worker | None:
    return next((one for one in WORKERS if one.key == key), None)

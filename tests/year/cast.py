"""Who plays: three hundred workers of twelve units and the account's other followers, all made up. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

WORKERS = 300
MACHINES, THEIR_ADDRESS = 9, "203.0.113.66"
OTHERS = 2000  # follow the account, read, and vote; or do not

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈"
GIVEN = "建国秀英志强桂芳海燕小军丽娟卫东玉梅春生雅琴永福晓明慧敏国华巧云长林美玲根宝文静大勇彩霞阿毛佳怡"


@dataclass(frozen=True)
class Unit:
    """`address` is what all its phones share in the network, where they do."""

    name: str
    trade: str
    address: str = ""


UNITS = (
    Unit("殷行街道敬老院", "护理员", "203.0.113.11"),  # one dormitory, one wireless net
    Unit("大桥环卫道班", "保洁员"),
    Unit("五角场商圈超市", "收银员"),
    Unit("长阳创谷软件公司", "程序员", "203.0.113.12"),
    Unit("定海快递站", "快递员"),
    Unit("平凉路工地", "钢筋工"),
    Unit("江浦中学", "教师"),
    Unit("四平社区医院", "护士"),
    Unit("地铁检修段", "检修工"),
    Unit("新江湾家政公司", "家政员"),
    Unit("公交第三车队", "驾驶员"),
    Unit("滨江物业公司", "保安"),
)


@dataclass
class Person:
    """Somebody with a phone; `id` is what the stand-in calls them, once they have joined.

    `is_machine`: a program holds the phone, together with others.
    """

    name: str
    unit: Unit
    address: str
    id: str = field(default="", repr=False)
    is_machine: bool = False

    @property
    def telephone(self) -> str:
        """Of a range nobody has."""
        return f"1380000{sum(map(ord, self.name + self.unit.name)) % 10_000:04d}"


@dataclass(frozen=True)
class Cast:
    workers: Sequence[Person]
    others: Sequence[Person]

    @property
    def everyone(self) -> Sequence[Person]:
        return (*self.workers, *self.others)


def cast(chance: Random, portraits: Sequence[tuple[str, str]] = ()) -> Cast:
    """`portraits`: (id, name) of people who have a phone already; they are the first of the workers."""
    known = [Person(name, UNITS[place % len(UNITS)], "", id) for place, (id, name) in enumerate(portraits)]
    made = [_person(chance, place) for place in range(WORKERS - len(known) + OTHERS)]
    workers = [*known, *made[: WORKERS - len(known)]]
    others = made[len(workers) - len(known) :]
    for one in others[1 : 1 + MACHINES]:
        one.is_machine, one.address = True, THEIR_ADDRESS
    return Cast(workers, others)


def _person(chance: Random, place: int) -> Person:
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
    unit = UNITS[place % len(UNITS)]
    own = f"198.51.{100 + place // 250}.{place % 250 + 1}"
    return Person(name, unit, unit.address or own)

"""The first day: the notice goes to everybody who follows."""

from tests.year.calendar import FIRST_DAY
from tests.year.office import OWNER
from tests.year.sending import broadcast, each_got_one
from tests.year.show import CAMPAIGN, Show
from tests.year.stage import until

NOTICE = (
    "2018年度杨浦工会服务职工实事项目征集开始了。\n"
    "您身边有什么急难愁盼的事，想请工会办一办？12月25日以前，点菜单里的“我要提案”，几分钟就能写好，"
    "语音、图片都行。每一份都有编号，有回音。\n"
    "上海市杨浦区总工会"
)


async def play(show: Show) -> None:
    await show.stage.go_to(FIRST_DAY)
    campaign = await show.office.asks(OWNER, f"/campaigns/{CAMPAIGN}")
    assert (campaign["phase"], campaign["phase_by_hand"]) == ("collecting", False)
    sent = await broadcast(show, "征集通知", "notice", "mass", {"all": True}, {"text": NOTICE})
    followers = show.tale.followers
    assert (sent["total"], sent["sent"]) == (len(followers), len(followers))

    async def is_told() -> bool:
        (job,) = (await show.office.asks(OWNER, f"/broadcasts/{sent['id']}"))["jobs"]
        return bool(job["sent"] == len(followers))

    await until(is_told, "the platform did not tell how many the job reached")
    await each_got_one(show, followers, "急难愁盼")
    show.tell(f"征集通知群发给 {len(followers)} 位关注者，每人一条")

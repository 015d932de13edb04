"""What the account says of itself: welcome, help, what the current phase allows. Pure."""

from zoneinfo import ZoneInfo

from app.campaigns import told
from app.campaigns.definition import Definition
from app.campaigns.queries import CampaignView
from app.campaigns.rules import window
from app.campaigns.told import opening
from app.wechat.speech import lines, link, paragraphs, tap
from models.enums import PhaseKind

NO_CAMPAIGN = "现在没有正在进行的征集活动，开始的时候会在这里告诉您。"
NOT_STORED = "系统这会儿有点忙，您刚才这句没有存上。请过一分钟再发一次，之前写的都在。"
TOO_FAST = "您发得有点快，我一条一条来记。前面记下的都在，刚才这一条没有记，请过一分钟再发。"
NOTHING_MORE = "没有下文了。"
VOICE_UNHEARD = "收到您的语音了，可惜这边听不清内容。麻烦您打字发给我，或者用手机的语音输入转成文字，谢谢！"
CANNOT_TAKE = {
    "sticker": "表情收到啦，不过我只认得文字。",
    "video": "视频我这边看不了，请用文字说给我听，图片也可以。",
    "shortvideo": "视频我这边看不了，请用文字说给我听，图片也可以。",
    "location": "位置收到了，不过我只认得文字，需要的话请把地点写成文字发给我。",
    "link": "链接我这边打不开，请把里面要紧的话写成文字发给我。",
    "file": "文件我这边打不开，请把内容用文字发给我。",
}

IN_WRITING = (
    f"{tap('返回')}：回到上一项",
    f"{tap('跳过')}：这一项不填",
    f"{tap('预览')}：看看已经写好的",
    f"{tap('取消')}：先不写了，写过的替您收着",
)
ALWAYS = (
    f"{tap('我的提案')}：看提过的提案",
    f"{tap('进度')}加编号：查一份提案办到哪一步",
    f"{tap('导出我的资料')}、{tap('删除我的资料')}：您的资料您做主",
)


def welcome(definition: Definition, phase: PhaseKind, zone: ZoneInfo) -> str:
    return paragraphs(
        f"您好，欢迎来到“{definition.account_name}”！",
        phase_news(definition, phase, zone),
        f"怎么用，回复 {tap('帮助')} 就能看到。",
    )


def phase_news(definition: Definition, phase: PhaseKind, zone: ZoneInfo) -> str:
    """Where the campaign stands, and what a worker can do now."""
    title = definition.title
    match phase:
        case PhaseKind.UPCOMING:
            return f"{title}{opening(window(definition.phases, PhaseKind.COLLECTING), zone)}开始，到时候请来提案。"
        case PhaseKind.COLLECTING:
            return lines(
                (
                    f"{title}正在进行，盼着听您说一说。",
                    f"点 {tap('我要提案')}，几分钟就能写一份，写到一半也会替您存着。",
                )
            )
        case PhaseKind.SCREENING:
            return f"{title}的提案征集已经截止，正在汇总梳理。您提过的提案，点 {tap('我的提案')} 看进度。"
        case PhaseKind.OPINION:
            return f"{title}正在征求意见，投票的消息请留意这里。您提过的提案，点 {tap('我的提案')} 看进度。"
        case PhaseKind.PUBLISHED:
            return f"{title}的结果已经公布，点 {tap('结果公布')} 查看。"


def closed_for_proposals(campaign: CampaignView, zone: ZoneInfo) -> str:
    why = told.closed_for_proposals(campaign, zone)
    if campaign.phase is PhaseKind.UPCOMING:
        return f"{why}到时候点 {tap('我要提案')} 就行。"
    return lines((why, f"您提过的提案，点 {tap('我的提案')} 看进度。"))


def picture_without_draft(*, may_propose: bool) -> str:
    if not may_propose:
        return "图片看到了，不过现在不收提案，这一张没有存下来。"
    return f"这一张图片没有存下来。想给提案配图，请先点 {tap('我要提案')}，写的时候随时可以发图片。"


def voting(phase: PhaseKind, definition: Definition, zone: ZoneInfo) -> str:
    if phase is PhaseKind.PUBLISHED:
        return f"投票已经结束，点 {tap('结果公布')} 查看。"
    if phase is PhaseKind.OPINION:
        return "现在还没有正在进行的投票，开始的时候会在这里告诉您。"
    return f"投票{opening(window(definition.phases, PhaseKind.OPINION), zone)}开始，到时候会在这里告诉您。"


def results(phase: PhaseKind, definition: Definition) -> str:
    if phase is PhaseKind.PUBLISHED:
        return f"{definition.title}的结果由{definition.organiser}公布，有疑问请联系{office(definition)}。"
    return "结果还没有公布，公布的时候会在这里告诉您。"


def help_text(definition: Definition, phase: PhaseKind, zone: ZoneInfo) -> str:
    begin = f"{tap('我要提案')}：写一份提案，写到一半会替您存着" if phase is PhaseKind.COLLECTING else ""
    return paragraphs(
        phase_news(definition, phase, zone),
        lines(("您可以随时发这些话给我（点一下也行）：", begin, *ALWAYS)),
        _people(definition),
    )


def help_in_writing(definition: Definition) -> str:
    """Help for somebody in the middle of a proposal: first what moves it on."""
    return paragraphs(
        "您正在写一份提案，写好的每一项都替您存着。",
        lines(("您可以随时发这些话给我（点一下也行）：", *IN_WRITING, *ALWAYS)),
        _people(definition),
    )


def thanked(definition: Definition) -> str:
    return f"不客气！“{definition.account_name}”也谢谢您。"


def _people(definition: Definition) -> str:
    return f"需要人工帮忙，请联系{office(definition)}。"


def office(definition: Definition) -> str:
    contact = definition.office
    return f"{contact.name}，电话 {contact.phone}，邮箱 {contact.email}"


def unknown(definition: Definition, phase: PhaseKind, zone: ZoneInfo) -> str:
    return paragraphs(
        "我是帮忙收提案的小助手，这一句没看懂，也没有存下来。",
        phase_news(definition, phase, zone),
        f"回复 {tap('帮助')} 看看能做什么。",
    )


def notices(url: str) -> str:
    if not url:
        return "投票和结果都会在公众号里公布，不用另外订通知。提过提案的，还会收到答复。"
    page = link(url, "收通知")
    asked = f"想在投票开始、结果公布的时候收到微信通知，点这里，再点“允许”：{page}"
    return lines([asked, "每点一次“允许”只会收到一条，不会多发。"])

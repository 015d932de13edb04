"""What can happen in a story, by the verb that stands after the asterisk.

as NAME                 take the phone of NAME
at QUESTION             answer as usual, unseen, until QUESTION (a row's name, or 核对) is asked
click KEY · tap LABEL   a button of the menu · a link of the last answer
picture · sticker · location · video · link · file · voice [WHAT IS RECOGNISED]
paste N                 send N characters
quickly N TEXT          send TEXT N times within the second, unseen
follow · unfollow · scan SCENE
retry                   the platform repeats the last push
slow TEXT · arrives [N] a message on its way · it arrives, the N-th of those under way
decide return|reject|shortlist NUMBER REASON · merge NUMBER into NUMBER · unmerge    what the office does
round opens TYPE LEAST MOST · round closes|confirms|publishes    a round of voting on four candidates
receive                 what has come to the phone by itself
after N days|hours|minutes|seconds · time YYYY-MM-DD HH:MM:SS (Shanghai) · phase WORD
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.journeys import office, polls
from tests.journeys.answers import USUAL, asked_in
from tests.journeys.script import SPEAK
from tests.journeys.stage import Stage
from tests.standin import payloads
from tests.standin.phone.richtext import pieces
from tests.standin.pushing import PushResult

SHANGHAI = ZoneInfo("Asia/Shanghai")
PARAGRAPH = "护理员上夜班回家，路上没有吃饭和歇脚的地方，希望沿线设几个能热饭、能喝水、能坐一坐的小站。"
PICTURE = b"\xff\xd8\xff\xe0 a photograph"

# What a deed gives: what became of a push, to be shown; or nothing to show.
Act = Callable[[Stage, str], Awaitable[PushResult | None]]


async def say(stage: Stage, text: str) -> PushResult:
    return await stage.platform.say(stage.openid, text)


async def click(stage: Stage, key: str) -> PushResult:
    return await stage.platform.click(stage.openid, key)


async def tap(stage: Stage, label: str) -> PushResult:
    """StopIteration: the last answer has no such link."""
    content = next(piece.says for piece in pieces(stage.heard) if piece.text == label and piece.says)
    return await stage.platform.tap(stage.openid, content)


async def send_picture(stage: Stage, _: str) -> PushResult:
    return await stage.platform.send_picture(stage.openid, PICTURE)


async def send_voice(stage: Stage, recognised: str) -> PushResult:
    stage.platform.faults.recognition = bool(recognised)
    return await stage.platform.send_voice(stage.openid, recognised or None)


async def send_sticker(stage: Stage, _: str) -> PushResult:
    return await stage.platform.send_sticker(stage.openid)


async def send_location(stage: Stage, _: str) -> PushResult:
    return await stage.platform.send_location(stage.openid, 31.27, 121.52, "杨浦区殷行街道")


async def send_video(stage: Stage, _: str) -> PushResult:
    return await stage.platform.send_video(stage.openid)


async def send_link(stage: Stage, _: str) -> PushResult:
    return await stage.platform.send_link(stage.openid, "爱心接力站", "http://news.test/1", "一篇报道")


async def send_file(stage: Stage, _: str) -> PushResult:
    return await stage.platform.send_file(stage.openid, "提案.docx", b"...")


async def paste(stage: Stage, length: str) -> PushResult:
    return await say(stage, (PARAGRAPH * (int(length) // len(PARAGRAPH) + 1))[: int(length)])


async def follow(stage: Stage, _: str) -> PushResult:
    return await stage.platform.follow(stage.openid)


async def unfollow(stage: Stage, _: str) -> PushResult:
    return await stage.platform.unfollow(stage.openid)


async def scan(stage: Stage, scene: str) -> PushResult:
    return await stage.platform.follow(stage.openid, scene)


async def retry(stage: Stage, _: str) -> PushResult:
    """The same push again must get the same answer."""
    before, again = stage.last, await stage.platform.push(stage.openid, stage.last.xml)
    assert again.reply_text == before.reply_text
    return again


async def send_slowly(stage: Stage, text: str) -> None:
    """Sent at this moment, and on its way until it `arrives`."""
    sent = [("CreateTime", int(stage.platform.clock.now())), *payloads.text(text, stage.platform.new_id())]
    ends = [("ToUserName", stage.platform.account.original_id), ("FromUserName", stage.openid)]
    stage.under_way.append((stage.openid, payloads.document([*ends, *sent])))


async def arrive(stage: Stage, which: str) -> PushResult:
    openid, xml = stage.under_way.pop(int(which or 1) - 1)
    return await stage.platform.push(openid, xml)


async def take_phone(stage: Stage, name: str) -> None:
    stage.take_phone(name)


async def go_to(stage: Stage, question: str) -> None:
    """From the menu to `question`. KeyError: the account asks for something no story has an answer to."""
    stage.examine(await click(stage, "PROPOSE"))
    while (asked := asked_in(stage.heard)) != question:
        for answer in USUAL[asked]:
            stage.examine(await say(stage, answer))
            stage.pass_a_moment()


async def say_quickly(stage: Stage, times_and_text: str) -> None:
    times, text = times_and_text.split(maxsplit=1)
    for _ in range(int(times)):
        stage.examine(await say(stage, text))


async def let_time_pass(stage: Stage, span: str) -> None:
    number, unit = span.split()
    stage.clock.advance(**{unit: int(number)})


async def set_time(stage: Stage, moment: str) -> None:
    """The next deed happens at exactly this moment."""
    stage.clock.time = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI).astimezone(UTC)


async def set_phase(stage: Stage, word: str) -> None:
    stage.service.set_phase(word)


DEEDS: Mapping[str, Act] = {
    SPEAK: say,
    "as": take_phone,
    "at": go_to,
    "click": click,
    "tap": tap,
    "picture": send_picture,
    "sticker": send_sticker,
    "location": send_location,
    "video": send_video,
    "link": send_link,
    "file": send_file,
    "voice": send_voice,
    "paste": paste,
    "quickly": say_quickly,
    "follow": follow,
    "unfollow": unfollow,
    "scan": scan,
    "retry": retry,
    "slow": send_slowly,
    "arrives": arrive,
    "decide": office.decide,
    "merge": office.merge,
    "unmerge": office.unmerge,
    "round": polls.round_of_voting,
    "receive": office.receive,
    "after": let_time_pass,
    "time": set_time,
    "phase": set_phase,
}

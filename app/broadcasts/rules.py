"""What a broadcast may say, what may be done with it in which state, and how it is cut into batches. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.broadcasts.audiences import Audience
from app.errors import Conflict, Invalid
from app.outbox import rules as outbox
from app.outbox.channels.values import article_text, problems
from app.settings import AccountKind
from models.enums import BroadcastKind, BroadcastState, PhaseKind

TITLE_LIMIT = 100
MASS_BATCH = 10_000  # openids in one call (/doc/service/guide/product/message/Batch_Sends.html)
MASS_FEWEST = 2
EVERYBODY = 2**31 - 1
LINKS = ("http://", "https://")
LINK_BYTES = 1024  # as a menu's (/doc/service/guide/… 自定义菜单); how much 40039 allows a message's is not said
TEMPLATE_ID_LIMIT, MEDIA_ID_LIMIT = 64, 200  # characters
# Neither the platform nor every database takes them; line ends and tabs are writing.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

STATE_TITLES: Mapping[BroadcastState, str] = MappingProxyType(
    {
        BroadcastState.DRAFT: "草稿",
        BroadcastState.SUBMITTED: "等待放行",
        BroadcastState.SCHEDULED: "定时待发",
        BroadcastState.SENDING: "正在发送",
        BroadcastState.PAUSED: "已暂停",
        BroadcastState.DONE: "已发完",
        BroadcastState.CANCELLED: "已取消",
    }
)
KIND_TITLES: Mapping[BroadcastKind, str] = MappingProxyType(
    {BroadcastKind.NOTICE: "活动通知", BroadcastKind.VOTE: "投票链接", BroadcastKind.RESULT: "结果公布"}
)
UNDER_WAY = (BroadcastState.SCHEDULED, BroadcastState.SENDING)
RELEASED = (*UNDER_WAY, BroadcastState.PAUSED, BroadcastState.DONE)


class WrongState(Conflict):
    code = "wrong_state"


class BadContent(Invalid):
    code = "bad_content"


@dataclass(frozen=True)
class Way:
    """What is said and asked of a channel when a broadcast is composed; `check` raises BadContent.

    `batch` is how many are claimed at once: without a key to know a repeated message by, what a crash leaves in
    doubt is a person's work. `service_only`: subscription accounts may not (/doc/service/guide/… 接口权限).
    """

    title: str
    hint: str
    check: Callable[[Mapping[str, Any]], None]
    batch: int = 0
    service_only: bool = False


@dataclass(frozen=True)
class BroadcastText:
    """What an operator composes. `content` is {"text"} or {"template_id", "data", "url"} and so on, by channel.

    It goes out once released, but not before `scheduled_at`, and not before the campaign has come to `on_phase`.
    """

    title: str
    kind: BroadcastKind
    channel: str
    audience: Audience
    content: dict[str, Any]
    scheduled_at: datetime | None = None
    on_phase: PhaseKind | None = None


def refuse_impossible(text: BroadcastText, account: AccountKind) -> None:
    """Raises Invalid for a way of sending that this kind of account does not have."""
    way = WAYS.get(text.channel)
    if way and way.service_only and account is not AccountKind.SERVICE:
        raise Invalid(f"{way.title}只有服务号能用，这个公众号是订阅号。")


def needs_tag(channel: str, audience: Audience, account: AccountKind) -> bool:
    """Whether the platform has to be told by a tag who is meant: a subscription account can send a mass message to
    all or to a tag alone (/doc/service/guide/product/message/Batch_Sends.html).
    """
    by_filter = audience.kind in ("all", "tag")
    return channel == "mass" and account is AccountKind.SUBSCRIPTION and not by_filter


def require(state: BroadcastState, *wanted: BroadcastState, deed: str) -> None:
    """Raises WrongState."""
    if state not in wanted:
        raise WrongState(f"这条推送现在是“{STATE_TITLES[state]}”，不能{deed}。")


def check(text: BroadcastText) -> None:
    """Raises BadContent, Invalid."""
    if not text.title.strip() or len(text.title) > TITLE_LIMIT:
        raise Invalid(f"请写上标题，{TITLE_LIMIT} 字以内；它只给同事看，不发给职工。")
    for words in (text.title, *_all_words(text.content)):
        _refuse_unwritable(words)
    if text.channel not in WAYS:
        raise Invalid(f"没有“{text.channel}”这种发送方式，可以用：{'、'.join(WAYS)}。")
    WAYS[text.channel].check(text.content)
    if text.on_phase is PhaseKind.UPCOMING:
        raise Invalid("活动开始以前没有什么可等的，请选一个阶段，或者写上时间。")


def batch_size(channel: str, people: int, push: float, account: AccountKind) -> int:
    """A second's sending at most, so that little is in doubt after a crash; of a mass message never one alone.

    `push` is messages a second, 0 for no limit. A subscription account has one job for all of them.
    """
    if channel == "mass" and account is AccountKind.SUBSCRIPTION:
        return EVERYBODY
    if channel == "mass":
        return MASS_BATCH - 1 if people % MASS_BATCH == 1 else MASS_BATCH
    limit = WAYS[channel].batch
    return min(limit, max(1, int(push))) if push else limit


def _customer(content: Mapping[str, Any]) -> None:
    _fields(content, {"text"})
    outbox.check_text(_words(content, "text"))


def _mass(content: Mapping[str, Any]) -> None:
    match list(content):
        case ["text"]:
            outbox.check_text(_words(content, "text"))
        case ["media_id"]:
            _words(content, "media_id", MEDIA_ID_LIMIT)
        case ["article"]:
            article = content["article"]
            if not isinstance(article, Mapping) or not all(isinstance(value, str) for value in article.values()):
                raise BadContent("图文要写成 {标题 title，摘要 digest，链接 url}，都是文字。")
            _words(article, "title")
            _link(article)
            outbox.check_text(article_text(article))
        case _:
            raise BadContent("群发的内容是 text、media_id、article 三者之一。")


def _template(content: Mapping[str, Any]) -> None:
    _fields(content, {"template_id", "data"}, {"url"})
    _words(content, "template_id", TEMPLATE_ID_LIMIT)
    data = content["data"]
    if not isinstance(data, Mapping) or not data or not all(isinstance(value, str) for value in data.values()):
        raise BadContent("模板的 data 要写成 {字段: 文字}，至少一个字段。")
    if wrong := problems(data):
        raise BadContent("".join(wrong))
    _link(content)


# In the order of the form on which a broadcast is composed.
WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "template": Way(
            "模板消息",
            "像服务通知，只能发给关注者；要先在公众平台选好模板，不能有营销的话。",
            _template,
            batch=1000,
            service_only=True,
        ),
        "subscribe": Way(
            "订阅通知", "发给在网页上点过“允许”的人，点一次发一条。", _template, batch=200, service_only=True
        ),
        "mass": Way("群发消息", "像平常的推文，每位关注者一个月最多收四条。", _mass),
        "customer": Way("客服消息", "像聊天，只能发给最近两天给公众号写过消息的人。", _customer, batch=200),
    }
)


def _fields(content: Mapping[str, Any], needed: set[str], allowed: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    if missing := needed - set(content):
        raise BadContent(f"内容里缺少 {'、'.join(sorted(missing))}。")
    if strange := set(content) - needed - allowed:
        raise BadContent(f"内容里多了 {'、'.join(sorted(strange))}，这种发送方式用不上。")


def _words(content: Mapping[str, Any], name: str, limit: int | None = None) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadContent(f"内容里的 {name} 是空的，请写上。")
    if limit is not None and len(value) > limit:
        raise BadContent(f"内容里的 {name} 太长了，最多 {limit} 个字符。")
    return value


def _link(content: Mapping[str, Any]) -> None:
    url = content.get("url", "")
    if not isinstance(url, str) or (url and not url.startswith(LINKS)):
        raise BadContent("链接要以 https:// 开头。")
    if len(url.encode()) > LINK_BYTES:
        raise BadContent(f"链接太长了，最多 {LINK_BYTES} 个字节。")


def _all_words(content: object) -> Iterator[str]:
    """Every text in it, names of fields included, however deep."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield from _all_words(name)
            yield from _all_words(value)
    elif isinstance(content, list):
        for value in content:
            yield from _all_words(value)


def _refuse_unwritable(words: str) -> None:
    if found := UNWRITABLE.search(words):
        before = UNWRITABLE.split(words)[0][-10:]
        where = f"“{before}”后面" if before else "开头"
        raise BadContent(f"文字里有微信不收的控制字符（{where}，编码 {ord(found[0]):04X}），请删掉重打。")

"""What the platform's error codes mean to us: one table, and the errors our calls raise.

Codes are those of the official pages (/doc/service/guide/dev/… 全局返回码 and the page of each call).
"""

from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType

from app.errors import ShishiError


class Reaction(StrEnum):
    """What a caller does about a code."""

    OK = "ok"  # no error: what was asked for is so
    RETRY = "retry"  # the platform is busy or we are too fast: the same call may pass later
    REFRESH = "refresh"  # the token is dead: once more with another one
    RECIPIENT = "recipient"  # this person, code or content is refused for good; the next may pass
    STOP = "stop"  # nothing like it will pass until somebody mends something
    QUOTA = "quota"  # the day's or period's allowance is used up


# A code nobody has told us of: stop, since going on might be what the platform punishes.
UNKNOWN_CODE = Reaction.STOP


def _with(reaction: Reaction, *groups: int | Iterable[int]) -> dict[int, Reaction]:
    codes = [code for group in groups for code in ([group] if isinstance(group, int) else group)]
    return dict.fromkeys(codes, reaction)


def _span(first: int, last: int) -> range:
    return range(first, last + 1)


REACTIONS = MappingProxyType(
    {
        # 45065: that message has been sent before; 45171: done but for those whom the answer names;
        # 46003: there is no menu; 4507x, 4508x: the typing mark.
        **_with(Reaction.OK, 0, 45065, 45171, 46003, 45072, 45080, 45081),
        **_with(Reaction.RETRY, -1, 42010, 45011, 45066, 45169),
        **_with(Reaction.RETRY, 268487001, 268487002, 268488001, 89504, 89505),
        **_with(Reaction.REFRESH, 40001, 40014, 42001),
        # Persons: not following, refusing, out of window, blocked, unknown.
        **_with(Reaction.RECIPIENT, 40003, 43004, 43019, 43101, 45015, 45047),
        **_with(Reaction.RECIPIENT, 46004, 48002, 49003, 50005, 70000),
        # Codes and tokens of a person who signs in on a page.
        **_with(Reaction.RECIPIENT, 40029, 40030, 40163, 42002, 42003, 42007),
        # Contents: media, texts, addresses, template fields.
        **_with(Reaction.RECIPIENT, _span(40004, 40012), 40033, 40035, 40039, 40062),
        **_with(Reaction.RECIPIENT, _span(44002, 44004), _span(45001, 45008), 47001, 47003),
        **_with(Reaction.QUOTA, 45009, 45028, 48006),
        # The account, its secrets, its rights.
        **_with(Reaction.STOP, 40002, 40013, 40125, 40164, 40200, 40243, 41004, 48001, 48004, 48008),
        **_with(Reaction.STOP, 50002, 50004, 50007, 89503, 89506, 89507, 65400),
        # Templates, mass sends, tags, menus, drafts, accounts of staff: shown to an operator.
        **_with(Reaction.STOP, 40037, 40246, 40247, 40249, 43116, _span(200011, 200022), 200100),
        **_with(Reaction.STOP, _span(40031, 40032), 40130, 40059, 40060, 40065, 45067, 45083, 45084),
        **_with(Reaction.STOP, 40152, _span(45056, 45059), 45157, 45158, 45159),
        **_with(Reaction.STOP, _span(40015, 40028), 45010, _span(65301, 65320)),
        **_with(Reaction.STOP, _span(53503, 53505), 53600, _span(61451, 61457)),
        # Mistakes of the program itself.
        **_with(Reaction.STOP, 40052, 40053, _span(40118, 40121), _span(41001, 41009), _span(43001, 43003)),
        **_with(Reaction.STOP, _span(76001, 76004), 76021, 76022),
    }
)

# Too fast, rather than busy: repeating within seconds makes it worse.
PAUSES = MappingProxyType({42010: 60.0, 45011: 60.0, 45066: 60.0, 89504: 60.0, 89505: 60.0})

WINDOW_CLOSED = frozenset({45015, 45047})
NOT_FOLLOWING = frozenset({43004, 46004, 50005})

EXPLANATIONS = MappingProxyType(
    {
        -1: "微信平台正忙，请稍后再试。",
        40001: "AppSecret 或令牌不对：请核对 SHISHI_WECHAT__APP_SECRET。",
        40003: "这个 openid 不属于本公众号。",
        40007: "素材编号无效：可能过期了，或者不是这个公众号的。",
        40013: "AppID 不对：请核对 SHISHI_WECHAT__APP_ID。",
        40029: "登录凭证无效，请从公众号重新打开。",
        40059: "平台没有这个群发任务，可能已经删除了。",
        40060: "平台没有这一篇图文。",
        40065: "平台没有这个链接的图文。",
        40125: "AppSecret 不对：请核对 SHISHI_WECHAT__APP_SECRET，它在公众平台重置后要一并更新。",
        40152: "这个标签在公众平台上已经没有了。",
        40163: "登录凭证已用过，请从公众号重新打开。",
        40164: "本机的出口地址不在公众号的 IP 白名单里：请在公众平台“基本配置”中加入它。",
        40200: "公众号的类型不支持这项功能。",
        40243: "AppSecret 已被冻结：请在公众平台解冻。",
        42003: "登录凭证已过期，请从公众号重新打开。",
        43004: "对方没有关注公众号。",
        43019: "对方在公众号的黑名单里。",
        45002: "文字太长。",
        45009: "今天的调用次数已用完，零点后恢复。",
        45011: "调用太快，请一分钟后再试。",
        45015: "对方超过 48 小时没有来信，或已取消关注。",
        45028: "群发的次数用完了，到下一天（服务号是下个月一日）才能再发。",
        45047: "对方来信以后，可以主动发的条数已用完。",
        45056: "公众号的标签已满 100 个：请在公众平台删去不用的标签。",
        45059: "对方身上的标签已满 20 个，再打不上了。",
        45159: "这个标签在公众平台上已经没有了。",
        45171: "平台没有给对方打上标签。",
        46004: "平台上没有这个人。",
        48001: "公众号没有这项接口权限：请确认它已认证，并在公众平台查看接口权限。",
        48002: "对方设置了不接收公众号的消息。",
        48004: "公众号的这项接口被平台封禁：请登录公众平台查看通知。",
        49003: "这个 openid 不属于本公众号。",
        50004: "公众号被禁止获取令牌：请登录公众平台查看通知。",
        50005: "对方没有关注公众号。",
        50007: "公众号已被冻结：请登录公众平台查看通知。",
        70000: "因未成年人保护，消息没有送达。",
        89503: "调用地址需要管理员确认：请管理员在微信里点确认。",
        89506: "管理员拒绝了这个地址的调用，24 小时内不能再试。",
        89507: "管理员拒绝了这个地址的调用，1 小时内不能再试。",
    }
)


def classify(errcode: int) -> Reaction:
    return REACTIONS.get(errcode, UNKNOWN_CODE)


def explain(errcode: int) -> str:
    """A Chinese sentence for whoever must know."""
    return EXPLANATIONS.get(errcode, f"微信平台没有接受，返回码 {errcode}。")


class CallFailed(ShishiError):
    """A call of the platform that brought nothing. Which of its kinds tells what may have happened there."""

    status = 502
    code = "platform"


class NotSent(CallFailed):
    """The platform was never reached: nothing happened there."""


class Unanswered(CallFailed):
    """It was sent and no readable answer came: the platform may have done it or not."""


class PlatformError(CallFailed):
    """The platform refused. `rid` finds the request in its own log for seven days."""

    def __init__(self, errcode: int, rid: str = "", detail: str = "") -> None:
        super().__init__(explain(errcode) + detail)
        self.errcode = errcode
        self.rid = rid
        self.detail = detail
        self.reaction = classify(errcode)


class Misconfigured(PlatformError):
    """The account's identity or right is refused: every call fails until somebody mends the settings."""

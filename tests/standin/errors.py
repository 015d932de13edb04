"""The platform's refusals: error code, English text, and the rid it hangs on each. Pure."""

import secrets
from typing import Any

MESSAGES = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40029: "invalid code",
    40030: "invalid refresh_token",
    40031: "invalid openid list",
    40032: "invalid openid list size",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40035: "invalid parameter",
    40037: "invalid template_id",
    40052: "invalid action name",
    40053: "invalid action info",
    40059: "invalid msg id",
    40060: "invalid article idx",
    40125: "invalid appsecret",
    40130: "invalid openid list size, at least two openid",
    40152: "invalid tag_id",
    40163: "code been used",
    40164: "invalid ip not in whitelist",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41008: "missing code",
    42001: "access_token expired",
    42003: "oauth_code expired",
    43001: "require GET method",
    43002: "require POST method",
    43004: "require subscribe",
    43019: "user is in blacklist",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45028: "has no masssend quota",
    45047: "out of response count limit",
    45056: "too many tags",
    45057: "too many fans under the tag",
    45058: "can not modify system tag",
    45059: "too many tags on the person",
    45065: "clientmsgid exist",
    45067: "clientmsgid size out of limit",
    45072: "command invalid",
    45080: "need to be within 30 seconds of an exchange",
    45081: "already typing",
    45157: "tag name exist",
    45158: "tag name too long",
    45159: "invalid tag id",
    45171: "some openid failed",
    46003: "menu not exist",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    48002: "user refuse to receive messages",
    48006: "forbid to clear quota because of reaching the limit",
    49003: "openid not belong to this appid",
    65301: "conditional menu not exist",
    65303: "there is no self-menu, create it first",
    65307: "empty matchrule",
    65320: "this match rule is no longer supported",
    76021: "cgi_path not found, please check",
    76022: "could not use this cgi_path, no permission",
}


class Refused(Exception):
    """An API call the platform answers with an error code; `more` goes into the answer beside it."""

    def __init__(self, errcode: int, detail: str = "", **more: Any) -> None:
        self.message = MESSAGES.get(errcode, "refused")
        super().__init__(f"{errcode} {self.message}")
        self.errcode = errcode
        self.detail = detail
        self.more = more

    def to_json(self, now: float) -> dict[str, Any]:
        """The error body; its text changes with every answer, so nobody can match on it."""
        rid = f"{int(now):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
        text = " ".join(part for part in (self.message, self.detail, f"rid: {rid}") if part)
        return {"errcode": self.errcode, "errmsg": text, **self.more}

"""What an installation may set, by environment or `.env`. Each name stands in `.env.example` as well."""

from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import ConfigurationError

MIN_SECRET = 32
HOUR = r"([01]\d|2[0-3]):[0-5]\d"
CENTURY = 100 * 366 * 86400  # seconds: a rehearsal may play a year long past


class AccountKind(StrEnum):
    SERVICE = "service"
    SUBSCRIPTION = "subscription"


class WeChatSettings(BaseModel):
    """The account's identity and where its platform is found.

    Hosts are the platform's documented ones; any other program that speaks its protocol may stand there.
    """

    app_id: str = Field(min_length=1)
    app_secret: SecretStr
    token: SecretStr
    encoding_aes_key: SecretStr
    previous_encoding_aes_key: SecretStr = SecretStr("")
    mode: Literal["safe", "plain"] = "safe"
    account_kind: AccountKind = AccountKind.SERVICE
    api_url: str = "https://api.weixin.qq.com"
    open_url: str = "https://open.weixin.qq.com"
    timeout_seconds: float = Field(default=10, gt=0)
    # Of subscription notices that workers may say yes to on our page: their template ids, with commas between.
    notice_templates: str = Field(default="", pattern=r"^[\w,\- ]*$", max_length=400)
    script_url: str = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
    # Customer messages per user action (/doc/service/guide/product/message/): the platform changed them before.
    window_message_count: int = Field(default=5, ge=0)
    window_message_hours: float = Field(default=48, gt=0)
    window_action_count: int = Field(default=3, ge=0)
    window_action_minutes: float = Field(default=1, gt=0)

    @property
    def notices(self) -> tuple[str, ...]:
        """Template ids that are offered; none where the account's kind has no such notices."""
        if self.account_kind is not AccountKind.SERVICE:
            return ()
        return tuple(one.strip() for one in self.notice_templates.split(",") if one.strip())

    @field_validator("encoding_aes_key", "previous_encoding_aes_key")
    @classmethod
    def _has_43_characters(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if key and (len(key) != 43 or not key.isalnum()):
            raise ValueError("要和公众号后台一致：43 个字母和数字")
        return value

    @field_validator("api_url", "open_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")


class PushSettings(BaseModel):
    """`rests`: so often in a row a broadcast rests and tries again by itself, 0 for ever."""

    per_second: float = Field(default=50, ge=0)
    concurrency: int = Field(default=32, ge=1)
    rests: int = Field(default=12, ge=0)
    quiet_hours: str = Field(
        default="22:00-08:00", pattern=r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$"
    )

    @property
    def quiet(self) -> tuple[time, time] | None:
        if not self.quiet_hours:
            return None
        begin, end = self.quiet_hours.split("-")
        return time.fromisoformat(begin), time.fromisoformat(end)


class ChatSettings(BaseModel):
    per_minute: int = Field(default=60, ge=0)
    remind_hours: int = Field(default=48, ge=0)


class VoteSettings(BaseModel):
    per_minute: int = Field(default=10, ge=0)


class FormSettings(BaseModel):
    """`keep_originals`: the files of unions and departments are kept, sealed, with what was imported from them."""

    keep_originals: bool = False


class PrivacySettings(BaseModel):
    """`keep_days` after publication names and phones of proposers go; 0 keeps them until somebody asks."""

    keep_days: int = Field(default=180, ge=0)


class Settings(BaseSettings):
    """All settings. `load()` turns a mistake into one readable ConfigurationError."""

    model_config = SettingsConfigDict(
        env_prefix="SHISHI_", env_nested_delimiter="__", env_file=".env", extra="ignore", frozen=True
    )

    database_url: str = "sqlite:///data/shishi.db"
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: str = "127.0.0.1"
    secret_key: Annotated[SecretStr, Field(min_length=MIN_SECRET)]
    previous_secret_key: SecretStr = SecretStr("")
    wechat: WeChatSettings
    push: PushSettings = PushSettings()
    chat: ChatSettings = ChatSettings()
    vote: VoteSettings = VoteSettings()
    forms: FormSettings = FormSettings()
    privacy: PrivacySettings = PrivacySettings()
    timezone: str = "Asia/Shanghai"
    now_offset_seconds: float = Field(default=0, ge=-CENTURY, le=CENTURY)
    backup_folder: str = ""

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("没有这个时区，例如 Asia/Shanghai") from None
        return value

    @property
    def secrets(self) -> tuple[str, str]:
        """What keys are derived from: the secret in use and the one before, which may be empty."""
        return self.secret_key.get_secret_value(), self.previous_secret_key.get_secret_value()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def now_offset(self) -> timedelta:
        return timedelta(seconds=self.now_offset_seconds)

    @classmethod
    def load(cls) -> "Settings":
        """Read environment and `.env`. Raises ConfigurationError naming every wrong or missing setting."""
        try:
            return cls()
        except ValidationError as error:
            raise ConfigurationError(_explain(error)) from None
        except UnicodeDecodeError:
            raise ConfigurationError("设置文件 .env 不是 UTF-8 编码，请另存为 UTF-8 再试。") from None


WHY = {
    "missing": "没有设置",
    "string_too_short": "太短了，至少要 {min_length} 个字符",
    "too_short": "太短了，至少要 {min_length} 个字符",
    "string_pattern_mismatch": "写法不对，请照 .env.example 里的样子写",
    "int_parsing": "要写整数",
    "bool_parsing": "要写 true 或 false",
    "float_parsing": "要写数字",
    "finite_number": "要写数字",
    "greater_than": "要大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
}
ACCOUNT = ("app_id", "app_secret", "token", "encoding_aes_key")  # what every account has, and no default


def _explain(error: ValidationError) -> str:
    lines = ["设置有误，请检查环境变量或 .env："]
    for problem in error.errors(include_input=False, include_url=False):
        why = WHY.get(problem["type"], "{error}").format_map({"error": problem["msg"], **problem.get("ctx", {})})
        places = [("wechat", name) for name in ACCOUNT] if problem["loc"] == ("wechat",) else [problem["loc"]]
        lines += [f"  SHISHI_{'__'.join(str(part).upper() for part in place)}：{why}" for place in places]
    return "\n".join(lines)

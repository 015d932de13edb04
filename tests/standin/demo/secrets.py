"""What a demonstration knows alone: keys, the account, the operators' passwords and tokens, in one closed file."""

import json
import secrets
import string
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.standin.demo.errors import CannotRun

ALNUM = string.ascii_letters + string.digits
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


@dataclass
class Operator:
    name: str
    title: str
    roles: tuple[str, ...]
    password: str
    token: str = ""


@dataclass
class Secrets:
    """Made once for a directory; `prepared` once its data are complete.

    `year`: the whole year was played into it; `offset_seconds` is how far from today its calendar stands then.
    """

    secret_key: str
    app_id: str
    app_secret: str
    callback_token: str
    encoding_aes_key: str
    operators: list[Operator]
    prepared: bool = False
    year: bool = False
    offset_seconds: int = 0

    @classmethod
    def of(cls, file: Path) -> "Secrets":
        """Those of `file`, or new ones; raises CannotRun for a file that is something else."""
        if not file.exists():
            return _new()
        try:
            saved = json.loads(file.read_text("utf-8"))
            operators = [Operator(**{**one, "roles": tuple(one["roles"])}) for one in saved.pop("operators")]
            return cls(operators=operators, **saved)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CannotRun(
                f"{file} 读不懂了。请删掉目录 {file.parent}，或用 DEMO_DIR 换一个。\n"
                f"{file} cannot be read. Remove {file.parent}, or choose another with DEMO_DIR."
            ) from None

    def save(self, file: Path) -> None:
        draft = file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")
        draft.replace(file)


def _new() -> Secrets:
    return Secrets(
        secret_key=secrets.token_urlsafe(48),
        app_id=f"wx{secrets.token_hex(8)}",
        app_secret=secrets.token_hex(16),
        callback_token=_letters(24),
        encoding_aes_key=_letters(43),
        operators=[
            Operator("郑敏", "负责人", ("owner",), _password()),
            Operator("徐佳", "收件、评审", ("intake", "reviewer"), _password()),
            Operator("何伟", "评审、策划", ("reviewer", "campaigner"), _password()),
            Operator("罗静", "审批", ("approver",), _password()),
            Operator("方正", "审计", ("auditor",), _password()),
        ],
    )


def _letters(count: int) -> str:
    return "".join(secrets.choice(ALNUM) for _ in range(count))


def _password() -> str:
    """Three groups of four, easy to read out and to type; about 59 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))

"""The log: one JSON object a line on standard error, in which no person and no secret can be read."""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from app import tracing
from app.crypto import Keyring

OPENID = re.compile(r"(?<![\w-])o[\w-]{27}(?![\w-])", re.ASCII)
STRUCK_OUT: tuple[tuple[re.Pattern[str], str], ...] = (
    # Tokens, keys and signatures: long, and never without a digit, which spares the names in a traceback.
    (re.compile(r"(?<![\w-])(?=[A-Za-z_-]*\d)[\w-]{32,}", re.ASCII), "[secret]"),
    (re.compile(r"\b(\w*token|secret|code|state|signature|password)=[^\s&'\"]+", re.IGNORECASE), r"\1=[secret]"),
    (re.compile(r"(?i)(bearer|basic) [\w.~+/=-]+"), r"\1 [secret]"),
    (re.compile(r"(/unit/\d+/)[\w-]{16,}", re.ASCII), r"\1[secret]"),  # a unit's link is its key
    (re.compile(r"://[^\s/:@]+:[^\s/@]+@"), "://[secret]@"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"), "[phone]"),
    # What a database tells of a statement that failed: the values of the row.
    (re.compile(r"\[parameters: .*"), "[parameters]"),
    (re.compile(r"(?s)\bDETAIL: .*?(?=\n(?:CONTEXT: |HINT: |\[SQL: |Traceback \()|\Z)"), "[detail]"),
)
PRIVATE_KEYS = frozenset(
    {
        *("openid", "phone", "name", "proposer", "proposer_name", "filler"),
        *("token", "secret", "password", "authorization"),
    }
)
DESCRIBING: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)

Person = Callable[[str], str]


def configure_logging(keyring: Keyring | None = None, stream: TextIO | None = None) -> None:
    """Send all logging there. With keys an openid is told as a keyed reference, without them it is struck out.

    `stream` is for tests: otherwise standard error, whatever that is at the moment of writing.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *DESCRIBING,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = _Handler(stream)
    handler.setFormatter(_formatter(Redaction(keyring.person if keyring else None)))
    root = logging.getLogger()
    for other in [other for other in root.handlers if isinstance(other, _Handler)]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    _take_over("uvicorn", "uvicorn.error")
    _silence("uvicorn.access")  # addresses carry openids and codes
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it would tell of every look at the schema


class Redaction:
    """The last to see an entry before it is rendered: strikes out persons and secrets, however deep they are."""

    def __init__(self, person: Person | None = None) -> None:
        self._person = person

    def __call__(self, _logger: Any, _method: str, entry: EventDict) -> EventDict:
        return {self.clean(key): self._value(key, value) for key, value in entry.items()}

    def clean(self, text: str) -> str:
        text = OPENID.sub(self._refer, text)
        for pattern, instead in STRUCK_OUT:
            text = pattern.sub(instead, text)
        return text

    def _value(self, key: str, value: Any) -> Any:
        if key.lower() in PRIVATE_KEYS:
            return self._refer_to(value)
        if isinstance(value, bool | float) or value is None:
            return value
        if isinstance(value, Mapping):
            return {self.clean(str(inner)): self._value(str(inner), each) for inner, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value("", each) for each in value]
        cleaned = self.clean(str(value))
        return value if isinstance(value, int) and cleaned == str(value) else cleaned

    def _refer_to(self, value: Any) -> str:
        return self.clean(value) if isinstance(value, str) and OPENID.fullmatch(value) else "[personal]"

    def _refer(self, found: re.Match[str]) -> str:
        return f"person:{self._person(found.group())}" if self._person else "[person]"


class _Handler(logging.Handler):
    """Looks standard error up at each line, for it may be replaced while we run."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        stream = self._stream or sys.stderr
        stream.write(self.format(record) + "\n")
        stream.flush()


def _formatter(redaction: Redaction) -> logging.Formatter:
    """Renders our entries and those of libraries alike."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=DESCRIBING,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redaction,
            _trace,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _trace(_logger: Any, _method: str, entry: EventDict) -> EventDict:
    """After redaction: the word of a request is as long as a secret may be, and none."""
    return {**entry, **tracing.told()}


def _take_over(*names: str) -> None:
    """Have loggers that brought handlers, or a level, of their own speak through ours."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
        logger.disabled = False
        logger.propagate = True


def _silence(name: str) -> None:
    logger = logging.getLogger(name)
    logger.handlers.clear()
    logger.propagate = False

"""Everything that can go wrong between the platform and the service, as switches."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

MenuId = Literal["absent", "zero", "id"]


@dataclass
class Faults:
    """Counts go down by one with each use; the other switches stay until changed."""

    # Pushes to the service.
    attempts: int = 3  # in total; whether the platform means 3 or 1 + 3 is not certain
    deadline: float = 5.0  # seconds the service has for each attempt
    retry_errors: bool = True  # repeat after a refused connection or an HTTP error, as after a timeout
    duplicate: bool = False  # every push goes out twice at the same moment
    out_of_order: bool = False  # a push is held back until the next one has overtaken it
    drop_connection: int = 0  # so many attempts are cut off before the answer is read
    dirty_text: bool = False  # typed text carries a control character and a CDATA end
    unknown_elements: bool = False  # pushes carry elements nobody has announced
    expired_key: bool = False  # pushes still use the previous EncodingAESKey
    recognition: bool = False  # voice pushes carry Recognition
    menu_id: MenuId = "absent"  # what bizmsgmenuid says after a tap
    job_events: bool = True  # sends report their end by an event
    job_by_follower: bool = False  # MASSSENDJOBFINISH comes from a follower, as in older samples
    job_failures: int = 0  # so many accepted messages or mass jobs fail in the end

    # Answers to API calls.
    slow: float = 0.0  # seconds before each answer, and before each push
    busy: int = 0  # so many calls answer -1
    lost_answers: int = 0  # so many calls are carried out and never answered
    token_revoked: bool = False  # another party fetches a token at the next call
    plain_content_type: bool = False  # JSON labelled text/plain
    literal_escapes: bool = True  # a \uXXXX in a request is shown as six characters

    # Signing in on pages.
    oauth_prefetch: bool = False  # the client fetches redirect_uri once before showing it
    snapshot_user: bool = False  # pages get a throw-away openid

    def take(self, name: str) -> bool:
        """Whether the counted fault `name` strikes now; uses it up once."""
        left = int(getattr(self, name))
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0

    def reset(self) -> None:
        self.change(asdict(Faults()))

    def change(self, switches: dict[str, Any]) -> None:
        """Set switches by name; ValueError for an unknown name or a wrong value, and nothing is set."""
        usual = asdict(Faults())
        for name, value in switches.items():
            if name not in usual or not _fits(value, usual[name]):
                raise ValueError(f"{name}={value!r}")
        for name, value in switches.items():
            setattr(self, name, value)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def _fits(value: object, usual: object) -> bool:
    """Whether a switch that usually is `usual` may become `value`."""
    if isinstance(usual, str):
        return value in get_args(MenuId)
    if isinstance(usual, bool) or isinstance(value, bool):
        return type(value) is type(usual)
    return isinstance(value, int if isinstance(usual, int) else (int, float)) and value >= 0

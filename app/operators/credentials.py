"""What an operator proves to be themselves with: changing a password, turning two-step sign-in on and off."""

from sqlalchemy.orm import Session

from app.clock import Clock
from app.crypto import Keyring, Undecryptable
from app.errors import Invalid
from app.operators import sessions, totp
from app.operators.passwords import PasswordHash
from app.operators.service import locked, record_change
from app.operators.signing_in import TOTP_SEALED_FOR


class WrongCode(Invalid):
    code = "wrong_code"


def set_password(
    session: Session,
    name: str,
    password: PasswordHash,
    *,
    actor: str,
    clock: Clock,
    keep_session: int | None = None,
) -> None:
    """Ends all sessions but the one to keep, and unlocks."""
    operator = locked(session, name)
    operator.password_hash, operator.failures, operator.locked_until = password, 0, None
    ended = sessions.end_all(session, operator.id, but=keep_session)
    record_change(session, "operator.password", name, actor, clock, sessions_ended=ended)


def offered_secret(keyring: Keyring) -> bytes:
    """A new secret, sealed: it waits in the page until a code of it has been typed."""
    return keyring.seal(totp.new_secret(), TOTP_SEALED_FOR)


def secret_in(sealed: bytes, keyring: Keyring) -> str:
    """Raises WrongCode for what was not offered by us."""
    try:
        return keyring.open(sealed, TOTP_SEALED_FOR)
    except Undecryptable:
        raise WrongCode("这个网页放得太久了，请刷新以后重新扫码。") from None


def turn_on_totp(
    session: Session, name: str, sealed: bytes, code: str, *, actor: str, keyring: Keyring, clock: Clock
) -> None:
    """From now on signing in takes a code as well. Raises WrongCode."""
    operator = locked(session, name)
    step = totp.step_of(secret_in(sealed, keyring), code, clock.wall(), after=0)
    if step is None:
        raise WrongCode("动态码不对。请看手机上现在显示的 6 位数字，并确认手机的时间是准的。")
    operator.totp, operator.totp_step = sealed, step
    record_change(session, "operator.totp_on", name, actor, clock)


def turn_off_totp(session: Session, name: str, *, actor: str, clock: Clock) -> None:
    operator = locked(session, name)
    operator.totp, operator.totp_step = None, 0
    record_change(session, "operator.totp_off", name, actor, clock)

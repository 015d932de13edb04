"""Codes of an authenticator app (RFC 6238): making a secret, and which time step a code is of. Pure."""

from datetime import datetime
from hmac import compare_digest

import pyotp

STEP_SECONDS = 30
TOLERANCE = 1  # steps that a phone's clock may be off
ISSUER = "实事"


def new_secret() -> str:
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """What the picture says to the app: an otpauth address."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The step that `code` is of, if it is right at `at` and no step up to `after` was used; else None."""
    now = int(at.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret)
    typed = "".join(code.split()).encode()
    steps = range(max(now - TOLERANCE, after + 1), now + TOLERANCE + 1)
    return next((step for step in steps if compare_digest(app.generate_otp(step).encode(), typed)), None)

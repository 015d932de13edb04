"""Customer-message windows: when, and how often, an account may write to somebody unasked. Pure."""

from tests.standin.errors import Refused
from tests.standin.state import Account, Action, Person, Window


def open_window(account: Account, person: Person, action: Action, now: float) -> None:
    """What the person just did renews the allowance of its kind."""
    allowance = account.allowances[action]
    person.windows[action] = Window(now + allowance.seconds, allowance.count)


def spend(person: Person, now: float) -> None:
    """Use up one message of the window that closes first; raises 45015 (closed) or 45047 (used up)."""
    still_open = [window for window in person.windows.values() if window.closes_at > now]
    if not still_open:
        raise Refused(45015)
    unspent = [window for window in still_open if window.left > 0]
    if not unspent:
        raise Refused(45047)
    min(unspent, key=lambda window: window.closes_at).left -= 1

"""What takes long to reckon is shown again for a while, so that no crowd of readers can slow the service down."""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

QUICK = 0.3  # seconds: what takes no longer is always reckoned anew
TIMES_AS_LONG = 20  # so at most a twentieth of a process's time goes into it

T = TypeVar("T")

# By database and name: until when it may be shown, and what it is.
_kept: WeakKeyDictionary[Engine | Connection, dict[Hashable, tuple[float, Any]]] = WeakKeyDictionary()


def recent(session: Session, name: Hashable, reckon: Callable[[], T], timer: Callable[[], float] = monotonic) -> T:
    """What `reckon` says now, or said not long ago under this name."""
    kept = _kept.setdefault(session.get_bind(), {})
    until, found = kept.get(name, (0.0, None))
    begun = timer()
    if begun < until:
        said: T = found
        return said
    said = reckon()
    took = timer() - begun
    if took > QUICK:
        kept[name] = (begun + took * TIMES_AS_LONG, said)
    else:
        kept.pop(name, None)
    return said

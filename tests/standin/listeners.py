"""Who wants to hear of new chat lines and wire lines while they happen."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Kind = Literal["chat", "wire", "menu"]


class Jsonable(Protocol):
    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class News:
    """`entry` is the JSON of a ChatEntry or a WireEntry, or the menu's buttons."""

    kind: Kind
    entry: dict[str, Any]
    openid: str = ""


Listener = Callable[[News], Awaitable[None]]


class Listeners:
    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear everything from now on; call what is returned to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def tell(self, kind: Kind, entry: Jsonable, openid: str = "") -> None:
        """Costs nothing while nobody listens, as under load."""
        if self._listeners:
            news = News(kind, entry.to_json(), openid)
            for listener in tuple(self._listeners):
                await listener(news)

"""HTML that is drawn once, and encoded once, and has slots for what is each visitor's own. Pure."""

from markupsafe import Markup

MARK = "\x1f"  # stands in no text of ours: it is removed from whatever people type


def slot(name: str) -> Markup:
    """To be written where the slot is."""
    return Markup(f"{MARK}{name}{MARK}")  # noqa: S704 - the names are ours


class Slotted:
    """`blank` is the whole with nothing in any slot."""

    def __init__(self, html: str) -> None:
        parts = html.split(MARK)  # fixed, name, fixed, name, … fixed
        self._pieces = [part.encode() for part in parts]
        self._slots = [(place, parts[place]) for place in range(1, len(parts), 2)]
        self.blank = b"".join(self._pieces[::2])

    def filled(self, **own: str | bytes) -> bytes:
        """With HTML, already escaped, by the names of slots; every slot is named."""
        pieces = self._pieces[:]
        for place, name in self._slots:
            given = own[name]
            pieces[place] = given if isinstance(given, bytes) else given.encode()
        return b"".join(pieces)

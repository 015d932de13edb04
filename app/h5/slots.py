"""HTML that is drawn once and has slots for what is each visitor's own. Pure."""

from collections.abc import Mapping

from markupsafe import Markup

MARK = "\x1f"  # stands in no text of ours: it is removed from whatever people type


def slot(name: str) -> Markup:
    """To be written where the slot is."""
    return Markup(f"{MARK}{name}{MARK}")  # noqa: S704 - the names are ours


class Slotted:
    """`blank` is the whole with nothing in any slot."""

    def __init__(self, html: str) -> None:
        self._pieces = html.split(MARK)  # fixed, name, fixed, name, … fixed
        self._slots = [(place, self._pieces[place]) for place in range(1, len(self._pieces), 2)]
        self.blank = "".join(self._pieces[::2])

    def filled(self, own: Mapping[str, str]) -> str:
        """With HTML, already escaped, by the names of slots; every slot is named."""
        pieces = self._pieces[:]
        for place, name in self._slots:
            pieces[place] = own[name]
        return "".join(pieces)

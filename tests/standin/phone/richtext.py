"""Text from the account, cut into plain pieces and tappable links. Pure."""

from dataclasses import dataclass

from tests.standin.links import ANCHOR, links_in


@dataclass(frozen=True)
class Piece:
    """A run of text; with `href` it opens a page, with `says` a tap sends that content (and `menu_id`)."""

    text: str
    href: str = ""
    says: str = ""
    menu_id: str = ""

    def to_json(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}


def pieces(text: str) -> list[Piece]:
    """Only a link to a page or to a menu answer becomes tappable; any other markup stays as typed."""
    found: list[Piece] = []
    end = 0
    for match in ANCHOR.finditer(text):
        link = _link(match[0])
        if link is None:
            continue
        found += [Piece(text[end : match.start()]), link]
        end = match.end()
    found.append(Piece(text[end:]))
    return [piece for piece in found if piece.text]


def _link(anchor: str) -> Piece | None:
    (link,) = links_in(anchor)
    if link.content:
        return Piece(link.label, says=link.content, menu_id=link.menu_id)
    if link.href.startswith(("http://", "https://")):
        return Piece(link.label, href=link.href)
    return None

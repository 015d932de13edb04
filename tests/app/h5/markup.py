"""Reading a page as a browser without script does: its words, its links, and the form with what is filled in."""

from html.parser import HTMLParser

VOID = {"input", "meta", "link", "br"}


class Markup(HTMLParser):
    """`fields` of the first form as they would be sent; `text` of the whole page; `described` what a control's
    aria-describedby leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.names: set[str] = set()
        self.links: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.described: dict[str, list[str]] = {}
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str]] = []
        self.text = ""
        self._open: list[tuple[str, dict[str, str]]] = []
        self._forms = 0
        self.feed(html)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        if tag == "form":
            self._forms += 1
            self.action = self.action or attributes.get("action", "")
        if tag == "label" and "for" in attributes:
            self.labelled.add(attributes["for"])
        if tag in {"input", "textarea"}:
            self._control(tag, attributes)
        if "aria-describedby" in attributes:
            self.described[attributes.get("name") or attributes["id"]] = attributes["aria-describedby"].split()
        if tag not in VOID:
            self._open.append((tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag, attributes in self._open:
            if "id" in attributes:
                self.texts[attributes["id"]] = self.texts.get(attributes["id"], "") + data
            if tag == "a":
                self.links[data.strip()] = attributes["href"]
            if tag == "textarea":
                self.fields[attributes["name"]] += data

    def _control(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._forms:
            return
        inside_label = any(name == "label" for name, _ in self._open)
        self.controls.append({**attributes, "tag": tag, "in_label": "yes" if inside_label else ""})
        self.names.add(attributes["name"])
        ticks = attributes.get("type") in {"radio", "checkbox"}
        if self._forms == 1 and (not ticks or "checked" in attributes):
            self.fields[attributes["name"]] = attributes.get("value", "")

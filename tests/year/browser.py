"""A browser without scripts: one cookie jar, pages, and the forms on them."""

from dataclasses import dataclass
from html.parser import HTMLParser

import httpx

Fields = dict[str, str]


class Browser:
    """Every answer has to be a page; `here` is the last one."""

    def __init__(self, transport: httpx.AsyncBaseTransport, base_url: str) -> None:
        # Lent: closing a client would close it for all. A client for each keeps the cookies apart.
        self._client = httpx.AsyncClient(
            transport=transport, base_url=base_url, follow_redirects=True, timeout=60, trust_env=False
        )
        self.here = httpx.Response(204)

    async def open(self, address: str, **query: str) -> str:
        return self._arrived(await self._client.get(address, params=query or None))

    async def send(self, changes: Fields, form: str = "", without: str = "") -> str:
        """Fill in a form of this page and send it; `form` is its id or its action, where there are several.

        What is checked already in fields that are called `without` and a number is unchecked first.
        """
        found = form_on(self.here.text, form)
        kept = {name: value for name, value in found.fields.items() if not _is_numbered(name, without)}
        return self._arrived(await self._client.post(found.action or str(self.here.url), data=kept | changes))

    def _arrived(self, answer: httpx.Response) -> str:
        assert answer.is_success, f"{answer.request.method} {answer.url.path}: {answer.status_code} {told(answer)}"
        self.here = answer
        return answer.text


def told(answer: httpx.Response) -> str:
    """What a page says, without the page around it."""
    reader = _Words()
    reader.feed(answer.text)
    return " ".join(" ".join(reader.words).split())[:600]


@dataclass
class Form:
    action: str
    fields: Fields


def form_on(page: str, wanted: str = "") -> Form:
    """The form with this id or action, or the first that posts. Raises AssertionError."""
    reader = _Forms(wanted)
    reader.feed(page)
    assert reader.found is not None, f"no form {wanted} on: {page[:400]}"
    return reader.found


def _is_numbered(name: str, word: str) -> bool:
    """Whether a field is called by the word and a number."""
    return bool(word) and name.startswith(word) and name.removeprefix(word).isdecimal()


class _Forms(HTMLParser):
    """Reads what a browser would send of one form if nothing was changed on it."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self._wanted = wanted
        self._inside = False
        self._textarea = ""
        self.found: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(given)
        elif self.found is not None and self._inside and given.get("name"):
            self._read(tag, given, self.found.fields)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea and self.found is not None:
            self.found.fields[self._textarea] += data.removeprefix("\n")

    def _begin(self, given: Fields) -> None:
        named = (given.get("id"), given.get("action"))
        is_it = self._wanted in named if self._wanted else given.get("method", "").lower() == "post"
        if self.found is None and is_it:
            self._inside, self.found = True, Form(given.get("action", ""), {})

    def _read(self, tag: str, given: Fields, fields: Fields) -> None:
        name, kind = given["name"], given.get("type", "text")
        if tag == "textarea":
            self._textarea, fields[name] = name, ""
        elif tag == "input" and (kind not in ("radio", "checkbox", "submit", "file") or "checked" in given):
            fields[name] = given.get("value", "")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style", "svg")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "svg")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

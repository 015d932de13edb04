"""The operators of the play, each by name: over the API, and in the console where only that has a way."""

import re
from typing import Any

import httpx

from app.api.gauges import KEPT
from tests.year.browser import Browser
from tests.year.stage import Stage

OWNER, CLERK, PLANNER, APPROVER, AUDITOR = "郑敏", "徐佳", "何伟", "罗静", "方正"
ROLES = {
    OWNER: ("owner",),
    CLERK: ("intake", "reviewer"),
    PLANNER: ("reviewer", "campaigner"),
    APPROVER: ("approver",),
    AUDITOR: ("auditor",),
}


class Office:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._api = httpx.AsyncClient(
            transport=stage.transport, base_url=f"{stage.service_url}/api/v1", timeout=60, trust_env=False
        )

    async def asks(self, name: str, path: str, **query: str) -> Any:
        return await self._call(name, "GET", path, params=query)

    async def does(self, name: str, path: str, method: str = "POST", **fields: Any) -> Any:
        return await self._call(name, method, path, json=fields)

    async def uploads(self, name: str, path: str, files: list[tuple[str, bytes]], **query: str) -> Any:
        parts = [("files", file) for file in files]
        return await self._call(name, "POST", path, params=query, files=parts)

    async def all(self, name: str, path: str, **query: str) -> list[Any]:
        """A list with all its pages."""
        items: list[Any] = []
        cursor = ""
        while True:
            page = await self.asks(name, path, **query, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            if not page["next_cursor"]:
                return items
            cursor = page["next_cursor"]

    async def is_refused(self, name: str, status: int, path: str, method: str = "POST", **fields: Any) -> None:
        """Raises AssertionError unless the deed is refused so."""
        answer = await self._asked(name, method, path, **({"json": fields} if method != "GET" else {}))
        assert answer.status_code == status, f"{name} {method} {path}: {answer.status_code} {answer.text[:400]}"

    async def owed(self) -> int:
        """How many messages the service still has to send. /metrics keeps its numbers for ten seconds."""
        await self._stage.let_pass(KEPT.total_seconds() + 1)
        answer = await self._api.get(f"{self._stage.service_url}/metrics")
        assert "# TYPE shishi_deliveries gauge" in answer.text
        counted = re.findall(r'shishi_deliveries\{.*state="(?:pending|sending)"\} (\S+)', answer.text)
        return int(sum(map(float, counted)))

    async def desk(self, name: str) -> Browser:
        """The console, with this operator signed in."""
        browser = Browser(self._stage.transport, self._stage.service_url)
        await browser.open("/console/sign-in")
        await browser.send({"name": name, "password": self._stage.passwords[name]})
        return browser

    async def _call(self, name: str, method: str, path: str, **sent: Any) -> Any:
        answer = await self._asked(name, method, path, **sent)
        assert answer.is_success, f"{name} {method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer.json() if answer.content else None

    async def _asked(self, name: str, method: str, path: str, **sent: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._stage.tokens[name]}"}
        return await self._api.request(method, path, headers=headers, **sent)

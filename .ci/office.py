"""The operators of the running demonstration, over its API. DEMO_DIR says where it keeps their tokens."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, build_opener

from driving import SERVICE, WentWrong

CAMPAIGN = "2018"


class Office:
    """The operators, each by name, over the API."""

    def __init__(self) -> None:
        folder = Path(os.environ.get("DEMO_DIR") or ".demo")
        operators = json.loads((folder / "secrets.json").read_text("utf-8"))["operators"]
        self._tokens = {one["name"]: one["token"] for one in operators}
        self._open = build_opener().open

    def asks(self, name: str, path: str) -> Any:
        return self._call(name, path, None)

    def does(self, name: str, path: str, **fields: Any) -> Any:
        return self._call(name, path, json.dumps(fields).encode())

    def _call(self, name: str, path: str, body: bytes | None) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[name]}", "Content-Type": "application/json"}
        request = Request(f"http://127.0.0.1:{SERVICE}/api/v1{path}", body, headers)
        try:
            with self._open(request, timeout=30) as answer:
                return json.load(answer)
        except URLError as error:
            told = error.read().decode() if hasattr(error, "read") else ""
            raise WentWrong(f"{name} {path}: {error} {told[:500]}") from None

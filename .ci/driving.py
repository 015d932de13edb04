"""Reaching the running demonstration: its service and its phones. DEMO_PORT says where it listens (8000)."""

import json
import os
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any

SERVICE = int(os.environ.get("DEMO_PORT") or 8000)
PHONE = SERVICE + 1


class WentWrong(Exception):
    """What to tell whoever reads the log."""


def call(port: int, path: str, fields: dict[str, Any] | None = None) -> Any:
    """GET, or POST of a JSON object; the JSON that comes back, or the text where it is none."""
    body = None if fields is None else json.dumps(fields)
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET" if body is None else "POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, HTTPException) as error:
        raise WentWrong(f"{port}{path}: {error!r}") from None
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise WentWrong(f"{port}{path}: HTTP {answer.status} {text[:500]}")
    try:
        return json.loads(text)
    except ValueError:
        return text


def do(person: str, verb: str, **fields: str) -> str:
    """One deed on the phone; what the account answered to it."""
    entries = call(PHONE, f"/phone/people/{person}/{verb}", fields)["entries"]
    answers = [entry["text"] for entry in entries if entry["from"] == "account"]
    if len(answers) != 1:
        raise WentWrong(f"{verb} {fields}: {len(answers)} answers in {entries}")
    return str(answers[0])


def expect(part: str, answer: str, after: str) -> None:
    if part not in answer:
        raise WentWrong(f"after {after!r} there is no {part!r} in: {answer}")

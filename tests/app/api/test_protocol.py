"""What holds for every address of the API: errors as problem details, limits, headers, its own description."""

import json
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from app.api.guard import BODY_LIMIT
from tests.app.api.conftest import Client

PHASE = "/api/v1/campaigns/2018/phase"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/api/v1/nothing", b"", 404),
        ("GET", "/api/v1/campaigns/", b"", 404),
        ("GET", "/api/v1/not%0Athere", b"", 404),
        ("DELETE", "/api/v1/campaigns", b"", 405),
        ("POST", PHASE, b"", 422),
        ("POST", PHASE, b"{", 422),
        ("POST", PHASE, b"\xff\xfe", 422),
        ("POST", PHASE, b"[" * 100_000, 400),
        ("POST", PHASE, b'"' + b"x" * BODY_LIMIT + b'"', 413),
    ],
)
async def test_every_error_is_a_problem(
    client: Client, method: str, path: str, content: bytes, status: int
) -> None:
    answer = await client().request(method, path, content=content, headers=JSON)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem.keys() >= {"type", "title", "status", "detail", "code"}
    assert not problem["detail"].isascii()


async def test_a_body_of_no_announced_length_is_limited_too(client: Client) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536

    answer = await client().post(PHASE, content=endless(), headers=JSON)
    assert answer.status_code == 413


async def test_a_breakdown_tells_nothing_of_itself(client: Client, app: FastAPI) -> None:
    [api] = [route.app for route in app.routes if isinstance(route, Mount)]
    assert isinstance(api, FastAPI)
    api.state.installation = None
    answer = await client().get("/api/v1/campaigns")
    assert (answer.status_code, answer.json()["code"]) == (500, "breakdown")
    assert "NoneType" not in answer.text


async def test_answers_are_kept_private(client: Client) -> None:
    for answer in (await client().get("/api/v1/campaigns"), await client(None).get("/api/v1/campaigns")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_the_description_is_public_and_tells_of_problems(client: Client) -> None:
    described = (await client(None).get("/api/v1/openapi.json")).json()
    assert described["servers"] == [{"url": "/api/v1"}]
    assert {"/campaigns/{key}/phase", "/proposals/{number}", "/merges", "/candidates", "/forms"} <= set(
        described["paths"]
    )
    assert "HTTPValidationError" not in json.dumps(described)
    for operations in described["paths"].values():
        for operation in operations.values():
            assert operation["security"] == [{"HTTPBearer": []}]
            assert list(operation["responses"]["422"]["content"]) == ["application/problem+json"]

"""The description of the API: FastAPI's own, with errors as what they are, problem details."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.problems import MEDIA_TYPE, TITLES, Problem

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": TITLES[status]} for status in (400, 401, 403, 404, 409, 413, 422)
}


def install(api: FastAPI) -> None:
    def describe() -> dict[str, Any]:
        if api.openapi_schema is None:
            described = get_openapi(
                title=api.title, version=api.version, description=api.description, routes=api.routes
            )
            described["servers"] = [{"url": "/api/v1"}]
            _label_problems(described)
            api.openapi_schema = described
        return api.openapi_schema

    api.openapi = describe  # type: ignore[method-assign]


def _label_problems(described: dict[str, Any]) -> None:
    """FastAPI describes every answer with the media type of the good one."""
    for operations in described["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}

"""Errors as problem details (RFC 9457): what is so, in Chinese, with a stable word for machines."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app.errors import ShishiError

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[int, str] = MappingProxyType(
    {
        400: "请求读不懂",
        401: "需要登录",
        403: "没有权限",
        404: "没有找到",
        405: "不能这样用",
        409: "现在不能这样做",
        413: "内容太大",
        422: "内容不合要求",
        500: "服务出错",
        502: "微信平台没有办成",
        503: "服务还没有准备好",
    }
)
DETAILS: Mapping[int, str] = MappingProxyType(
    {
        400: "请求的内容读不懂，请按 UTF-8 编码的 JSON 发送。",
        404: "没有这个地址，请对照接口说明。",
        405: "这个地址不支持这种请求方法。",
        413: "请求的内容太大了。",
        500: "服务器出错了，请稍后再试；一直这样，请联系管理员。",
    }
)

# What is wrong with a field, by pydantic's kinds of error; the words in braces are in the error's context.
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "缺少这一项",
        "extra_forbidden": "没有这一项",
        "string_type": "要写成文字",
        "string_unicode": "文字里有不成字的编码",
        "string_too_short": "至少要有 {min_length} 个字",
        "string_too_long": "最多 {max_length} 个字",
        "string_pattern_mismatch": "里面有不能用的字符",
        "int_parsing": "要写成整数",
        "greater_than_equal": "不能小于 {ge}",
        "less_than_equal": "不能大于 {le}",
        "enum": "只能是 {expected} 之一",
        "literal_error": "只能是 {expected} 之一",
        "json_invalid": "不是完整的 JSON",
        "model_attributes_type": "要写成 JSON 对象",
        "time": "要写成带时区的时间，比如 2018-07-10T09:00:00+08:00",
    }
)


class FieldError(BaseModel):
    """`place` is the way to the field, as in `body.reason`."""

    place: str
    message: str


class Problem(BaseModel):
    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None


def response(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    title = TITLES.get(status, HTTPStatus(status).phrase)
    problem = Problem(title=title, status=status, detail=detail, code=code, errors=errors)
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install(api: FastAPI) -> None:
    api.add_exception_handler(ShishiError, _refusal)
    api.add_exception_handler(RequestValidationError, _bad_fields)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(Exception, _breakdown)


def _refusal(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ShishiError)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else None
    return response(error.status, error.code, error.message, headers=headers)


def _bad_fields(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [_field_error(each) for each in error.errors()]
    detail = f"有 {len(errors)} 处不合要求：" + "；".join(f"{each.place} {each.message}" for each in errors) + "。"
    return response(422, "bad_fields", detail, errors=errors)


def _field_error(error: Mapping[str, Any]) -> FieldError:
    sentence = SENTENCES.get(error["type"], "写得不对").format_map(error.get("ctx", {}))
    place = [part for part in error["loc"] if isinstance(part, str) or error["type"] != "json_invalid"]
    return FieldError(place=".".join(map(str, place)), message=sentence.replace(" or ", "、"))


def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code = status.name.lower()
    return response(status, code, DETAILS.get(status, status.phrase), headers=error.headers)


def _breakdown(_request: Request, _error: Exception) -> JSONResponse:
    """The error itself goes to the log, where the server writes it."""
    return response(500, "breakdown", DETAILS[500])

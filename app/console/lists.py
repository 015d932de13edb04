"""Small tables to look into, read-only: starlette-admin finds, sorts and pages them, in our shell.

Its own pages for adding, changing and exporting would pass by the rooms and the log, so nothing but its lists can
be reached, and its scripts are not loaded.
"""

import logging
import re
from collections.abc import Collection, Sequence
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_admin import (
    BaseField,
    DateTimeField,
    EnumField,
    I18nConfig,
    IntegerField,
    StringField,
    TimezoneConfig,
)
from starlette_admin.contrib.sqla import Admin, ModelView
from starlette_admin.flash import FlashMiddleware
from starlette_admin.security.csrf import CSRFMiddleware

from app.campaigns.rules import PHASE_TITLES
from app.console.pages import FOLDER, TEMPLATES, on_http_error
from app.console.shell import shell_of
from app.console.signing_in import ask_to_sign_in
from app.console.visiting import SignInNeeded
from app.installation import Installation
from models import Campaign, Delivery, FormImport
from models.enums import DeliveryState

LISTS = "/console/lists"
OURS = re.compile(rf"{LISTS}/([a-z]+/list)?")
STATES = {
    DeliveryState.PENDING: "等着发",
    DeliveryState.SENDING: "正在发",
    DeliveryState.SENT: "已发出",
    DeliveryState.FAILED: "没发成",
    DeliveryState.UNKNOWN: "不知道发成没有",
    DeliveryState.SKIPPED: "没有发，等下次来时看到",
}
PAGE = re.compile(r"[1-9]\d{0,5}")
PAGE_SIZE = 50
NOT_NEEDED: Collection[Any] = (CSRFMiddleware, FlashMiddleware)


class List(ModelView):
    """Nothing but looking. No column is a person's."""

    page_size: int = PAGE_SIZE
    page_size_options: Sequence[int] = (PAGE_SIZE,)

    def can_create(self, _request: Request) -> bool:
        return False

    def can_edit(self, _request: Request) -> bool:
        return False

    def can_delete(self, _request: Request) -> bool:
        return False

    def can_view_detail(self, _request: Request) -> bool:
        return False


class Campaigns(List):
    fields: Sequence[BaseField] = (
        IntegerField("id", exclude_from_list=True),
        StringField("key", label="代号"),
        StringField("title", label="名称"),
        EnumField("phase_by_hand", label="人工设定的阶段", choices=list(PHASE_TITLES.items())),
        StringField("phase_reason", label="设定的原因"),
        DateTimeField("loaded_at", label="载入时间"),
        IntegerField("last_number", label="已发编号"),
    )
    fields_default_sort: Sequence[Any] = ("key",)


class Deliveries(List):
    """Neither to whom nor what: only what became of it."""

    fields: Sequence[BaseField] = (
        IntegerField("id", label="序号"),
        StringField("kind", label="种类"),
        StringField("channel", label="途径"),
        EnumField("state", label="状态", choices=list(STATES.items())),
        IntegerField("attempts", label="试过"),
        DateTimeField("due_at", label="应发"),
        DateTimeField("finished_at", label="办结"),
        IntegerField("errcode", label="平台错误码"),
    )
    searchable_fields: Sequence[str] = ("kind", "channel")
    fields_default_sort: Sequence[Any] = (("id", True),)


class Imports(List):
    fields: Sequence[BaseField] = (
        IntegerField("id", label="序号"),
        StringField("actor", label="经办人"),
        DateTimeField("imported_at", label="导入"),
        DateTimeField("undone_at", label="撤销"),
    )
    searchable_fields: Sequence[str] = ("actor",)
    fields_default_sort: Sequence[Any] = (("id", True),)


def mount(console: FastAPI, installation: Installation) -> None:
    logging.getLogger("starlette_admin").setLevel(logging.WARNING)  # it would log what is looked for
    zone = installation.settings.timezone
    admin = Admin(
        installation.database.read,
        title="清单",
        base_url=LISTS.removeprefix("/console"),
        route_name="lists",
        templates_dir=str(FOLDER / "templates" / "lists"),
        additional_loaders=[TEMPLATES.env.loader] if TEMPLATES.env.loader else [],
        secret_key=installation.keyring.digest("cookies", "lists"),
        middlewares=[Middleware(SignedInReaders)],
        i18n_config=I18nConfig("zh", language_cookie_name=None, language_header_name=None),
        timezone_config=TimezoneConfig(zone, timezone_cookie_name=None, use_user_locale_timezone=False),
    )
    admin.middlewares = [each for each in admin.middlewares if each.cls not in NOT_NEEDED]  # nothing is posted
    admin.add_view(Campaigns(Campaign, key="campaigns", menu_label="活动"))
    admin.add_view(Deliveries(Delivery, key="deliveries", menu_label="发送记录"))
    admin.add_view(Imports(FormImport, key="imports", menu_label="表格导入记录"))
    admin.templates.env.globals.update(TEMPLATES.env.globals)
    admin.templates.env.filters.update(TEMPLATES.env.filters)
    admin.mount_to(console)
    admin.app.state.installation = installation


class SignedInReaders:
    """Lets operators read the lists, and nobody reach anything else that the library serves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if not _is_ours(request):
            missing = await run_in_threadpool(on_http_error, request, HTTPException(404))
            await missing(scope, receive, send)
            return
        request.state.shell = await run_in_threadpool(shell_of, request)
        if request.state.shell is None:
            await ask_to_sign_in(request, SignInNeeded())(scope, receive, send)
            return
        request.state.admin_flash_consumed = True  # the library has no messages of its own to show
        await self._app(scope, receive, send)


def _is_ours(request: Request) -> bool:
    """Whether a list is asked for, or which lists there are, in a way that our pages ask."""
    query = request.query_params
    return (
        request.method == "GET"
        and OURS.fullmatch(request.url.path) is not None
        and query.keys() <= {"q", "sort", "page"}
        and PAGE.fullmatch(query.get("page", "1")) is not None
        and query.get("q", "").isprintable()
    )

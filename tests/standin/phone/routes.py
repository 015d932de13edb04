"""The phone's addresses: its page, and the JSON API the page and outside scripts use.

    GET  /                                   the page
    GET  /phone/people                       {account, people: [{id, name, trade, age, story, following, …}]}
    POST /phone/people                       {people: [{name, address?}]}: {ids} of people who join them unseen
    GET  /phone/people/{id}/chat             {entries, menu, following}
    POST /phone/people/{id}/say              {text}
    POST /phone/people/{id}/tap              {content, menu_id?}: a link of the kind weixin://bizmsgmenu
    POST /phone/people/{id}/click            {key}: a menu button that reports its key
    POST /phone/people/{id}/view             {url}: a menu button that opens a page
    POST /phone/people/{id}/picture          the picture itself as the body; an empty body sends the sample
    POST /phone/people/{id}/voice            {text, recognised?}: recognition is a switch of the account and stays
    POST /phone/people/{id}/sticker
    POST /phone/people/{id}/follow           {scene?}
    POST /phone/people/{id}/unfollow
    POST /phone/people/{id}/subscribe        {template_id?, accept?}: agree to one subscription notice
    GET  /phone/templates                    {items: [{id, title, fields, for_subscription}]}
    GET  /phone/codes                        {items: [{ticket, scene}]}: the QR codes of the account, oldest first
    GET  /phone/people/{id}/open?url=        hand the web-view to this worker and go to the page
    GET  /phone/faults                       the switches; POST changes some, {"reset": true} all
    GET  /phone/wire?after=&limit=           {items}: the latest pushes and API calls, oldest first
    GET  /phone/events                       server-sent events: chat {person, entry}, wire, faults, menu

A POST to a person answers when the push is over, with {entries}: what it added to the chat, the reply included.
An entry is {id, at, from: person|account|notice, kind, text, pieces: [{text, href?, says?, menu_id?}], data};
an error {detail} in Chinese. `/h5/…` is the service's own, seen by whoever opened the web-view last.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from tests.standin.api import jssdk
from tests.standin.journal import WIRE_KEPT
from tests.standin.phone.events import Events
from tests.standin.phone.people import WORKERS, worker
from tests.standin.phone.proxy import HOLDER, WebView
from tests.standin.phone.requests import Unacceptable, body, word
from tests.standin.phone.verbs import VERBS, subscribe
from tests.standin.phone.views import chat_line, wire_line
from tests.standin.platform import NotFollowing, Platform
from tests.standin.state import Person
from tests.standin.stores import Template

HERE = Path(__file__).parent
KINDS = {"service": "服务号", "subscription": "订阅号"}
STRICT = "default-src 'self'; img-src 'self' data: blob:; frame-src 'self'; base-uri 'none'; object-src 'none'"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Phone:
    """Puts the workers onto `platform` and serves what their phones show."""

    def __init__(self, platform: Platform, webview: WebView) -> None:
        self.platform = platform
        self.webview = webview
        self.events = Events(platform)
        self._pages = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def invite(self) -> None:
        """Every worker has a phone, those restored from a file their old one; and the account has templates."""
        present = {person.about.get("key") for person in self.platform.people.values()}
        for one in WORKERS:
            if one.key not in present:
                self.platform.add_person(one.name, **one.about())
        self.platform.add_template("DEMO_PROGRESS", "实事项目办理进度通知", "thing1", "phrase2", "time3")
        self.platform.add_template(
            "DEMO_OPINION", "实事项目征求意见提醒", "thing1", "time2", for_subscription=True
        )

    def routes(self) -> list[BaseRoute]:
        person = "/phone/people/{openid}"
        return [
            Route("/", self.page),
            Mount("/phone/static", StaticFiles(directory=HERE / "static")),
            Route("/phone/people", self.people),
            Route("/phone/people", self.let_join, methods=["POST"]),
            Route(f"{person}/avatar.svg", self.avatar),
            Route(f"{person}/chat", self.chat),
            Route(f"{person}/open", self.open),
            Route(f"{person}/{{verb}}", self.act, methods=["POST"]),
            Route("/phone/templates", self.templates),
            Route("/phone/codes", self.codes),
            Route("/phone/faults", self.faults),
            Route("/phone/faults", self.change_faults, methods=["POST"]),
            Route("/phone/wire", self.wire),
            Route("/phone/events", self.stream),
            Route("/phone/page/config", self.page_config, methods=["POST"]),
            Route("/phone/page/subscribe", self.page_subscribe, methods=["POST"]),
            Route("/h5/{path:path}", self.service_page, methods=METHODS),
        ]

    async def page(self, _: Request) -> Response:
        account = self.platform.account
        html = self._render("phone.html", account=account.name, kind=KINDS[account.kind])
        return HTMLResponse(html, headers={"content-security-policy": STRICT, "cache-control": "no-store"})

    async def people(self, _: Request) -> Response:
        account = {"name": self.platform.account.name, "kind": self.platform.account.kind}
        people = [_person(person) for person in self.platform.people.values() if not person.about.get("unseen")]
        return JSONResponse({"account": account, "people": people})

    async def let_join(self, request: Request) -> Response:
        """A crowd for a rehearsal: their phones work like all others and are not offered to be held.

        `address` is the one a phone has in the network.
        """
        crowd = (await body(request)).get("people")
        if not isinstance(crowd, list) or not all(isinstance(one, dict) for one in crowd):
            raise Unacceptable(422, "people 要是一张名单。")
        joined = [
            self.platform.add_person(
                word(one.get("name"), "name"), address=str(one.get("address", "")), unseen=True
            )
            for one in crowd
        ]
        return JSONResponse({"ids": [person.openid for person in joined]}, 201)

    async def avatar(self, request: Request) -> Response:
        drawn = worker(self._person(request).about.get("key", ""))
        if drawn is None:
            return RedirectResponse("/phone/static/account.svg")
        return Response(self._render("avatar.svg", **drawn.portrait()), media_type="image/svg+xml")

    async def chat(self, request: Request) -> Response:
        person = self._person(request)
        menu = self.platform.menu.shown_to(person.tags) if person.following else []
        entries = self._entries(person)
        return JSONResponse({"entries": entries, "menu": menu, "following": person.following})

    async def act(self, request: Request) -> Response:
        person = self._person(request)
        verb = VERBS.get(request.path_params["verb"])
        if verb is None:
            raise Unacceptable(404, "手机上没有这个动作。")
        before = person.chat[-1].id if person.chat else 0
        try:
            await verb(self.platform, person.openid, request)
        except NotFollowing:
            raise Unacceptable(409, "先关注公众号，才能和它说话。") from None
        return JSONResponse({"entries": self._entries(person, before)})

    async def open(self, request: Request) -> Response:
        person = self._person(request)
        url = request.query_params.get("url", "")
        path = self.webview.path_of(url)
        if path is None:
            return HTMLResponse(self._render("elsewhere.html", url=url))
        answer = RedirectResponse(path, 303)
        answer.set_cookie(HOLDER, person.openid, httponly=True, samesite="lax")
        return answer

    async def service_page(self, request: Request) -> Response:
        person = self.holder(request)
        return await self.webview.fetch(request, person.openid, person.about.get("address", ""))

    async def page_config(self, request: Request) -> Response:
        """Whether the page that is open was signed rightly, for static/jweixin.js (fact sheet 3.12)."""
        said = await body(request)
        inside = self.webview.outside(word(said.get("url"), "url"))
        good = jssdk.is_signed(self.platform, inside, *(str(said.get(name)) for name in jssdk.SIGNED))
        return JSONResponse({"errMsg": "config:ok" if good else "config:invalid signature"}, 200 if good else 403)

    async def page_subscribe(self, request: Request) -> Response:
        """Somebody tapped `wx-open-subscribe`, and said yes or no."""
        await subscribe(self.platform, self.holder(request).openid, request)
        return JSONResponse({"errMsg": "subscribe:ok"})

    def holder(self, request: Request) -> Person:
        """Who holds the web-view that asks."""
        person = self.platform.people.get(request.cookies.get(HOLDER, ""))
        if person is None:
            raise Unacceptable(403, "请从演示手机的聊天里打开这个网页。")
        return person

    async def templates(self, _: Request) -> Response:
        return JSONResponse({"items": [_template(one) for one in self.platform.stores.templates.values()]})

    async def codes(self, _: Request) -> Response:
        scenes = self.platform.stores.qr_scenes
        return JSONResponse({"items": [{"ticket": ticket, "scene": scene} for ticket, scene in scenes.items()]})

    async def faults(self, _: Request) -> Response:
        return JSONResponse(self.platform.faults.to_json())

    async def change_faults(self, request: Request) -> Response:
        switches = await body(request)
        faults = self.platform.faults
        try:
            if switches.pop("reset", False):
                faults.reset()
            faults.change(switches)
        except ValueError as error:
            raise Unacceptable(422, f"没有这样的开关：{error}") from None
        if not faults.out_of_order:
            await self.platform.deliver_held()
        self.events.tell_faults()
        return await self.faults(request)

    async def wire(self, request: Request) -> Response:
        after, limit = _number(request, "after", 0), _number(request, "limit", WIRE_KEPT)
        lines = [line.to_json() for line in self.platform.journal.wire if line.id > after]
        shown = lines[max(0, len(lines) - limit) :]
        return JSONResponse({"items": [wire_line(line, self.platform.account) for line in shown]})

    async def stream(self, _: Request) -> Response:
        headers = {"cache-control": "no-store"}
        return StreamingResponse(self.events.stream(), media_type="text/event-stream", headers=headers)

    def _person(self, request: Request) -> Person:
        person = self.platform.people.get(request.path_params["openid"])
        if person is None:
            raise Unacceptable(404, "没有这位职工。")
        return person

    def _entries(self, person: Person, after: int = 0) -> list[dict[str, Any]]:
        lines = [entry.to_json() for entry in person.chat if entry.id > after]
        return [chat_line(line, self.platform.public_url) for line in lines]

    def _render(self, template: str, **values: object) -> str:
        return self._pages.get_template(template).render(**values)


def _number(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, str(default))
    if not value.isdecimal():
        raise Unacceptable(422, f"{name} 要是一个数。")
    return int(value)


def _person(person: Person) -> dict[str, Any]:
    received = [entry.id for entry in person.chat if entry.sender != "person"]
    return {
        "id": person.openid,
        "name": person.name,
        **person.about,
        "avatar": f"/phone/people/{person.openid}/avatar.svg",
        "following": person.following,
        "received": received,
    }


def _template(one: Template) -> dict[str, Any]:
    fields = list(one.fields)
    return {"id": one.template_id, "title": one.title, "fields": fields, "for_subscription": one.for_subscription}

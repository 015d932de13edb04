"""Subscription notices: one message for each time somebody said yes, follower or not."""

from typing import Any

from tests.standin import payloads
from tests.standin.api.call import OK, SERVICE, Call, Endpoint
from tests.standin.api.template import known_template
from tests.standin.errors import Refused
from tests.standin.platform import Platform
from tests.standin.state import Accepted, Person
from tests.standin.stores import Template
from tests.standin.values import check

ONCE = 2


async def send(call: Call) -> dict[str, Any]:
    """Uses up one acceptance; none left and refused both answer 43101. The answer has no id."""
    body = call.json()
    platform = call.platform
    person = call.person(body.get("touser"))
    template = known_template(call, body.get("template_id"), for_subscription=True)
    values = check(template, body.get("data"))
    if person.credits.get(template.template_id, 0) < 1:
        raise Refused(43101)
    person.credits[template.template_id] -= 1
    msg_id = platform.new_id()
    platform.journal.accepted.append(Accepted("subscribe", person.openid, msg_id, "", body))
    platform.later(_deliver(platform, person, template, values, msg_id, str(body.get("page", ""))))
    return OK


async def get_library(call: Call) -> dict[str, Any]:
    templates = call.platform.stores.templates.values()
    return {**OK, "data": [_told(template) for template in templates if template.for_subscription]}


async def _deliver(
    platform: Platform, person: Person, template: Template, values: dict[str, str], msg_id: int, page: str
) -> None:
    failed = platform.faults.take("job_failures")
    if not failed:
        await platform.journal.chat(
            person, "account", "subscribe", template.title, values=values, url=page, msg_id=msg_id
        )
    if platform.faults.job_events:
        code, status = (-1, "system failed") if failed else (0, "success")
        event = payloads.subscription_sent(template.template_id, msg_id, code, status)
        await platform.push_from(person.openid, event, visible=False)


def _told(template: Template) -> dict[str, Any]:
    about = {"priTmplId": template.template_id, "title": template.title, "type": ONCE}
    return {**about, "content": template.content, "example": ""}


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/message/subscribe/bizsend", send, kinds=SERVICE),
    Endpoint("GET", "/wxaapi/newtmpl/gettemplate", get_library, kinds=SERVICE),
)

"""Template messages: a service notice to a follower, its end told by an event."""

from typing import Any

from tests.standin import payloads
from tests.standin.api.call import OK, SERVICE, Call, Endpoint
from tests.standin.errors import Refused
from tests.standin.platform import Platform
from tests.standin.state import Accepted, Person
from tests.standin.stores import Template
from tests.standin.values import check


async def send(call: Call) -> dict[str, Any]:
    """The same client_msg_id to the same person is sent once within ten minutes."""
    body = call.json()
    platform, stores = call.platform, call.platform.stores
    person = call.person(body.get("touser"))
    template = known_template(call, body.get("template_id"), for_subscription=False)
    key = str(body.get("client_msg_id", ""))
    if (before := stores.sent_before(person.openid, key, call.now)) is not None:
        return {**OK, "msgid": before}
    if not person.following:
        raise Refused(43004)
    values = check(template, body.get("data"))
    msg_id = platform.new_id()
    if key:
        stores.sent_keys[person.openid, key] = (call.now, msg_id)
    platform.journal.accepted.append(Accepted("template", person.openid, msg_id, key, body))
    platform.later(_deliver(platform, person, template, values, msg_id, str(body.get("url", ""))))
    return {**OK, "msgid": msg_id}


async def get_library(call: Call) -> dict[str, Any]:
    templates = call.platform.stores.templates.values()
    return {"template_list": [_told(template) for template in templates if not template.for_subscription]}


def known_template(call: Call, template_id: object, *, for_subscription: bool) -> Template:
    template = call.platform.stores.templates.get(template_id) if isinstance(template_id, str) else None
    if template is None or template.for_subscription != for_subscription:
        raise Refused(40037)
    return template


async def _deliver(
    platform: Platform, person: Person, template: Template, values: dict[str, str], msg_id: int, url: str
) -> None:
    """What happens after the call was answered: the chat shows it, and the account is told."""
    status = _outcome(platform, person)
    if status == "success":
        await platform.journal.chat(
            person, "account", "template", template.title, values=values, url=url, msg_id=msg_id
        )
    if platform.faults.job_events:
        event = payloads.template_finished(msg_id, status)
        await platform.push_from(person.openid, event, visible=False)


def _outcome(platform: Platform, person: Person) -> str:
    """The platform's own wording, with its odd space."""
    if person.refuses or not person.following:
        return "failed:user block"
    return "failed: system failed" if platform.faults.take("job_failures") else "success"


def _told(template: Template) -> dict[str, str]:
    industry = {"primary_industry": "", "deputy_industry": "", "example": ""}
    about = {"template_id": template.template_id, "title": template.title}
    return {**about, **industry, "content": template.content}


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/message/template/send", send, kinds=SERVICE),
    Endpoint("GET", "/cgi-bin/template/get_all_private_template", get_library, kinds=SERVICE),
)

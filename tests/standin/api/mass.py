"""Mass messages: handed in as a job; what became of it is told by an event, minutes later."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from tests.standin import payloads
from tests.standin.api.call import OK, SERVICE, Call, Endpoint, number
from tests.standin.api.custom import short
from tests.standin.clock import beijing_day
from tests.standin.errors import Refused
from tests.standin.platform import Platform
from tests.standin.state import Accepted, Person
from tests.standin.stores import MassJob

KEY_BYTES, KEY_LIFE = 32, 86_400
FEWEST, MOST = 2, 10_000
DELETABLE, MOST_ARTICLES = ("mpnews", "mpvideo"), 8
HELPER = "mphelper"  # who the finishing event comes from


async def send_to_tag(call: Call) -> dict[str, Any]:
    """To everybody, or to everybody with a tag."""
    body = call.json()
    rule = body.get("filter") or {}
    to_all = rule.get("is_to_all") is True
    people = _followers(call.platform) if to_all else _tagged(call, rule.get("tag_id"))
    return await _submit(call, body, people, to_all=to_all)


async def send_to_list(call: Call) -> dict[str, Any]:
    """To 2 to 10 000 openids."""
    body = call.json()
    openids = body.get("touser")
    if not isinstance(openids, list) or not all(openid in call.platform.people for openid in openids):
        raise Refused(40031)
    if not FEWEST <= len(openids) <= MOST:
        raise Refused(40130 if len(openids) < FEWEST else 40032)
    people = [call.platform.people[openid] for openid in dict.fromkeys(openids)]
    return await _submit(call, body, people, to_all=False)


async def preview(call: Call) -> dict[str, Any]:
    body = call.json()
    person = call.person(body.get("touser"))
    text = _text(call, body)
    await call.platform.journal.chat(person, "account", body["msgtype"], text, preview=True)
    return {"errcode": 0, "errmsg": "preview success"}


async def get(call: Call) -> dict[str, Any]:
    """The state alone; the counts are in the event."""
    job = _job(call)
    return {"msg_id": job.msg_id, "msg_status": job.status}


async def delete(call: Call) -> dict[str, Any]:
    """Articles and videos that went out, alone: their pages go, and the cards stay in the chats."""
    job = _job(call, 40059)
    if job.kind not in DELETABLE:
        raise Refused(40008)
    if job.status != "SEND_SUCCESS":
        raise Refused(40059)
    if not 0 <= number(call.json().get("article_idx", 0)) <= MOST_ARTICLES:
        raise Refused(40060)
    job.status = "DELETE"
    return OK


async def _submit(call: Call, body: dict[str, Any], people: list[Person], *, to_all: bool) -> dict[str, Any]:
    platform, jobs = call.platform, call.platform.stores.mass
    text = _text(call, body)
    key = _key(body)
    for job in jobs.values():
        if job.key == key and call.now < job.at + KEY_LIFE:
            raise Refused(45065, msg_id=job.msg_id)
    _check_allowance(call, to_all=to_all)
    job = MassJob(platform.new_id(), key, call.now, len(people), to_all, kind=body["msgtype"])
    jobs[job.msg_id] = job
    platform.later(_deliver(platform, job, people, body, text))
    return {"errcode": 0, "errmsg": "send job submission success", "msg_id": job.msg_id}


async def _deliver(
    platform: Platform, job: MassJob, people: list[Person], body: dict[str, Any], text: str
) -> None:
    """Who refuses, left, or had his four this month is passed over in silence."""
    month = beijing_day(job.at)[:7]
    reached = [person for person in people if _may_get(platform, person, month)]
    job.filtered = len(reached)
    if platform.faults.take("job_failures"):
        job.status = "SEND_FAIL"
    else:
        await _show(platform, job, reached, month, body, text)
    if platform.faults.job_events:
        sender = people[0].openid if people and platform.faults.job_by_follower else HELPER
        await platform.push_from(sender, _end(job), visible=False)


async def _show(
    platform: Platform, job: MassJob, people: list[Person], month: str, body: dict[str, Any], text: str
) -> None:
    kind = body["msgtype"]
    for person in people:
        person.mass_received[month] = person.mass_received.get(month, 0) + 1
        platform.journal.accepted.append(Accepted("mass", person.openid, job.msg_id, job.key, body))
        await platform.journal.chat(person, "account", kind, text, message=body[kind])
    job.status, job.sent = "SEND_SUCCESS", len(people)


def _end(job: MassJob) -> payloads.Elements:
    status = "send success" if job.status == "SEND_SUCCESS" else "send fail"
    return payloads.mass_finished(job.msg_id, status, job.total, job.filtered, job.sent, job.filtered - job.sent)


def _may_get(platform: Platform, person: Person, month: str) -> bool:
    limit = platform.account.mass_per_month if platform.account.kind == "service" else 31
    return person.following and not person.refuses and person.mass_received.get(month, 0) < limit


def _check_allowance(call: Call, *, to_all: bool) -> None:
    """45028 when the day's or the month's sends to all are used up; to a list they are not counted."""
    account, today = call.platform.account, beijing_day(call.now)
    if account.kind == "service" and not to_all:
        return
    days = [beijing_day(job.at) for job in _counted(call.platform)]
    this_month = sum(day[:7] == today[:7] for day in days)
    month_used_up = account.kind == "service" and this_month >= account.mass_per_month
    if month_used_up or days.count(today) >= account.mass_per_day:
        raise Refused(45028)


def _counted(platform: Platform) -> Iterable[MassJob]:
    every = platform.account.kind == "subscription"
    return (job for job in platform.stores.mass.values() if every or job.to_all)


def _followers(platform: Platform) -> list[Person]:
    return [person for person in platform.people.values() if person.following]


def _tagged(call: Call, tag_id: object) -> list[Person]:
    tag = number(tag_id)
    if tag not in call.platform.stores.tags:
        raise Refused(40152)
    return [person for person in _followers(call.platform) if tag in person.tags]


def _text(call: Call, body: dict[str, Any]) -> str:
    """What the chat shows of it; checks the part that the msgtype names."""
    kind = body.get("msgtype")
    part = body.get(str(kind))
    if kind not in {"text", "mpnews", "image", "voice"} or not isinstance(part, dict):
        raise Refused(40008)
    if kind == "text":
        return short(str(part.get("content", "")))
    media = call.platform.stores.live_media(part.get("media_id"), call.now)
    if media is None or (kind == "mpnews") != (media.type == "news"):
        raise Refused(40007)
    return str(json.loads(media.content)[0]["title"]) if kind == "mpnews" else ""


def _key(body: dict[str, Any]) -> str:
    """The caller's clientmsgid; without one the platform digests range and content."""
    key = str(body.get("clientmsgid", ""))
    if len(key.encode()) > KEY_BYTES:
        raise Refused(45067)
    whole = json.dumps(body, sort_keys=True).encode()
    return key or hashlib.md5(whole, usedforsecurity=False).hexdigest()


def _job(call: Call, unknown: int = 40035) -> MassJob:
    job = call.platform.stores.mass.get(number(call.json().get("msg_id")))
    if job is None:
        raise Refused(unknown)
    return job


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/message/mass/sendall", send_to_tag),
    Endpoint("POST", "/cgi-bin/message/mass/send", send_to_list, kinds=SERVICE),
    Endpoint("POST", "/cgi-bin/message/mass/preview", preview),
    Endpoint("POST", "/cgi-bin/message/mass/get", get),
    Endpoint("POST", "/cgi-bin/message/mass/delete", delete),
)

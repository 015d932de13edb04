"""What the platform tells of the end of messages and jobs: late, twice, or before we noted that it took them."""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.upserts import insert_into
from models import Broadcast, Delivery, JobEnd
from models.enums import DeliveryState

STATUS_LIMIT = 100  # characters, as the column has it
NOT_DELIVERED: Mapping[str, str] = MappingProxyType(
    {"failed:user block": "对方拒收了公众号的消息", "failed: system failed": "平台说没有送到"}
)
MASS = "mass"
# How mass jobs end, in the event and when asked for (/doc/service/guide/product/message/Batch_Sends.html).
MASS_SUCCEEDED = ("send success", "sendsuccess")
MASS_FAILED = "send fail"
MASS_UNDER_WAY, MASS_DELETED = "SENDING", "DELETE"
ANSWERS: Mapping[str, str] = MappingProxyType({"SEND_SUCCESS": MASS_SUCCEEDED[0], "SEND_FAIL": MASS_FAILED})
ERR = re.compile(r"err\(([0-9]+)\)")
WHY_FAILED: Mapping[str, str] = MappingProxyType(
    {
        "10001": "平台认为像广告",
        "20001": "平台认为涉及政治",
        "20004": "平台认为涉及社会敏感内容",
        "20002": "平台认为涉及色情",
        "20006": "平台认为涉及违法犯罪",
        "20008": "平台认为涉及欺诈",
        "20013": "平台认为侵犯版权",
        "22000": "平台认为是互相推广",
        "21000": "平台没有让它通过",
        "30001": "平台查原创时出了错",
        "30002": "平台认为不能群发",
        "30003": "平台认为是转载",
        "40001": "管理员没有同意",
        "40002": "管理员半小时里没有确认",
    }
)
MAY_HAVE_GONE = (DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN)


def told(status: str) -> str:
    """A status of the platform in words for an operator."""
    return NOT_DELIVERED.get(status, f"平台说没有送到（{status}）")


def answer_told(status: str) -> str:
    """What the platform says of a mass job that it is asked for."""
    return "还在发" if status == MASS_UNDER_WAY else job_told(ANSWERS.get(status, status))


def job_told(status: str | None) -> str:
    """The same of a mass job; None: nothing has come yet."""
    if status is None:
        return "还没有消息"
    if status in MASS_SUCCEEDED:
        return "发完了"
    if status == MASS_DELETED:
        return "已经删除"
    if status == MASS_FAILED:
        return "没有发成"
    found = ERR.search(status)
    return f"没有发成：{WHY_FAILED.get(found[1] if found else '', f'平台说 {status}')}"


def job_failed(status: str | None) -> bool:
    return status not in (None, *MASS_SUCCEEDED, MASS_DELETED)


def ended(
    session: Session,
    channel: str,
    platform_id: str,
    *,
    succeeded: bool,
    status: str,
    now: datetime,
    counts: Mapping[str, int] | None = None,
) -> None:
    """The first word stands, but for counts, which an answer to our asking does not have. A message that did not
    arrive is failed from now on; a mass job has its counts kept beside its rows, which say that it was taken.
    """
    row = {
        "channel": channel,
        "platform_id": platform_id,
        "succeeded": succeeded,
        "status": status[:STATUS_LIMIT],
        "counts": dict(counts) if counts is not None else None,
        "at": now,
    }
    adding = insert_into(session, JobEnd).values(row)
    session.execute(adding.on_conflict_do_nothing(index_elements=["channel", "platform_id"]))
    if counts is not None:
        _complete(session, row)
    end = ending_of(session, channel, platform_id)
    if end is not None and not end.succeeded and channel != MASS:
        sent = (
            Delivery.channel == channel,
            Delivery.platform_id == platform_id,
            Delivery.state == DeliveryState.SENT,
        )
        failed = update(Delivery).where(*sent)
        session.execute(failed.values(state=DeliveryState.FAILED, error=told(end.status)))


def answered(session: Session, msg_id: str, status: str, now: datetime) -> None:
    """What the platform says of a mass job when it is asked. One that is still being sent has no end yet."""
    if status == MASS_DELETED:
        deleted(session, msg_id, now)
    elif end := ANSWERS.get(status):
        ended(session, MASS, msg_id, succeeded=end in MASS_SUCCEEDED, status=end, now=now)


def deleted(session: Session, msg_id: str, now: datetime) -> None:
    """What a mass job showed is gone; how many it had reached stays known."""
    row = {"channel": MASS, "platform_id": msg_id, "succeeded": True, "status": MASS_DELETED, "at": now}
    adding = insert_into(session, JobEnd).values(row)
    same = ["channel", "platform_id"]
    session.execute(adding.on_conflict_do_update(index_elements=same, set_={"status": MASS_DELETED}))


def _complete(session: Session, row: Mapping[str, Any]) -> None:
    """We had asked before the event came: it knows how many, and why not. What was deleted stays so."""
    key = row["channel"], row["platform_id"]
    end = session.get_one(JobEnd, key, with_for_update=True, populate_existing=True)
    if end.counts is None:
        end.counts, end.succeeded = row["counts"], row["succeeded"]
        end.status = end.status if end.status == MASS_DELETED else row["status"]
        session.flush()


def ending_of(session: Session, channel: str, platform_id: str) -> JobEnd | None:
    """The first word on it, which may come before the sending is written down."""
    return session.get(JobEnd, (channel, platform_id))


def subscription_failed(session: Session, openid: str, template_id: str, status: str, now: datetime) -> None:
    """A subscription notice has no id of ours: it is the last one of this template that went to this person.

    Often that is still written down as under way, since what was sent is recorded twice a second.
    """
    theirs = Delivery.channel == "subscribe", Delivery.openid == openid, Delivery.state.in_(MAY_HAVE_GONE)
    last = select(Delivery.id, Broadcast.content).join(Broadcast, Broadcast.id == Delivery.broadcast_id)
    for row in session.execute(last.where(*theirs).order_by(Delivery.id.desc())):
        if row.content.get("template_id") == template_id:
            failed = update(Delivery).where(Delivery.id == row.id)
            end = {"finished_at": func.coalesce(Delivery.finished_at, now), "lease_until": None}
            session.execute(failed.values(state=DeliveryState.FAILED, error=told(status), **end))
            return

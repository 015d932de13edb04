"""News of the platform about what we sent, and about who still wants to hear from us. Nobody is answered."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.followers import credits
from app.outbox import endings
from wechat_handlers.message import Inbound
from wechat_handlers.visit import Visit

COUNTS = (("total", "TotalCount"), ("filtered", "FilterCount"), ("sent", "SentCount"), ("errors", "ErrorCount"))

ID_LIMIT = 64  # characters of a template's id, as the column has it


def hearing_of_jobs(session: Session, inbound: Inbound, now: datetime) -> None:
    """Whoever it is about may be unknown to us: mass jobs come from nobody we know, and people may have left."""
    status = inbound.get("Status")
    if not inbound.message_id:
        return
    if inbound.event == "templatesendjobfinish":
        succeeded = status == "success"
        endings.ended(session, "template", inbound.message_id, succeeded=succeeded, status=status, now=now)
    elif inbound.event == "masssendjobfinish":
        succeeded = status in endings.MASS_SUCCEEDED
        counts = {name: _number(inbound.get(element)) for name, element in COUNTS}
        endings.ended(
            session, "mass", inbound.message_id, succeeded=succeeded, status=status, now=now, counts=counts
        )


def ending(visit: Visit) -> None:
    hearing_of_jobs(visit.session, visit.inbound, visit.now)


def agreeing(visit: Visit) -> None:
    """Each yes in the little window of a page is good for one notice."""
    for entry in _entries(visit.inbound, "SubscribeMsgPopupEvent"):
        template_id = str(entry.get("TemplateId", ""))
        if 0 < len(template_id) <= ID_LIMIT and entry.get("SubscribeStatusString") == "accept":
            credits.accept(visit.session, visit.follower.id, template_id, visit.now)


def refusing(visit: Visit) -> None:
    """Somebody switched notices off in the settings."""
    for entry in _entries(visit.inbound, "SubscribeMsgChangeEvent"):
        if entry.get("SubscribeStatusString") == "reject":
            credits.exhaust(visit.session, visit.follower.id, str(entry.get("TemplateId", "")), visit.now)


def ending_notice(visit: Visit) -> None:
    for entry in _entries(visit.inbound, "SubscribeMsgSentEvent"):
        if _number(str(entry.get("ErrorCode", "0"))):
            status = str(entry.get("ErrorStatus", ""))
            template_id = str(entry.get("TemplateId", ""))
            endings.subscription_failed(visit.session, visit.inbound.openid, template_id, status, visit.now)


def _entries(inbound: Inbound, name: str) -> Iterator[Mapping[str, Any]]:
    """One or several: a list where there are several, and sometimes where there is one. In JSON the push itself
    has the list.
    """
    for part in _each(inbound.elements.get(name, inbound.elements)):
        yield from _each(part.get("List", part))


def _each(found: Any) -> list[Mapping[str, Any]]:
    return [part for part in (found if isinstance(found, list) else [found]) if isinstance(part, Mapping)]


def _number(text: str) -> int:
    digits = text.strip().removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 12 else 0

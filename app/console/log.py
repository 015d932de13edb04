"""The action log: who did what to what and when, whether it is whole, and a file of it that verifies."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.campaigns import queries as campaigns
from app.console.at_hand import log_titles
from app.console.log_lines import changes, named
from app.console.pages import TEMPLATES, page, redirect_with
from app.console.visiting import FROM_OUR_PAGE, Here, Who, allowed
from app.installation import Installation
from app.operators import history, log, log_file
from app.operators.history import Wanted
from app.operators.rules import Power
from app.operators.verbs import VERBS, said

LOG = "/console/log"
READERS = allowed(Power.READ_LOG)
LONGEST_TYPED = 100

router = APIRouter(dependencies=[READERS])
TEMPLATES.env.filters["named"] = named


@router.get("/log")
def entries(
    request: Request,
    here: Here,
    actor: str = "",
    verb: str = "",
    subject: str = "",
    day: str = "",
    before: str = "",
) -> Response:
    """What is typed wrong in a filter asks for everything, as an empty field does."""
    typed = {"actor": actor.strip(), "verb": verb, "subject": subject.strip(), "day": day}
    typed = {name: text[:LONGEST_TYPED] for name, text in typed.items()}
    with here.database.reading() as session:
        found = history.excerpt(session, _wanted(typed, before, here))
        titles = {
            key: title
            for campaign in campaigns.everyone(session, here.clock)
            for key, title in log_titles(campaign).items()
        }
    older = urlencode({**{name: text for name, text in typed.items() if text}, "before": found.older})
    return page(
        request,
        "log.html",
        entries=[(entry, said(entry.verb), changes(entry.detail, titles)) for entry in found.entries],
        older=f"{LOG}?{older}" if found.older else "",
        newest=not before,
        typed=typed,
        verbs=sorted(VERBS.items(), key=lambda item: item[0]),
    )


@router.post("/log/verify", dependencies=[FROM_OUR_PAGE])
def verify(here: Here) -> Response:
    with here.database.reading() as session:
        broken = log.verify(session)
        last = log.last(session)
    if broken is not None:
        return redirect_with(
            LOG, f"日志不完整：第 {broken} 条被改过、删过或换过位置。请马上告诉负责人。", bad=True
        )
    return redirect_with(LOG, f"核验通过：{last.id} 条一条不少、一字未改。最后一条的校验值是 {last.hash}。")


@router.post("/log/export", dependencies=[FROM_OUR_PAGE])
def export(here: Here, who: Who) -> Response:
    """Itself the last entry of the file."""
    here.write(
        lambda session: log.record(session, actor=who.actor, verb="log.export", subject="log", clock=here.clock)
    )
    named = f"shishi-log-{here.clock.wall().astimezone(here.settings.zone):%Y%m%d-%H%M}.jsonl"
    disposition = {"content-disposition": f'attachment; filename="{named}"'}
    return StreamingResponse(_lines(here), media_type="application/x-ndjson", headers=disposition)


def _lines(here: Installation) -> Iterator[str]:
    with here.database.reading() as session:
        yield from log_file.lines(session)


def _wanted(typed: dict[str, str], before: str, here: Installation) -> Wanted:
    since = _midnight(typed["day"], here)
    return Wanted(
        actor=typed["actor"],
        verb=typed["verb"],
        subject=typed["subject"],
        since=since,
        until=since and since + timedelta(days=1),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
    )


def _midnight(day: str, here: Installation) -> datetime | None:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return datetime.combine(found, time(0), here.settings.zone) if 2000 <= found.year < 2200 else None

"""The report of what people think of last year's projects: to be read, printed, and taken along as a table."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app.campaigns import queries as campaigns
from app.campaigns.queries import CampaignView
from app.console import charts
from app.console.pages import page
from app.console.visiting import Here, Who
from app.installation import Installation
from app.statistics import sheets
from app.statistics.keeping import recent
from app.statistics.last_year import Report, last_year

router = APIRouter()


@router.get("/last-year")
def report(request: Request, here: Here, _who: Who) -> Response:
    with here.database.reading() as session:
        campaign, found = _report(session, here)
    return page(request, "last_year.html", campaign=campaign, report=found, share=charts.share)


@router.get("/last-year.csv")
def table(here: Here, _who: Who) -> Response:
    """Tells what the page tells."""
    with here.database.reading() as session:
        campaign, found = _report(session, here)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.csv"
        sheets.write(found, path)
        content = path.read_bytes()
    disposition = f'attachment; filename="last-year-{campaign.key}.csv"'
    return Response(content, media_type="text/csv; charset=utf-8", headers={"content-disposition": disposition})


def _report(session: Session, here: Installation) -> tuple[CampaignView, Report]:
    campaign = campaigns.current(session, here.clock)
    name = ("last year", campaign.id, campaign.loaded_at)
    return campaign, recent(session, name, lambda: last_year(session, campaign))

"""The console's home: the campaign at a glance."""

from fastapi import APIRouter, Request, Response

from app.campaigns import queries as campaigns
from app.campaigns.queries import NoCampaign
from app.console import charts
from app.console.pages import page
from app.console.visiting import Here, Who
from app.statistics.days import Days
from app.statistics.figures import lasting
from app.statistics.keeping import recent
from app.statistics.overview import overview

router = APIRouter()


@router.get("/")
def dashboard(request: Request, here: Here, _who: Who) -> Response:
    with here.database.reading() as session:
        try:
            campaign = campaigns.current(session, here.clock)
        except NoCampaign:
            return page(request, "dashboard_empty.html")
        name = ("overview", campaign.id, campaign.loaded_at, campaign.phase, campaign.phase_reason)
        view = recent(session, name, lambda: overview(session, campaign, here.clock, here.settings.zone))
    return page(
        request,
        "dashboard.html",
        campaign=campaign,
        view=view,
        chart=charts.by_day(view.days.days),
        said_of_days=said(view.days),
        share=charts.share,
        lasting=lasting,
    )


def said(days: Days) -> str:
    """The chart in words."""
    if not days.total:
        return "还没有收到提案。"
    first, last, busiest = days.days[0], days.days[-1], days.busiest
    earlier = f"更早还有 {days.before} 份。" if days.before else ""
    return (
        f"{charts.short(first)} 到 {charts.short(last)} 共 {days.total} 份，"
        f"最多的一天是 {charts.short(busiest)}，{busiest.count} 份；最近一天 {last.count} 份。{earlier}"
    )

"""Before any campaign is loaded there is one kind sentence for everything."""

from sqlalchemy import delete

from models import Campaign
from tests.fixtures.service import RunningService
from tests.journeys.deeds import DEEDS
from tests.journeys.stage import Stage

DEEDS_OF_A_PERSON = (
    ("follow", ""),
    ("scan", "殷行街道"),
    *(("click", key) for key in ("PROPOSE", "MY_PROPOSALS", "VOTE", "RESULTS", "HELP")),
    *(("say", text) for text in ("我要提案", "提交", "进度 1", "导出我的资料", "随便说说")),
    ("voice", "我要提案"),
)


async def test_no_campaign(service: RunningService) -> None:
    with service.database.writing() as session:
        session.execute(delete(Campaign))
    stage = Stage(service)
    for verb, argument in DEEDS_OF_A_PERSON:
        result = await DEEDS[verb](stage, argument)
        assert result is not None
        assert "现在没有正在进行的征集活动" in stage.examine(result), f"{verb} {argument}"


async def test_no_campaign_and_what_is_not_text(service: RunningService) -> None:
    with service.database.writing() as session:
        session.execute(delete(Campaign))
    stage = Stage(service)
    for verb in ("sticker", "location", "video", "link", "file", "voice", "picture"):
        result = await DEEDS[verb](stage, "")
        assert result is not None
        stage.examine(result)
    assert "现在没有正在进行的征集活动" in stage.heard

"""Questions as their page tells: put into the campaign file, asked in the chat and on the page, kept."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from app.campaigns import queries
from app.campaigns.definition import Definition
from app.campaigns.loader import BadCampaignFile, load_toml
from app.campaigns.service import WouldBreak, load
from app.conversation.form import State
from app.proposals import exports
from app.proposals.forms import form_of
from app.proposals.further import said_in
from app.proposals.service import state_of
from models import Proposal
from tests.app.h5.conftest import World, build, settings, world
from tests.app.h5.samples import WHOLE
from tests.fixtures.service import CAMPAIGN_FILE, RunningService
from tests.how_to.pages import blocks

__all__ = ["build", "settings", "world"]
(BLOCK,) = blocks("question.md", "toml")
FILE = CAMPAIGN_FILE.read_text(encoding="utf-8").replace("[wording.consent]", f"{BLOCK}\n[wording.consent]")


def take_up(on: RunningService | World, definition: Definition) -> None:
    with on.database.writing() as session:
        load(session, definition, actor="cli:tester", clock=on.clock)


async def test_a_dialogue_asks_it_and_everybody_reads_the_answer(service: RunningService) -> None:
    definition = load_toml(FILE)
    take_up(service, definition)
    worker = service.worker()
    asked = await service.says(worker, "提案", "不同意", "3", "接力站", "给户外职工歇脚", "完", "一年二十个")
    assert "主要是哪些职工受益？" in asked
    assert "一线职工" in asked
    assert "1 到 4" in await service.says(worker, "都受益")
    assert "放在哪里办" in await service.says(worker, "2")
    card = await service.says(worker, "跳过", "跳过")
    assert "受益人群" in card
    assert "SS2018-0001" in await service.says(worker, "提交")
    with service.database.reading() as session:
        proposal = session.get_one(Proposal, 1)
        assert said_in(proposal.further) == ["受益人群：一线职工"]
        view = queries.by_key(session, "2018", service.clock)
        table = exports.Table(view, ZoneInfo("Asia/Shanghai"))
        row = dict(zip([name for name, _ in table.headings()], table.row(proposal, None, 0), strict=True))
        assert (row["受益人群"], row["建议地点"]) == ("一线职工", "")
        assert "受益人群：一线职工" in table.filling(proposal, None).summary
        state: State = state_of(proposal, service.installation.keyring)
        asked_again = [q.key for q in form_of(definition).applying(state.answers) if q.key not in state.answers]
        assert [key for key in asked_again if key.startswith("further_")] == []
    refused = replace(definition, further=definition.further[1:])
    with pytest.raises(WouldBreak, match="不能去掉问题 beneficiaries"):
        take_up(service, refused)
    without = replace(definition.further[0], options=("全体职工", "女职工"))
    with pytest.raises(WouldBreak, match="不能去掉选项“一线职工”"):
        take_up(service, replace(definition, further=(without, definition.further[1])))
    take_up(service, replace(definition, further=definition.further[:1]))  # nobody has answered the other


async def test_a_page_asks_it(world: World) -> None:
    take_up(world, load_toml(FILE))
    page = await world.phone_of(world.worker()).open("/h5/proposal")
    lacking = await page.press("submit", **WHOLE)
    assert "请选一个受益人群" in lacking.text
    done = await lacking.press("submit", further_beneficiaries="女职工", further_place="图书馆门口")
    assert "女职工" in (await done.view.open("/h5/mine/SS2018-0001")).text
    [proposal] = world.proposals()
    assert [one["said"] for one in proposal.further] == ["女职工", "图书馆门口"]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('key = "place"', 'key = "beneficiaries"', "key 和前面的重复了"),
        ('name = "建议地点"', 'name = "受益人群"', "name 和前面的重复了"),
        ("required = true", 'required = "yes"', "要写成 true 或 false"),
        ('"女职工", "退休职工"]', '"女职工", "女职工"]', "至少要有两项，而且不能重复"),
        ("longest = 100", "longest = 9000", "longest 最多 3000 个字"),
        ("longest = 100", "longst = 100", "是不是想写 longest"),
    ],
)
def test_mistakes_are_told(right: str, wrong: str, told: str) -> None:
    with pytest.raises(BadCampaignFile, match=told):
        load_toml(FILE.replace(right, wrong))


def test_there_are_no_more_than_people_answer() -> None:
    many = "".join(BLOCK.replace('"beneficiaries"', f'"b{n}"').replace('"place"', f'"p{n}"') for n in range(3))
    with pytest.raises(BadCampaignFile, match="最多 5 个"):
        load_toml(FILE.replace(BLOCK, many))

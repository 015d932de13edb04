"""Writing a proposal on the page: saving, mending, handing in, with no script at all."""

from tests.app.h5.conftest import WHOLE, World


async def test_a_proposal_is_written_and_handed_in(world: World) -> None:
    phone = world.phone_of(world.worker())
    page = await phone.open("/h5/proposal")
    done = await page.press("submit", **WHOLE)
    assert done.path == "/h5/mine/SS2018-0001"
    assert "提交成功" in done.text
    [proposal] = world.proposals()
    assert (proposal.title, proposal.unit, proposal.proposer_name) == (WHOLE["title"], WHOLE["unit"], "王建国")
    assert world.drafts() == []

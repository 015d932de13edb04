"""GET /proposals/{number}/similar."""

import pytest

from app.installation import Installation
from models.enums import ProposalStatus, Role
from tests.app.api.conftest import Client, proposal


@pytest.fixture
def some_alike(installation: Installation) -> None:
    """Three alike, one of them withdrawn, and another."""
    with installation.database.writing() as session:
        session.add_all(
            [
                proposal(1, title="板房里的空调", summary="板房四十度，请每间装空调"),
                proposal(2, title="工棚热得睡不着", summary="彩钢板房吹电扇全是热风，装个空调"),
                proposal(3, title="板房装空调", summary="请每间装空调", status=ProposalStatus.WITHDRAWN),
                proposal(4, title="学手语", summary="窗口遇到听障乘客", expected_outcome="结业六百人"),
            ]
        )


@pytest.mark.usefixtures("some_alike")
async def test_the_nearest_come_first_with_their_scores(client: Client) -> None:
    found = (await client(Role.AUDITOR).get("/api/v1/proposals/SS2018-0001/similar")).json()
    assert found["next_cursor"] is None
    assert [set(item) for item in found["items"]] == [{"number", "title", "score"}] * len(found["items"])
    assert found["items"][0]["number"] == "SS2018-0002"
    assert 0.2 < found["items"][0]["score"] <= 1
    assert not {"SS2018-0001", "SS2018-0003"} & {item["number"] for item in found["items"]}


async def test_nothing_is_like_what_there_is_not(client: Client) -> None:
    for number in ("SS2018-0999", "nonsense", "%00"):
        assert (await client().get(f"/api/v1/proposals/{number}/similar")).status_code == 404
    assert (await client(None).get("/api/v1/proposals/SS2018-0001/similar")).status_code == 401

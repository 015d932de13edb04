"""The menu of each phase: the right button first, all keys there, within what the platform allows."""

import pytest

from app.followers.menu import menu_for
from app.wechat import menus
from app.wechat.client import WeChatClient
from models.enums import PhaseKind
from tests.standin.platform import Platform


@pytest.mark.parametrize(
    ("phase", "first"),
    [
        (PhaseKind.COLLECTING, "我要提案"),
        (PhaseKind.SCREENING, "我的提案"),
        (PhaseKind.OPINION, "投票"),
        (PhaseKind.PUBLISHED, "结果公布"),
    ],
)
def test_what_matters_now_comes_first(phase: PhaseKind, first: str) -> None:
    assert menu_for(phase)[0]["name"] == first


@pytest.mark.parametrize("phase", PhaseKind)
def test_every_key_is_there_once_and_within_the_platforms_measures(phase: PhaseKind) -> None:
    top = menu_for(phase)
    below = [sub for button in top for sub in button.get("sub_button", ())]
    keys = [button["key"] for button in [*top, *below] if "key" in button]
    assert sorted(keys) == ["HELP", "MY_PROPOSALS", "PROPOSE", "RESULTS", "VOTE"]
    assert len(top) <= 3
    assert len(below) <= 5
    assert all(len(button["name"].encode()) <= 16 for button in top)
    assert all(len(button["name"].encode()) <= 60 for button in below)


@pytest.mark.parametrize("phase", PhaseKind)
async def test_the_platform_takes_it(phase: PhaseKind, wechat_client: WeChatClient, platform: Platform) -> None:
    assert await menus.publish(wechat_client, menu_for(phase))
    assert not await menus.publish(wechat_client, menu_for(phase))

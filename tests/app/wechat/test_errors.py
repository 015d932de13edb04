"""The error table: nothing the platform is known to answer is left to chance."""

import pytest

from app.wechat.errors import EXPLANATIONS, REACTIONS, UNKNOWN_CODE, PlatformError, Reaction, classify, explain

# The codes of the published table that a backend like ours can meet, written down apart from the program's own.
DOCUMENTED = (
    *(-1, 0, 40001, 40002, 40003, *range(40004, 40007), 40007, 40008, *range(40009, 40014), 40014),
    *(*range(40015, 40029), 40029, 40030, 40031, 40032, 40033, 40035, 40037, 40039, 40052, 40053, 40059),
    *(40060, 40062, 40065, *range(40118, 40122), 40125, 40130, 40152, 40163, 40164, 40200, 40243, 40246),
    *(40247, 40249, *range(41001, 41010), 42001, 42002, 42003, 42007, 42010, 43001, 43002, 43003, 43004),
    *(43019, 43101, 43116, 44002, 44003, 44004, *range(45001, 45009), 45009, 45010, 45011, 45015, 45028),
    *(45047, *range(45056, 45060), 45065, 45066, 45067, 45072, 45080, 45081, 45083, 45084, 45157, 45158),
    *(45159, 45169, 45171, 46003, 46004, 47001, 47003, 48001, 48002, 48004, 48006, 48008, 49003, 50002),
    *(50004, 50005, 50007, 53503, 53504, 53505, 53600, *range(61451, 61458), *range(65301, 65321), 65400),
    *(70000, *range(76001, 76005), 76021, 76022, 89503, 89504, 89505, 89506, 89507, *range(200011, 200023)),
    *(200100, 268487001, 268487002, 268488001),
)

DECISIVE = {
    -1: Reaction.RETRY,
    0: Reaction.OK,
    40001: Reaction.REFRESH,
    40003: Reaction.RECIPIENT,
    40013: Reaction.STOP,
    40014: Reaction.REFRESH,
    40037: Reaction.STOP,
    40125: Reaction.STOP,
    40164: Reaction.STOP,
    40249: Reaction.STOP,
    42001: Reaction.REFRESH,
    43004: Reaction.RECIPIENT,
    43101: Reaction.RECIPIENT,
    45009: Reaction.QUOTA,
    45011: Reaction.RETRY,
    45015: Reaction.RECIPIENT,
    45028: Reaction.QUOTA,
    45047: Reaction.RECIPIENT,
    45065: Reaction.OK,
    45171: Reaction.OK,
    46003: Reaction.OK,
    48002: Reaction.RECIPIENT,
    48004: Reaction.STOP,
}


@pytest.mark.parametrize("errcode", DOCUMENTED)
def test_every_documented_code_is_in_the_table(errcode: int) -> None:
    assert errcode in REACTIONS


@pytest.mark.parametrize(("errcode", "reaction"), DECISIVE.items())
def test_what_the_decisive_codes_mean(errcode: int, reaction: Reaction) -> None:
    assert classify(errcode) is reaction


def test_a_code_nobody_told_us_of_stops() -> None:
    assert classify(99999) is UNKNOWN_CODE is Reaction.STOP
    assert "99999" in explain(99999)


def test_no_explanation_is_for_a_code_outside_the_table() -> None:
    assert EXPLANATIONS.keys() <= REACTIONS.keys()


def test_an_error_says_what_to_mend() -> None:
    error = PlatformError(40164, rid="5f-1", detail="（10.0.0.7）")
    assert error.message == "本机的出口地址不在公众号的 IP 白名单里：请在公众平台“基本配置”中加入它。（10.0.0.7）"
    assert error.reaction is Reaction.STOP

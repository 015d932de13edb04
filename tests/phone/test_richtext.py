"""Only two kinds of link in a chat text are tappable; all else stays text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.standin.phone.richtext import Piece, pieces


def test_menu_link_sends_its_content() -> None:
    text = '请选：<a href="weixin://bizmsgmenu?msgmenucontent=我要提案&msgmenuid=1">点这里</a>\n谢谢'
    assert pieces(text) == [
        Piece("请选："),
        Piece("点这里", says="我要提案", menu_id="1"),
        Piece("\n谢谢"),
    ]


def test_web_link_opens_a_page() -> None:
    assert pieces('<a href="https://a.test/h5?x=1&amp;y=2">看结果</a>') == [
        Piece("看结果", href="https://a.test/h5?x=1&y=2")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">点我</a>',
        '<a href="data:text/html,<script>alert(1)</script>">点我</a>',
        "<a href='https://a.test'>单引号</a>",
        '<a href="weixin://bizmsgmenu?msgmenuid=1">没有内容</a>',
        '<a href="/h5/mine">没有主机</a>',
        '<b onclick="x()">粗</b>',
    ],
)
def test_anything_else_stays_as_typed(text: str) -> None:
    assert pieces(text) == [Piece(text)]


def test_markup_inside_a_link_is_its_label() -> None:
    (piece,) = pieces('<a href="https://a.test"><b>粗</b></a>')
    assert piece == Piece("<b>粗</b>", href="https://a.test")


@given(st.text())
def test_plain_text_is_never_changed(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text.replace("</a>", ""))) == text.replace("</a>", "")


@given(st.text())
def test_no_label_can_make_an_address(label: str) -> None:
    for piece in pieces(f'<a href="https://a.test">{label}</a>'):
        assert piece.href == "" or piece.href.startswith(("http://", "https://"))

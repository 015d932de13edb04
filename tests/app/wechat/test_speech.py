"""Cutting what is too long for one reply, and quoting what people wrote."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from app.wechat.speech import LIMIT, MORE, cut, lines, paragraphs, quoted, tap

patiently = settings(deadline=None)  # the texts are long, the machine may be busy

LINK = re.compile(r"<a\b[^>]*>[^<]*</a>")

sentences = st.text(alphabet="职工实事项目一二三ab 1🙂\n", min_size=1, max_size=80).map(lambda words: words + "。")
links = st.sampled_from(["我要提案", "进度 SS2018-0001", "好。真的；好"]).map(tap)
long_texts = st.lists(st.one_of(sentences, sentences, links), min_size=1, max_size=120).map("".join)


def pieces_of(text: str, limit: int = LIMIT) -> list[str]:
    """What a person gets who says 继续 until there is no more."""
    pieces, rest = [], text
    while rest:
        head, rest = cut(rest, limit)
        pieces.append(head)
    return pieces


@patiently
@given(long_texts)
def test_no_piece_is_longer_than_the_platform_takes(text: str) -> None:
    assert all(len(piece.encode()) <= LIMIT for piece in pieces_of(text))


@patiently
@given(long_texts)
def test_all_pieces_together_hold_everything(text: str) -> None:
    whole = "".join(piece.removesuffix(MORE) for piece in pieces_of(text))
    assert whole.replace("\n", "") == text.replace("\n", "")


@patiently
@given(long_texts)
def test_no_link_is_cut(text: str) -> None:
    for piece in pieces_of(text):
        assert piece.count("<a ") == len(LINK.findall(piece))
        assert "<" not in LINK.sub("", piece)


@patiently
@given(st.text(alphabet="职🙂a", min_size=700, max_size=2000))
def test_without_sentences_it_is_cut_between_characters(text: str) -> None:
    assert "".join(piece.removesuffix(MORE) for piece in pieces_of(text)) == text


@patiently
@given(st.lists(links, min_size=30, max_size=60).map("".join), st.integers(0, 100))
def test_links_without_end_are_cut_between_links(text: str, before: int) -> None:
    for piece in pieces_of("a" * before + text):
        assert "<" not in LINK.sub("", piece)


def test_what_fits_is_left_alone() -> None:
    fitting = "职" * (LIMIT // 3)
    assert cut(fitting) == (fitting, "")
    head, rest = cut(fitting + "工会")
    assert head.endswith(MORE)
    assert head.removesuffix(MORE) + rest == fitting + "工会"


def test_the_cut_is_between_sentences_where_there_are_some() -> None:
    head, rest = cut("这是一句话。" * 200)
    assert head.removesuffix(MORE).endswith("。")
    assert rest.startswith("这是一句话。")


def test_a_link_longer_than_a_reply_still_comes_to_an_end() -> None:
    assert len(pieces_of(tap("长" * 2000))) < 10


def test_half_a_link_at_the_end_is_only_text() -> None:
    assert "".join(piece.removesuffix(MORE) for piece in pieces_of("<a" + "长" * 1000)) == "<a" + "长" * 1000


@given(st.text(max_size=50), st.integers(0, 20))
def test_quoted_words_are_never_markup(said: str, most: int) -> None:
    shown = quoted(said, most)
    assert "<" not in shown
    assert not most or len(shown) <= most + 1


def test_empty_parts_leave_no_gaps() -> None:
    assert paragraphs("", "一", "", "二") == "一\n\n二"
    assert lines(("", "一", "", "二")) == "一\n二"

"""The index, the marks and the pairs, without a database."""

from hypothesis import given
from hypothesis import strategies as st

from app.proposals.alike.categories import profiles, ranked, suggestion
from app.proposals.alike.features import Text, features, fold
from app.proposals.alike.index import Index
from app.proposals.alike.marks import marked
from app.proposals.alike.pairs import Pair, Pairs, gathered, members
from app.proposals.alike.public import public_title
from app.proposals.alike.vocabulary import SIMPLIFIED, TRADITIONAL

HOT = Text("板房里的空调", "七月板房里四十度，请每间装空调")
HOT_AGAIN = Text("工棚热得睡不着", "彩钢板房吹电扇全是热风，装个空调")
HANDS = Text("学一点手语", "窗口遇到听障乘客只能写纸条")


def index_of(*texts: Text) -> Index:
    index = Index()
    for key, text in enumerate(texts, start=1):
        index.add(key, features(text))
    return index


def nearest(index: Index, text: Text) -> list[int]:
    return [near.key for near in index.near(index.direction(features(text)), 5)]


def test_a_text_is_nearest_to_itself() -> None:
    index = index_of(HOT, HOT_AGAIN, HANDS)
    near = index.near(index.direction(features(HOT)), 3)
    assert (near[0].key, round(near[0].score, 6)) == (1, 1.0)
    assert near[1].key == 2


def test_of_equals_the_older_comes_first() -> None:
    assert nearest(index_of(HOT, HOT, HOT), HOT) == [1, 2, 3]


def test_what_is_removed_or_replaced_is_found_no_more() -> None:
    index = index_of(HOT, HOT_AGAIN, HANDS)
    index.remove(1)
    index.add(2, features(HANDS))
    assert nearest(index, HOT) == []
    assert len(index) == 2
    index.remove(99)


def test_texts_without_words_are_like_nothing() -> None:
    index = index_of(Text("", ""), Text("！！", "123 🙏"), HOT)
    assert nearest(index, Text("……", "999")) == []
    assert index.cosine(index.direction(features(HOT)), 1) == 0.0


def test_width_case_numbers_and_characters_of_the_other_script_make_no_difference() -> None:
    assert features(Text("ＡＥＤ急救课", "开10次")) == features(Text("aed急救課", "開20次"))


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_the_two_scripts_match() -> None:
    assert len(TRADITIONAL) == len(SIMPLIFIED)
    assert len(set(TRADITIONAL)) == len(TRADITIONAL)
    assert not set(TRADITIONAL) & set(SIMPLIFIED)


@given(st.text(), st.text())
def test_the_marked_runs_are_the_text(text: str, other: str) -> None:
    assert "".join(run.text for run in marked(text, other)) == text


def test_what_both_say_is_marked() -> None:
    shown = ["".join(run.text for run in marked(text, HOT.summary) if run.matched) for text in HOT_AGAIN]
    assert "空调" in shown[1]
    assert "电扇" in shown[1]  # another way to speak of the heat
    assert marked("手语", HOT.summary) == (("手语", False),)


def test_pairs_are_found_once_and_go_with_what_they_are_of() -> None:
    index, pairs = index_of(HOT, HOT_AGAIN, HANDS), Pairs()
    assert pairs.waiting(index) == 3
    pairs.compare(index, 2)
    assert pairs.waiting(index) == 1
    pairs.compare(index, 2)
    assert [(pair.first, pair.second) for pair in pairs.above(0.2)] == [(1, 2)]
    pairs.forget(2)
    assert pairs.above(0.0) == []


def test_what_hangs_together_is_gathered() -> None:
    chain = [Pair(0.4, 1, 2), Pair(0.5, 2, 7), Pair(0.9, 3, 4), Pair(0.3, 5, 7)]
    assert [members(group) for group in gathered(chain)] == [[3, 4], [1, 2, 5, 7]]


def test_a_category_is_suggested_from_what_was_filed() -> None:
    index = index_of(Text("滑板课", "滑板滑板"), HANDS)
    titles = {"health": "健康服务", "education": "教育培训"}
    query = index.direction(features(Text("滑板", "滑板")))
    assert suggestion(query, profiles(index, titles, [])) is None
    suggested = suggestion(query, profiles(index, titles, [(1, "health")]))
    assert suggested is not None
    assert suggested.key == "health"


def test_before_anything_is_filed_the_titles_of_categories_tell() -> None:
    asked = Text("请医生来筛查", "颈椎体检")
    index = index_of(asked)
    titles = {"education": "教育培训", "health": "健康服务"}
    assert ranked(index.direction_of(1), profiles(index, titles, []))[0].key == "health"


def test_titles_that_hold_a_phone_number_do_not_tell_it() -> None:
    assert public_title("请打 138 0013 8000 找我") == "请打 ****找我"
    assert public_title("电话１３８００１３８０００") == "电话****"
    assert public_title("2018年建50个小屋") == "2018年建50个小屋"


def test_what_hundreds_say_in_the_same_words_is_found() -> None:
    index = index_of(*[HOT] * 400, HANDS)
    near = index.near(index.direction(features(HOT)), 5)
    assert {round(each.score, 6) for each in near} == {1.0}
    assert nearest(index, HANDS)[0] == 401

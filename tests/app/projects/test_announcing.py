"""The announcement: one writes, another releases; then it is public and stands."""

import pytest

from app.errors import Forbidden, Invalid
from app.projects import announcing, choosing, places, queries
from app.projects.announcing import AnnouncementChanged
from app.projects.rules import AnnouncementText, NotYet, WrongState, checked_announcement
from models import Proposal
from models.enums import AnnouncementState, Role
from tests.app.projects.chamber import ADDRESS, TEXT, Chamber


def test_the_draft_says_what_became_of_the_campaign(chamber: Chamber) -> None:
    chamber.choose(2, 1)
    text = queries.drafted(chamber.station.session, chamber.campaign)
    assert text.title == "关于公布2018年度杨浦工会服务职工实事项目的公告"
    for words in (
        "8 份",
        "候选项目 8 个",
        "8 位职工参加投票",
        "1. 户外职工接力站；\n2. 职工书屋。",
        "职工欢迎的 2 个项目",
    ):
        assert words in text.text, words
    assert checked_announcement(text) == text


def test_the_draft_stands_where_nothing_is_written_yet(chamber: Chamber) -> None:
    session = chamber.station.session
    chamber.choose(1)
    assert queries.text_of(session, chamber.campaign) == queries.drafted(session, chamber.campaign)
    chamber.write()
    assert queries.text_of(session, chamber.campaign) == TEXT


def test_it_is_public_only_once_it_is_released(chamber: Chamber) -> None:
    session = chamber.station.session
    chamber.choose(1, 3)
    chamber.write()
    assert queries.announced(session, chamber.campaign) is None
    chamber.submit()
    assert queries.announced(session, chamber.campaign) is None
    chamber.release()
    shown = queries.announced(session, chamber.campaign)
    assert shown is not None
    assert (shown.title, shown.paragraphs[1]) == (TEXT.title, "经大家投票，定下这些项目。")
    assert [(one.number, one.title, one.numbers) for one in shown.entries] == [
        (1, "职工书屋", ["SS2018-0001"]),
        (2, "爱心妈咪小屋", ["SS2018-0003"]),
    ]
    assert [one.placing and (one.placing.rank, one.placing.votes) for one in shown.entries] == [(1, 8), (3, 6)]


def test_what_a_proposal_tells_of_itself_changes_with_the_release(chamber: Chamber) -> None:
    session = chamber.station.session
    proposal = session.query(Proposal).order_by(Proposal.id).all()[2]
    chamber.choose(1, 3)
    chamber.write()
    chamber.submit()
    assert [placing.project for placing in places.placings(session, proposal)] == [None]
    chamber.release()
    assert [placing.project for placing in places.placings(session, proposal)] == [2]


def test_it_is_not_submitted_empty(chamber: Chamber) -> None:
    with pytest.raises(NotYet, match="还没有选实事项目"):
        chamber.submit()
    chamber.choose(1)
    with pytest.raises(NotYet, match="公告还没有写"):
        chamber.submit()
    with pytest.raises(WrongState, match="还在准备，不能公布"):
        chamber.release()


@pytest.mark.parametrize("hand", ["chooser", "writer", "submitter"])
def test_nobody_releases_their_own_work(chamber: Chamber, hand: str) -> None:
    """An owner may do all of it, but not both."""
    station, clock = chamber.station, chamber.station.clock
    owner = chamber.account("owner")
    by = {one: "owner" if one == hand else "campaigner" for one in ("chooser", "writer", "submitter")}
    choosing.choose(
        station.session, "2018", chamber.candidate(1).id, by=chamber.account(by["chooser"]), clock=clock
    )
    chamber.write(by["writer"])
    chamber.submit(by["submitter"])
    with pytest.raises(Forbidden, match="另一位同事"):
        chamber.release("owner")
    found = queries.announcement(station.session, chamber.campaign.id)
    assert found is not None
    assert not announcing.may_release(found, owner)
    assert announcing.may_release(found, chamber.account("approver"))
    assert chamber.release().state is AnnouncementState.RELEASED


def test_who_wrote_an_earlier_version_does_not_release_it(chamber: Chamber) -> None:
    chamber.choose(1)
    chamber.write("owner")
    announcing.write(
        chamber.station.session,
        "2018",
        AnnouncementText("公告", "换了一稿"),
        by=chamber.account("campaigner"),
        clock=chamber.station.clock,
    )
    chamber.submit()
    with pytest.raises(Forbidden, match="另一位同事"):
        chamber.release("owner")


@pytest.mark.parametrize("by", ["campaigner", "approver", "owner"])
def test_it_can_be_taken_back_by_either_side(chamber: Chamber, by: str) -> None:
    session, clock = chamber.station.session, chamber.station.clock
    chamber.choose(1)
    chamber.write()
    chamber.submit()
    found = announcing.take_back(session, "2018", by=chamber.account(by), clock=clock)
    assert (found.state, found.submitted_by) == (AnnouncementState.DRAFT, None)
    with pytest.raises(WrongState, match="不能收回"):
        announcing.take_back(session, "2018", by=chamber.account(by), clock=clock)
    chamber.choose(2)
    chamber.submit()
    chamber.release()


def test_after_the_release_nothing_changes(chamber: Chamber) -> None:
    session, clock = chamber.station.session, chamber.station.clock
    chamber.released(1, 2)
    by = chamber.account("owner")
    one, other = queries.of_campaign(session, chamber.campaign.id)
    before = chamber.station.room.dump()
    verbs = (
        lambda: chamber.choose(3),
        lambda: chamber.propose(5),
        lambda: choosing.edit(session, one.id, {"title": "书屋"}, by=by, clock=clock),
        lambda: choosing.drop(session, one.id, by=by, clock=clock),
        lambda: choosing.reorder(session, "2018", [other.id, one.id], by=by, clock=clock),
        lambda: chamber.write("owner"),
        lambda: chamber.submit("owner"),
        lambda: announcing.take_back(session, "2018", by=by, clock=clock),
        lambda: chamber.release("owner"),
        lambda: chamber.release("approver"),
    )
    for verb in verbs:
        with pytest.raises(WrongState, match=r"已公布|已经公布"):
            verb()
    assert chamber.station.room.dump() == before


@pytest.mark.parametrize("role", list(Role))
def test_who_may(chamber: Chamber, role: Role) -> None:
    chamber.choose(1)
    makes, releases = role in {Role.CAMPAIGNER, Role.OWNER}, role in {Role.APPROVER, Role.OWNER}
    _expect(makes, lambda: chamber.write(role.value))
    chamber.write()
    _expect(makes, lambda: chamber.submit(role.value))
    if not makes:
        chamber.submit()
    _expect(releases and not makes, lambda: chamber.release(role.value))


def _expect(allowed: bool, verb: object) -> None:
    assert callable(verb)
    if allowed:
        verb()
        return
    with pytest.raises(Forbidden):
        verb()


def test_each_deed_is_in_the_log_with_what_changed(chamber: Chamber) -> None:
    chamber.released(1)
    done = [entry for entry in chamber.station.room.done() if entry[1].startswith("announcement.")]
    assert done == [
        ("operator:campaigner", "announcement.write", "campaign:2018"),
        ("operator:campaigner", "announcement.submit", "campaign:2018"),
        ("operator:approver", "announcement.release", "campaign:2018"),
    ]


@pytest.mark.parametrize(
    "text", [AnnouncementText(" ", "字"), AnnouncementText("字" * 101, "字"), AnnouncementText("字", "")]
)
def test_what_is_missing_or_too_long_is_told(chamber: Chamber, text: AnnouncementText) -> None:
    with pytest.raises(Invalid, match="公告"):
        announcing.write(
            chamber.station.session, "2018", text, by=chamber.account("owner"), clock=chamber.station.clock
        )


def test_what_was_changed_since_it_was_read_is_not_released(chamber: Chamber) -> None:
    session, clock, approver = chamber.station.session, chamber.station.clock, chamber.account("approver")
    chamber.choose(1)
    chamber.write()
    read = chamber.submit().submitted_at
    clock.advance(seconds=60)
    announcing.take_back(session, "2018", by=chamber.account("campaigner"), clock=clock)
    chamber.choose(8)
    again = chamber.submit().submitted_at
    with pytest.raises(AnnouncementChanged, match="请再核对一遍"):
        announcing.release(session, "2018", address=ADDRESS, seen=read, by=approver, clock=clock)
    announcing.release(session, "2018", address=ADDRESS, seen=again, by=approver, clock=clock)

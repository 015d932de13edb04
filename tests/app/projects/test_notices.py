"""Who is told what when the projects are released: everybody who still waits for an answer, in one message."""

from sqlalchemy import event, func, insert, select

from app.followers.service import meet
from app.outbox.rules import TEXT_LIMIT
from app.projects import notices
from app.projects.texts import Fate, Outcome, message
from app.triage import merging
from models import Delivery, Proposal
from models.enums import IntakeChannel, ProposalStatus
from tests.app.projects.chamber import ADDRESS, Chamber
from tests.app.triage.room import REASON

MANY = 5000


def told(chamber: Chamber, author: str) -> str:
    """The one message that is owed to `author` about this."""
    [text] = [text for text in chamber.station.room.told(author) if "定下来了" in text]
    return text


def proposal(chamber: Chamber, number: int, author: str | None, **changes: object) -> Proposal:
    return chamber.station.room.proposal(author, number=f"SS2018-{number:04d}", **changes)


def test_each_kind_of_author_hears_what_became_of_it(chamber: Chamber) -> None:
    room = chamber.station.room
    chosen, candidate = (
        proposal(chamber, 901, "甲甲"),
        proposal(chamber, 902, "乙乙", title="<a href='x'>夜校</a>"),
    )
    for one in (chosen, candidate):
        one.status = ProposalStatus.SHORTLISTED
    chamber.grows_from(2, chosen)
    chamber.grows_from(4, candidate)
    proposal(chamber, 903, "丙丙", status=ProposalStatus.SHORTLISTED)
    proposal(chamber, 904, "丁丁")
    proposal(chamber, 905, "戊戊", status=ProposalStatus.REJECTED)
    proposal(chamber, 906, "己己", status=ProposalStatus.WITHDRAWN)
    proposal(chamber, 907, None, channel=IntakeChannel.ORGANISATION)
    chamber.released(1, 2)
    assert "《为户外职工建第1个接力站》（SS2018-0901）写进了第 2 项《户外职工接力站》。" in told(chamber, "甲甲")
    assert "接下来就要一件一件办起来了" in told(chamber, "甲甲")
    assert "（SS2018-0902）进了候选，职工投票在 8 个候选项目里排第 4，这次没有列进来。" in told(chamber, "乙乙")
    assert "<a href='x'" not in told(chamber, "乙乙")
    for author in ("丙丙", "丁丁"):
        assert "这次没有进候选项目。" in told(chamber, author)
        assert "谢谢您替大家操心" in told(chamber, author)
    assert room.told("戊戊") == room.told("己己") == []
    for author in ("甲甲", "乙乙", "丙丙", "丁丁"):
        assert f'<a href="{ADDRESS}">' in told(chamber, author)
        assert "2018年度杨浦工会服务职工实事项目定下来了，一共 2 项。" in told(chamber, author)
        assert "区总工会办公室，电话 25032214" in told(chamber, author)


def test_who_was_merged_hears_of_what_it_was_merged_into(chamber: Chamber) -> None:
    room, session = chamber.station.room, chamber.station.session
    top, middle, deep = (
        proposal(chamber, number, author) for number, author in ((901, "甲甲"), (902, "乙乙"), (903, "丙丙"))
    )
    refused, with_it = proposal(chamber, 904, "丁丁"), proposal(chamber, 905, "戊戊")
    by = room.account("甲")
    for into, one in ((middle, deep), (top, middle), (refused, with_it)):
        merging.merge(session, into.number, [one.number], REASON, by=by, clock=room.clock)
    refused.status = ProposalStatus.REJECTED
    top.status = ProposalStatus.SHORTLISTED
    chamber.grows_from(3, top)
    chamber.released(3)
    for author, one in (("甲甲", top), ("乙乙", middle), ("丙丙", deep)):
        assert f"（{one.number}）写进了第 1 项《爱心妈咪小屋》。" in told(chamber, author)
    assert not any("定下来了" in text for text in (*room.told("丁丁"), *room.told("戊戊")))


def test_one_author_of_several_gets_one_message_with_the_best_first(chamber: Chamber) -> None:
    for number in range(901, 904):
        proposal(chamber, number, "甲甲")
    chamber.grows_from(5, chamber.station.session.query(Proposal).where(Proposal.number == "SS2018-0903").one())
    chamber.grows_from(1, chamber.station.session.query(Proposal).where(Proposal.number == "SS2018-0902").one())
    chamber.released(1)
    text = told(chamber, "甲甲")
    assert [text.index(number) for number in ("SS2018-0902", "SS2018-0903", "SS2018-0901")] == sorted(
        text.index(number) for number in ("SS2018-0901", "SS2018-0902", "SS2018-0903")
    )


def test_what_grew_into_a_chosen_and_another_candidate_is_chosen(chamber: Chamber) -> None:
    one = proposal(chamber, 901, "甲甲")
    for number in (1, 2, 6):
        chamber.grows_from(number, one)
    chamber.released(2, 1)
    assert "写进了第 1 项《户外职工接力站》、第 2 项《职工书屋》。" in told(chamber, "甲甲")


def test_the_longest_message_still_fits(chamber: Chamber) -> None:
    outcomes = [
        Outcome(
            f"SS2018-{number:09d}", "长" * 200, Fate(number % 3), tuple((n, "名" * 60) for n in range(1, 9)), 3, 9
        )
        for number in range(60)
    ]
    text = message(chamber.campaign.definition, 10, outcomes, ADDRESS)
    assert len(text.encode()) <= TEXT_LIMIT
    assert "您另外还有" in text
    assert len(message(chamber.campaign.definition, 10, outcomes[:1], ADDRESS).encode()) <= TEXT_LIMIT


def test_before_the_release_nothing_is_owed_but_it_can_be_read(chamber: Chamber) -> None:
    chamber.choose(1)
    chamber.write()
    chamber.submit()
    session, campaign = chamber.station.session, chamber.campaign
    news = notices.news(session, campaign, ADDRESS)
    assert (news.persons, news.unreachable, notices.told(session, campaign.id)) == (8, 0, 0)
    chamber.release()
    assert notices.told(session, campaign.id) == 8


def test_thousands_are_told_in_a_few_statements(chamber: Chamber) -> None:
    session, clock = chamber.station.session, chamber.station.clock
    met = meet(session, [f"oMany{number:024d}" for number in range(MANY)], clock.now())
    rows = [
        {
            "campaign_id": chamber.campaign.id,
            "number": f"SS2018-{10_000 + index}",
            "channel": IntakeChannel.WECHAT,
            "status": ProposalStatus.SUBMITTED,
            "title": "为户外职工建接力站",
            "summary": "有热水、有座位" * 50,
            "expected_outcome": "一年服务五百人次",
            "follower_id": follower.id,
            "submitted_at": clock.now(),
        }
        for index, follower in enumerate(met.values())
    ]
    session.execute(insert(Proposal), rows)
    chamber.choose(1)
    chamber.write()
    chamber.submit()
    asked: list[str] = []
    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", heard := lambda *told: asked.append(told[2]))
    chamber.release()
    event.remove(engine, "before_cursor_execute", heard)
    owed = session.scalar(select(func.count()).select_from(Delivery))
    assert owed == MANY + 8
    assert len(asked) < MANY / 20

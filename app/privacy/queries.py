"""Everything we hold of one person, readable by that person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots import paper_votes
from app.ballots.own import ballots_of
from app.ballots.paper_rules import STATE_TITLES
from app.conversation import drafts
from app.conversation.drafts import OpenDraft
from app.conversation.form import Answers, Form
from app.crypto import Keyring
from app.followers.service import Contact
from app.proposals import supporting
from app.proposals.form import SUPPLEMENTING
from app.proposals.service import state_of
from models import Delivery, Follower, Inbound, Proposal


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reading:
    """What is needed to put stored rows into words: the form of a campaign by its id, keys, the zone of dates."""

    form_of: Callable[[int], Form]
    keyring: Keyring
    zone: ZoneInfo
    now: datetime

    def moment(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M") if at else "—"


def everything(session: Session, follower: Contact | Follower, reading: Reading) -> list[Section]:
    """All rows about `follower`, in words."""
    proposals = session.scalars(select(Proposal).where(Proposal.follower_id == follower.id).order_by(Proposal.id))
    written = drafts.all_of(session, follower.id)
    return [
        _person(session, follower, reading),
        *(_proposal(proposal, reading) for proposal in proposals),
        *(_draft(draft, reading) for draft in written),
        *_supports(session, follower, reading),
        *_ballots(session, follower, reading),
        *_papers(session, follower, reading),
    ]


def _person(session: Session, follower: Contact | Follower, reading: Reading) -> Section:
    def count(statement: object) -> str:
        return f"{session.scalar(statement) or 0} 条"  # type: ignore[call-overload]

    inbound = select(func.count()).select_from(Inbound).where(Inbound.follower_id == follower.id)
    deliveries = select(func.count()).select_from(Delivery).where(Delivery.openid == follower.openid)
    return Section(
        "您的微信",
        (
            ("微信标识", follower.openid),
            ("关注时间", reading.moment(follower.subscribed_at)),
            ("最近一次来信", reading.moment(follower.seen_at)),
            ("72 小时内的来信和回复", count(inbound)),
            ("发给您的通知", count(deliveries)),
        ),
    )


def _proposal(proposal: Proposal, reading: Reading) -> Section:
    answers = state_of(proposal, reading.keyring).answers
    form = reading.form_of(proposal.campaign_id)
    added = ((form.by_key[SUPPLEMENTING].name, one["said"]) for one in proposal.supplements)
    about = (("提交时间", reading.moment(proposal.submitted_at)), ("图片", f"{len(proposal.pictures)} 张"))
    return Section(f"提案 {proposal.number}", (*_answers(form, answers), *added, *about))


def _draft(draft: OpenDraft, reading: Reading) -> Section:
    form = reading.form_of(draft.campaign_id)
    kept = drafts.summary(form, drafts.read(draft, form, reading.keyring))
    return Section("没写完的提案", (*kept, ("图片", f"{len(draft.pictures)} 张")))


def _supports(session: Session, follower: Contact | Follower, reading: Reading) -> list[Section]:
    given = supporting.given_by(session, follower.id)
    rows = tuple((proposal.number, reading.moment(support.given_at)) for proposal, support in given)
    return [Section("您支持的提案", rows)] if rows else []


def _ballots(session: Session, follower: Contact | Follower, reading: Reading) -> list[Section]:
    own = ballots_of(session, follower.id, reading.keyring, reading.now)
    rows = tuple((one.round.title, f"{one.told}，凭证号 {one.standing.receipt}") for one in own)
    return [Section("您的选票", rows)] if rows else []


def _papers(session: Session, follower: Contact | Follower, reading: Reading) -> list[Section]:
    rows = tuple(
        (f"扫描号 {one.scan}", f"{STATE_TITLES[one.state]}，{reading.moment(one.first_at)} 录入")
        for one in paper_votes.of_follower(session, follower.id)
    )
    return [Section("您的纸质选票", rows)] if rows else []


def _answers(form: Form, answers: Answers) -> tuple[tuple[str, str], ...]:
    return tuple((q.name, q.shown(answers) or "（没填）") for q in form.questions if q.key in answers)

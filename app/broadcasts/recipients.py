"""Who belongs to an audience, who of them can be reached by a channel, and why the others are left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, null, select
from sqlalchemy.orm import Session

from app.ballots import queries as ballots
from app.ballots.electorate import MayNotVote, Person
from app.ballots.queries import RoundView
from app.broadcasts.audiences import Audience, BadAudience
from app.clock import Clock
from app.crypto import Keyring
from app.followers.windows import Windows
from models import Broadcast, Credit, Delivery, Follower, FollowerTag, Poster, Proposal, RegisterEntry
from models.enums import DeliveryState, RoundState, Turnout

SLICE = 5000  # people looked at in one transaction, so that chat goes on in between

NOT_FOLLOWING = "没有关注公众号"
NO_WINDOW = "最近没有来信，客服消息发不到"
NO_CREDIT = "没有同意过这种订阅通知，或已经用完"
MONTH_FULL = "这个月已经收满四条群发"
MASS_PER_MONTH = 4  # of each follower of a service account (/doc/service/guide/product/message/Batch_Sends.html)


@dataclass(frozen=True)
class Selection:
    """The audience of one broadcast at a moment. `round` where it is about who has not voted; `released_at` once
    it is released: whoever came to be known after that was not in what was released."""

    campaign_id: int
    audience: Audience
    channel: str
    template_id: str
    windows: Windows
    now: datetime
    round: RoundView | None = None
    released_at: datetime | None = None

    @property
    def belongs(self) -> ColumnElement[bool]:
        """Of followers. Who has voted is found by `voted`: the box knows nobody by id."""
        if self.released_at is None:
            return self._group
        return and_(self._group, Follower.created_at <= self.released_at)

    @property
    def _group(self) -> ColumnElement[bool]:
        audience = self.audience
        match audience.kind:
            case "all" | "not_voted":
                return Follower.subscribed.is_(True)
            case "unit":
                return of_unit(self.campaign_id, audience.value)
            case "proposers":
                theirs = and_(Proposal.campaign_id == self.campaign_id, Proposal.follower_id == Follower.id)
                return exists(select(1).where(theirs))
            case "openids":
                return Follower.openid.in_(audience.value) if audience.value else false()
            case "tag":
                tagged = and_(FollowerTag.follower_id == Follower.id, FollowerTag.tag_id == int(audience.value))
                return and_(Follower.subscribed.is_(True), exists(select(1).where(tagged)))

    @property
    def obstacle(self) -> ColumnElement[str | None]:
        """Why a follower cannot be reached by this channel; null where nothing is in the way."""
        stopped: list[tuple[ColumnElement[bool], ColumnElement[str]]] = [
            (Follower.subscribed.is_(False), literal(NOT_FOLLOWING))
        ]
        if self.channel == "customer":
            stopped.append((~self.windows.are_reachable(self.now), literal(NO_WINDOW)))
        if self.channel == "subscribe":
            agreed = and_(
                Credit.follower_id == Follower.id, Credit.template_id == self.template_id, Credit.remaining > 0
            )
            stopped = [(~exists(select(1).where(agreed)), literal(NO_CREDIT))]  # followers or not
        return case(*stopped, else_=null())

    def slice_after(self, session: Session, last: int) -> tuple[int | None, list[int]]:
        """The ids of up to SLICE people behind `last`, and the last one looked at; None when nobody is left."""
        found = select(Follower.id).where(self.belongs, Follower.id > last).order_by(Follower.id).limit(SLICE)
        ids = list(session.scalars(found))
        if not ids:
            return None, []
        return ids[-1], self._asked(session, ids)

    def _asked(self, session: Session, ids: Sequence[int]) -> list[int]:
        """Those of them who may vote in the round and have not; all of them where no round is asked about."""
        if self.round is None:
            return list(ids)
        people = ballots.people(session, ids, self.round.fixed.electorate)
        may = {one: self.round.voter(person) for one, person in people.items() if self._is_admitted(person)}
        cast = ballots.standings(session, self.round, [voter for voter in may.values() if voter])
        return [one for one in ids if one in may and may[one] not in cast]

    def _is_admitted(self, person: Person) -> bool:
        assert self.round is not None
        try:
            self.round.fixed.electorate.admit(person)
        except MayNotVote:
            return False
        return True


@dataclass(frozen=True)
class Terms:
    """By what people are found and judged to be reachable."""

    windows: Windows
    keyring: Keyring
    clock: Clock


def wanted_by(session: Session, broadcast: Broadcast, terms: Terms) -> Selection:
    """Raises BadAudience for a round that cannot be asked about."""
    audience, now = Audience.from_json(broadcast.audience), terms.clock.now()
    about_round = audience.kind == "not_voted"
    return Selection(
        campaign_id=broadcast.campaign_id,
        audience=audience,
        channel=broadcast.channel,
        template_id=str(broadcast.content.get("template_id", "")),
        windows=terms.windows,
        now=now,
        round=_round(session, broadcast.campaign_id, audience, terms.keyring, now) if about_round else None,
        released_at=broadcast.released_at,
    )


def _round(session: Session, campaign_id: int, audience: Audience, keyring: Keyring, now: datetime) -> RoundView:
    try:
        round = ballots.by_id(session, int(audience.value), keyring, now)
    except ballots.NoRound:
        raise BadAudience("没有这一轮投票。") from None
    if round.campaign_id != campaign_id:
        raise BadAudience("这一轮投票不是这次活动的。")
    if round.state is not RoundState.OPEN:
        raise BadAudience("只有投票进行的时候，才能提醒还没有投票的人。")
    if round.turnout is Turnout.NOBODY:
        raise BadAudience("这一轮定了截止以前谁也不看投票人数，所以不能挑出还没有投票的人；可以提醒全部关注者。")
    return round


def of_unit(campaign_id: int, unit: str) -> ColumnElement[bool]:
    """By a proposal of theirs, by the register they are on, or by the poster they came by."""
    wrote = and_(Proposal.campaign_id == campaign_id, Proposal.follower_id == Follower.id, Proposal.unit == unit)
    registered = and_(RegisterEntry.follower_id == Follower.id, RegisterEntry.unit == unit)
    came = and_(Poster.scene == Follower.scene, Poster.unit == unit)
    return exists(select(1).where(wrote)) | exists(select(1).where(registered)) | exists(select(1).where(came))


def reached_this_month(session: Session, begin: datetime) -> int:
    """How many mass messages have been released since `begin`."""
    mass = and_(Broadcast.channel == "mass", Broadcast.released_at >= begin)
    sent = exists(select(1).where(Delivery.broadcast_id == Broadcast.id, Delivery.state == DeliveryState.SENT))
    return session.scalar(select(func.count()).select_from(Broadcast).where(mass, sent)) or 0

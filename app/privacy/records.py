"""Everything we hold of one person as plain records, to be handed out as a file."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from app.ballots import paper_votes
from app.ballots.own import ballots_of
from app.campaigns import queries as campaigns
from app.clock import Clock
from app.conversation import drafts
from app.crypto import Keyring
from app.privacy.subjects import Subject
from app.proposals.forms import form_of
from app.proposals.service import phone_of
from models import (
    Ballot,
    Base,
    Credit,
    Delivery,
    Draft,
    Follower,
    FollowerTag,
    Inbound,
    OAuthCode,
    PaperBallot,
    Proposal,
    RegisterEntry,
    Support,
)

Record = dict[str, Any]


class Records:
    """Reads a person's rows; moments are told in `zone`, what is sealed is opened."""

    def __init__(self, session: Session, keyring: Keyring, zone: ZoneInfo, clock: Clock) -> None:
        self._session = session
        self._keyring = keyring
        self._zone = zone
        self._clock = clock

    def of(self, subject: Subject) -> dict[str, Any]:
        """By table, each with all its columns."""
        if isinstance(subject, Proposal):
            return {Proposal.__tablename__: [self._proposal(subject)]}
        own = subject.id
        return {
            Follower.__tablename__: [self._plain(subject)],
            Proposal.__tablename__: [
                self._proposal(one) for one in self._rows(Proposal, Proposal.follower_id == own)
            ],
            Draft.__tablename__: [self._draft(one) for one in drafts.all_of(self._session, own)],
            Support.__tablename__: self._all(Support, Support.follower_id == own),
            Inbound.__tablename__: [
                self._plain(one) | {"reply": None} for one in self._rows(Inbound, Inbound.follower_id == own)
            ],
            Delivery.__tablename__: self._all(Delivery, Delivery.openid == subject.openid),
            Credit.__tablename__: self._all(Credit, Credit.follower_id == own),
            FollowerTag.__tablename__: self._all(FollowerTag, FollowerTag.follower_id == own),
            OAuthCode.__tablename__: self._all(OAuthCode, OAuthCode.follower_id == own),
            RegisterEntry.__tablename__: self._all(RegisterEntry, RegisterEntry.follower_id == own),
            Ballot.__tablename__: self._ballots(own),
            PaperBallot.__tablename__: self._papers(own),
        }

    def _ballots(self, follower_id: int) -> list[Record]:
        """That they have voted, and the receipt. What was chosen is for the person alone, in the chat."""
        own = ballots_of(self._session, follower_id, self._keyring, self._clock.now())
        return [
            {"round_id": one.round.id, "receipt": one.standing.receipt, "opinions": one.opinions} for one in own
        ]

    def _papers(self, follower_id: int) -> list[Record]:
        """That a paper of theirs was entered, and when; by whom is no part of it, and the choices are sealed."""
        return [
            {
                "round_id": one.round_id,
                "scan": one.scan,
                "state": one.state,
                "first_at": self._value(one.first_at),
                "second_at": self._value(one.second_at),
            }
            for one in paper_votes.of_follower(self._session, follower_id)
        ]

    def _all(self, table: type[Base], condition: ColumnElement[bool]) -> list[Record]:
        return [self._plain(row) for row in self._rows(table, condition)]

    def _rows(self, table: type[Any], condition: ColumnElement[bool]) -> Iterable[Any]:
        return self._session.scalars(select(table).where(condition).order_by(*inspect(table).primary_key))

    def _proposal(self, proposal: Proposal) -> Record:
        return self._plain(proposal) | {"phone": phone_of(proposal, self._keyring)}

    def _draft(self, draft: drafts.OpenDraft) -> Record:
        definition = campaigns.by_id(self._session, draft.campaign_id, self._clock).definition
        state = drafts.read(draft, form_of(definition), self._keyring).to_json()
        return {
            "campaign_id": draft.campaign_id,
            "proposal_id": draft.proposal_id,
            "shelved": draft.shelved,
            "state": state,
            "pictures": draft.pictures,
            "begun_at": self._value(draft.begun_at),
            "touched_at": self._value(draft.touched_at),
        }

    def _plain(self, row: Base) -> Record:
        return {column.key: self._value(getattr(row, column.key)) for column in inspect(type(row)).column_attrs}

    def _value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(self._zone).isoformat()
        return value.hex() if isinstance(value, bytes) else value

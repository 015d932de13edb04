"""A campaign in which everything that anybody writes is markup, and every person is known."""

import json
from typing import Any

from sqlalchemy import update

from app.ballots import composing, registers
from app.ballots.register_rows import Entry, Roll
from app.ballots.rules import TITLE_LIMIT, RoundText
from app.ballots.unit_opinions import SAID_PLACE
from app.installation import Installation
from app.proposals.service import PHONE_SEALED_FOR
from app.triage import candidates, merging
from app.triage.ballot_text import CandidateText
from models import (
    Announcement,
    Broadcast,
    Campaign,
    Delivery,
    PaperBallot,
    Poster,
    Project,
    Tag,
    UnitLink,
    UnitOpinion,
)
from models.enums import (
    AnnouncementState,
    BroadcastKind,
    BroadcastState,
    DecisionKind,
    DeliveryState,
    IntakeChannel,
    PaperState,
    Role,
)
from tests.app.console.sifting import then
from tests.app.triage.room import Room

EVIL = "'\"></title></svg><img src=x onerror=alert(1)><script>{{7*7}}"
NAME, PHONE, FORM_PHONE = "王小明", "13800004321", "13800009876"


def write_everything(installation: Installation) -> None:
    """A form is merged into a worker's proposal, which is shortlisted, a candidate, and to be voted on."""
    phones = [installation.keyring.seal(phone, PHONE_SEALED_FOR) for phone in (PHONE, FORM_PHONE)]

    def furnish(room: Room) -> None:
        for name in "甲乙":
            room.operator(name, Role.REVIEWER)
        room.operator(EVIL, Role.CAMPAIGNER)
        room.session.execute(update(Campaign).values(last_number=20))
        words = dict.fromkeys(("title", "summary", "expected_outcome", "unit", "evaluation_text"), EVIL)
        told: dict[str, Any] = {
            **words,
            "trade": EVIL[:40],
            "proposer_name": f"{NAME}{EVIL}",
            "supplements": [{"at": room.clock.now().isoformat(), "asked": EVIL, "said": EVIL}],
            "evaluations": [{"project": 1, "rating": "5", "remark": EVIL}],
            "assignee": EVIL,
        }
        first = room.proposal("author", phone=phones[0], **told)
        room.assessed(first, "甲", "乙")
        room.decided(first, DecisionKind.SHORTLIST)
        second = room.proposal(phone=phones[1], channel=IntakeChannel.ORGANISATION, **told)
        for _ in range(6):
            room.proposal(f"author{_}", **told)
        reviewer, maker = room.account("甲"), room.account(EVIL)
        merging.merge(room.session, first.number, [second.number], EVIL, by=reviewer, clock=room.clock)
        text = CandidateText(EVIL, EVIL, EVIL, None, EVIL, EVIL, ({"title": EVIL, "target": EVIL},), None)
        one = candidates.compose(room.session, "2018", text, [first.number], by=maker, clock=room.clock)
        ballot = RoundText(EVIL, (one.id,), 1, 1)
        keyring = installation.keyring
        composing.compose(room.session, "2018", ballot, by=maker, keyring=keyring, clock=room.clock)
        roll = Roll([Entry("A001", NAME, EVIL)], [])
        registers.import_roll(
            room.session, "2018", EVIL[:TITLE_LIMIT], roll, by=maker, keyring=keyring, clock=room.clock
        )
        beside_the_votes(room, installation, EVIL)
        sent_out(room, EVIL)
        poster = Poster(unit=EVIL, scene="unit-1", url=f"https://x.test/{EVIL}", made_by=maker.id)
        poster.made_at = room.clock.now()
        room.session.add_all([poster, Tag(id=100, name=EVIL[:64])])
        room.session.add(
            Project(
                campaign_id=room.campaign.id,
                candidate_id=one.id,
                place=0,
                **dict.fromkeys(("title", "summary", "department"), EVIL),
                indicators=[{"title": EVIL, "target": EVIL}],
                operator_id=maker.id,
                chosen_at=room.clock.now(),
            )
        )
        announcement = {"title": EVIL[:100], "text": EVIL, "written_by": maker.id, "written_at": room.clock.now()}
        room.session.add(
            Announcement(
                campaign_id=room.campaign.id, state=AnnouncementState.DRAFT, hands=[maker.id], **announcement
            )
        )

    then(installation, furnish)


def sent_out(room: Room, maker: str) -> None:
    """A broadcast that is still a draft, with messages that failed or are in doubt."""
    by, at = room.account(maker), room.clock.now()
    text = {"template_id": EVIL, "data": {EVIL: EVIL}, "url": EVIL}
    made = Broadcast(
        campaign_id=room.campaign.id,
        title=EVIL,
        kind=BroadcastKind.NOTICE,
        channel="template",
        audience={"unit": EVIL},
        content=text,
        state=BroadcastState.DRAFT,
        stopped_for=EVIL,
        composed_by=by.id,
        composed_at=at,
    )
    room.session.add(made)
    room.session.flush()
    room.session.add_all(
        Delivery(
            key=f"b{made.id}-{state}",
            channel="template",
            kind="broadcast",
            openid="oNobody",
            body={},
            state=state,
            error=EVIL,
            broadcast_id=made.id,
            due_at=at,
            created_at=at,
        )
        for state in (DeliveryState.FAILED, DeliveryState.UNKNOWN)
    )


def beside_the_votes(room: Room, installation: Installation, maker: str) -> None:
    """What a unit said, by a link that still opens, and a ballot on paper that somebody else is to enter."""
    by, at = room.account(maker), room.clock.now()
    said = json.dumps({"1": {"stance": "for", "text": EVIL}})
    room.session.add_all(
        [
            UnitLink(round_id=1, unit=EVIL, secret="0" * 64, made_by=by.id, made_at=at),
            UnitOpinion(
                round_id=1,
                unit=EVIL,
                said=installation.keyring.seal(said, SAID_PLACE),
                entered_by=by.id,
                given_at=at,
            ),
            PaperBallot(round_id=1, scan=EVIL[:40], state=PaperState.ONCE, first_by=by.id, first_at=at),
        ]
    )

"""What the office does about voting in a story."""

from app.ballots import composing, queries, running
from app.ballots.rules import RoundText
from app.campaigns.service import set_phase
from app.triage.candidates import freeze_due, of_campaign
from models.enums import PhaseKind, Role
from tests.app.ballots.station import add_candidate
from tests.app.triage.room import Room
from tests.journeys.stage import Stage

TITLES = ("职工书屋", "户外职工接力站", "爱心妈咪小屋", "职工夜校")
DEEDS = {"closes": "close", "confirms": "confirm", "publishes": "publish"}


async def round_of_voting(stage: Stage, said: str) -> None:
    """opens TYPE LEAST MOST | closes | confirms | publishes: the round that was opened last."""
    deed, *rest = said.split()
    if deed == "opens":
        _open(stage, *rest)
        return
    service, clock = stage.service, stage.clock
    keyring = service.installation.keyring
    with service.database.writing() as session:
        rounds = queries.of_campaign(session, Room(session, clock).campaign.id)
        by = Room(session, clock).account("许审批" if deed != "publishes" else "何主席")
        getattr(running, DEEDS[deed])(session, rounds[0].id, by=by, keyring=keyring, clock=clock)


def _open(stage: Stage, ballot_type: str, least: str, most: str) -> None:
    """With four candidates, the same ones each time."""
    service, clock = stage.service, stage.clock
    with service.database.writing() as session:
        room = Room(session, clock)
        _furnish(room)
        ids = tuple(candidate.id for candidate in of_campaign(session, room.campaign.id))
        text = RoundText(
            f"第{'一二三'[_rounds(room)]}轮征求意见", ids, int(least), int(most), ballot_type=ballot_type
        )
        keyring = service.installation.keyring
        by = room.account("campaigner")
        round = composing.compose(session, "2018", text, by=by, keyring=keyring, clock=clock)
        running.open_round(session, round.id, by=room.account("许审批"), clock=clock)


def _rounds(room: Room) -> int:
    return len(queries.of_campaign(room.session, room.campaign.id))


def _furnish(room: Room) -> None:
    """Once: the people of the office, four candidates, and the phase in which opinions are asked."""
    if of_campaign(room.session, room.campaign.id):
        return
    for name, role in (("campaigner", Role.CAMPAIGNER), ("许审批", Role.APPROVER), ("何主席", Role.OWNER)):
        room.operator(name, role)
    for title in TITLES:
        add_candidate(room, title)
    set_phase(room.session, "2018", PhaseKind.OPINION, "开会定的", actor="cli:tester", clock=room.clock)
    freeze_due(room.session, room.campaign, actor="cli:tester", clock=room.clock)

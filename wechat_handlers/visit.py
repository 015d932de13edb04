"""One message being answered: who wrote it, where they stand, and what answering needs."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.campaigns.definition import Definition
from app.campaigns.queries import CampaignView
from app.clock import Clock
from app.conversation import drafts
from app.conversation.drafts import OpenDraft
from app.conversation.form import Form, State
from app.crypto import Keyring
from app.errors import NotFound
from app.followers.service import Contact
from app.proposals.forms import form_of
from app.proposals.service import Desk
from app.settings import Settings
from wechat_handlers.message import Inbound


@dataclass(frozen=True)
class House:
    """What the door was given when the service was put together."""

    settings: Settings
    keyring: Keyring
    clock: Clock


@dataclass
class Visit:
    """Handlers take a Visit and return the reply's text, or None where the platform wants no reply.

    `said` is what the person wrote or said. Handlers say `write_on` when they begin or end a draft; drafts that
    were `put_down` are still to be saved. `forgotten`: the person is erased, nothing of this visit is kept.
    """

    session: Session
    house: House
    follower: Contact
    inbound: Inbound
    now: datetime
    view: CampaignView | None
    draft: OpenDraft | None
    said: str = ""
    forgotten: bool = False
    put_down: list[OpenDraft] = field(default_factory=list)
    _state: State | None = field(default=None, repr=False)

    @property
    def zone(self) -> ZoneInfo:
        return self.house.settings.zone

    @property
    def campaign(self) -> CampaignView:
        if self.view is None:
            raise NotFound("no campaign is loaded")
        return self.view

    @property
    def definition(self) -> Definition:
        return self.campaign.definition

    @property
    def desk(self) -> Desk:
        return Desk(self.campaign, self.house.keyring, self.now)

    @cached_property
    def form(self) -> Form:
        return form_of(self.definition)

    @property
    def state(self) -> State:
        """Where the draft stands. Only for a visit with one."""
        assert self.draft is not None
        if self._state is None:
            self._state = drafts.read(self.draft, self.form, self.house.keyring)
        return self._state

    def write_on(self, draft: OpenDraft | None) -> None:
        """Another draft is in hand now, or none."""
        self.draft, self._state = draft, None

    def shelve(self) -> None:
        """Put the draft in hand aside."""
        assert self.draft is not None
        self.draft.shelved = True
        self.put_down.append(self.draft)
        self.write_on(None)

    def keep(self, state: State) -> None:
        assert self.draft is not None
        self._state = state
        drafts.keep(self.draft, state, self.form, self.house.keyring, self.now)

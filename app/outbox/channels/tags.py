"""A tag in place of a list of people: a subscription account can send a mass message to all or to a tag alone
(/doc/service/guide/product/message/Batch_Sends.html). Whatever is done here may be done again: it changes nothing.
"""

from collections.abc import Sequence

from app.outbox.outcomes import Refused
from app.wechat import tags
from app.wechat.client import WeChatClient
from app.wechat.errors import PlatformError, explain
from app.wechat.tags import AT_ONCE

# What the platform says of one person: not of this account, not following, blacklisted, unknown, 20 tags already.
OF_A_PERSON = frozenset({40003, 43004, 43019, 45059, 46004, 49003, 50005})


class MassTags:
    """Raises CallFailed throughout."""

    def __init__(self, client: WeChatClient) -> None:
        self._client = client

    async def make(self, name: str) -> int:
        """Its id. A tag of this name is one that we have made before, and whose id we never heard."""
        try:
            return await tags.create(self._client, name)
        except PlatformError as error:
            found = await self._found(name) if error.errcode == tags.NAME_TAKEN else None
            if found is None:
                raise
            return found

    async def put_on(self, tag_id: int, openids: Sequence[str]) -> dict[str, Refused]:
        """Why somebody could not be given it, by openid; up to 50 people.

        Those whom the platform names as failed, or who may have spoilt the whole call, are tried in smaller parts.
        """
        try:
            failed = await tags.put_on(self._client, tag_id, openids)
            parts = [[openid] for openid in failed]
            alone = Refused(explain(tags.NOT_ALL_TAGGED), tags.NOT_ALL_TAGGED)
        except PlatformError as error:
            if error.errcode not in OF_A_PERSON:
                raise
            half = len(openids) // 2
            parts = [list(openids[:half]), list(openids[half:])]
            alone = Refused(error.message, error.errcode)
        if parts and len(openids) == 1:
            return {openids[0]: alone}
        refused: dict[str, Refused] = {}
        for part in parts:
            refused |= await self.put_on(tag_id, part)
        return refused

    async def drop(self, name: str) -> bool:
        """Delete it; false when more has to be done for that.

        By its name, so that nothing is deleted but what we have made: one that somebody has renamed is theirs now.
        One that too many bear (45057) is taken off ten thousand of them each time.
        """
        tag_id = await self._found(name)
        if tag_id is None:
            return True
        try:
            await tags.delete(self._client, tag_id)
        except PlatformError as error:
            if error.errcode != tags.TOO_MANY_PEOPLE:
                raise
            bearers = await tags.bearers(self._client, tag_id)
            for start in range(0, len(bearers), AT_ONCE):
                await tags.take_off(self._client, tag_id, bearers[start : start + AT_ONCE])
            return False
        return True

    async def _found(self, name: str) -> int | None:
        known = await tags.names(self._client)
        return next((tag_id for tag_id, theirs in known.items() if theirs == name), None)

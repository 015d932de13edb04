"""The ways to reach a person, one file each."""

from collections.abc import Mapping

from app.crypto import Keyring
from app.outbox.channels.channel import Channel
from app.outbox.channels.customer import CustomerMessages
from app.outbox.channels.subscribe import SubscribeNotices
from app.outbox.channels.template import TemplateMessages
from app.wechat.client import WeChatClient

Channels = Mapping[str, Channel]


def all_channels(client: WeChatClient, keyring: Keyring) -> Channels:
    """Those that send to one person, by the name that stands in the ledger; mass messages are jobs."""
    customer = CustomerMessages(client, keyring)
    channels: tuple[Channel, ...] = (customer, TemplateMessages(client), SubscribeNotices(client))
    return {channel.name: channel for channel in channels}

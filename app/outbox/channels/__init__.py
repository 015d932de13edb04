"""The ways to reach a person, one file each."""

from collections.abc import Mapping

from app.outbox.channels.channel import Channel
from app.outbox.channels.customer import CustomerMessages
from app.wechat.client import WeChatClient

Channels = Mapping[str, Channel]


def all_channels(client: WeChatClient) -> Channels:
    """By the name that stands in the ledger."""
    channels: tuple[Channel, ...] = (CustomerMessages(client),)
    return {channel.name: channel for channel in channels}

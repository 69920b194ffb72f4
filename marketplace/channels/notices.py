"""What owners are told about their pages."""
from __future__ import annotations

from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Role
from marketplace.channels.models import Channel
from marketplace.notifications.commands import notify_all


def channel_broken(channel: Channel) -> None:
    """The platform refuses us: connect again."""
    notify_all(businesses.members(channel.business, Role.owner), "channels/channel_broken", subject=channel)

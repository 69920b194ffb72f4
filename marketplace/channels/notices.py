"""What owners are told about their pages."""
from __future__ import annotations

from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Role
from marketplace.channels.models import Channel
from marketplace.notifications.commands import notify


def channel_broken(channel: Channel) -> None:
    """The platform refuses us: connect again."""
    for person in businesses.members(channel.business, Role.owner):
        notify(person, "channels/channel_broken", subject=channel)

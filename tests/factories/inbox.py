"""Comments as Facebook tells of them."""
from __future__ import annotations

from itertools import count
from typing import Any

from marketplace.channels.signals import PlatformComment
from marketplace.core import clock
from marketplace.inbox import commands, queries
from marketplace.inbox.models import Comment
from tests.factories.channels import make_channel

NUMBERS = count(1)


def heard(**changes: Any) -> PlatformComment:
    """A customer's question."""
    number = next(NUMBERS)
    values = {"external_id": f"9_{number}", "post_external_id": "200000000000001_9", "parent_external_id": "200000000000001_9",
              "from_id": f"500{number}", "from_name": "Mitu Sarker", "text": "দাম কত আপু?", "at": clock.now()} | changes
    return PlatformComment(**values)


def make_comment(channel: Any = None, **changes: Any) -> Comment:
    """One that waits for an answer."""
    channel, told = channel or make_channel(), heard(**changes)
    commands.take_in(channel, told)
    return queries.by_external_id(channel.id, told.external_id)

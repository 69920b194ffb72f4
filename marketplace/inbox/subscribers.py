"""What the inbox does when the platform speaks and when access ends."""
from __future__ import annotations

from typing import Any

from marketplace.access.models import Grant
from marketplace.access.signals import grant_ended
from marketplace.channels.signals import PlatformComment, comment_changed
from marketplace.inbox import commands


@comment_changed.connect
def on_comment_changed(channel: Any, comment: PlatformComment) -> None:
    """A customer wrote, or changed their mind."""
    commands.take_in(channel, comment)


@grant_ended.connect
def on_grant_ended(grant: Grant) -> None:
    """Answers that wait are not sent."""
    commands.cancel_waiting(grant)

"""What publishing does when access ends."""
from __future__ import annotations

from marketplace.access.models import Grant
from marketplace.access.signals import grant_ended
from marketplace.publishing import commands


@grant_ended.connect
def on_grant_ended(grant: Grant) -> None:
    """Nothing that waited goes out."""
    commands.cancel_waiting(grant)

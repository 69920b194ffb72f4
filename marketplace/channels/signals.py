"""What channels announce upward, in the same transaction; the sender is the channel."""
from dataclasses import dataclass
from datetime import datetime

from blinker import Signal

comment_changed = Signal()
"""`comment`: a PlatformComment that is new, edited, hidden, shown or removed. May come twice and in any order."""
channel_disconnected = Signal()
"""The owner disconnected the page, or we did: nothing may be done on it from now on."""
channel_withdrawn = Signal()
"""Our copy of the token is destroyed; `confirmed`: the platform says it is dead, too."""


@dataclass(frozen=True)
class PlatformComment:
    """A comment as the platform tells it; `hidden` None: this message does not say."""

    external_id: str
    post_external_id: str
    parent_external_id: str
    from_id: str
    from_name: str
    text: str
    at: datetime
    permalink: str = ""
    hidden: bool | None = None
    removed: bool = False

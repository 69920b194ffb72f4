"""What the inbox does when the platform speaks and when access ends, and what it has on record."""
from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from marketplace.access.models import Grant
from marketplace.access.signals import grant_ended
from marketplace.channels.signals import PlatformComment, comment_changed
from marketplace.contracts import signals as contracts
from marketplace.contracts.models import Milestone
from marketplace.inbox import commands, queries


@comment_changed.connect
def on_comment_changed(channel: Any, comment: PlatformComment) -> None:
    """A customer wrote, or changed their mind."""
    commands.take_in(channel, comment)


@grant_ended.connect
def on_grant_ended(grant: Grant) -> None:
    """Answers that wait are not sent."""
    commands.cancel_waiting(grant)


@contracts.work_asked.connect
def on_work_asked(milestone: Milestone) -> list[tuple[str, int]]:
    """Comments answered since it was paid for."""
    return [(_("comments answered"), queries.answered_since(milestone.contract_id, milestone.funded_at))]

"""What publishing does when access ends, and what it has on record."""
from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import Select

from marketplace.access.models import Grant
from marketplace.access.signals import grant_ended
from marketplace.contracts import signals as contracts
from marketplace.contracts.models import Milestone
from marketplace.publishing import commands, queries


@grant_ended.connect
def on_grant_ended(grant: Grant) -> None:
    """Nothing that waited goes out."""
    commands.cancel_waiting(grant)


@contracts.work_asked.connect
def on_work_asked(milestone: Milestone) -> list[tuple[str, int]]:
    """Posts that went out since it was paid for, and those that were handed to the business."""
    return [(_("posts published"), queries.published_since(milestone.contract_id, milestone.funded_at)),
            (_("posts submitted"), queries.submitted_since(milestone.contract_id, milestone.funded_at))]


@contracts.owner_awaited.connect
def on_owner_awaited(_sender: None) -> Select:
    """Posts that wait for the business."""
    return queries.waiting_for_approval()

"""Days on which the owner lets the manager wait, for an approval or for access, move the deadline while they go on."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Subquery, func, select, union_all

from marketplace.contracts import signals
from marketplace.contracts.models import Contract, ContractStatus, Milestone
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db

OWNER_GRACE = timedelta(hours=rule("OWNER_GRACE_HOURS", 24, "hours the owner may take for access or an approval before the deadline moves"))

GOING_ON = (ContractStatus.active, ContractStatus.paused)


def waits() -> Subquery:
    """Contracts whose owner lets the manager wait (`contract_id`), and since when for what is oldest (`since`)."""
    every = union_all(*[answer for _receiver, answer in signals.owner_awaited.send()]).subquery()
    contract_id, since = every.c
    oldest = select(contract_id.label("contract_id"), func.min(since).label("since")).join(Contract, Contract.id == contract_id)
    return oldest.where(Contract.status.in_(GOING_ON)).group_by(contract_id).subquery()


def waiting_since(contract_id: uuid.UUID) -> datetime | None:
    """Since when the manager has waited for this owner, for what is oldest; None while nothing waits."""
    found = waits()
    return db.session.scalar(select(found.c.since).where(found.c.contract_id == contract_id))


def counts_from(milestone: Milestone, since: datetime) -> datetime:
    """From when waiting since then moves this deadline: after the grace, and never twice the same days, whatever else waited."""
    begun = max(since, milestone.funded_at) + OWNER_GRACE
    return max(begun, milestone.owner_until or begun)


def counted_after(milestone: Milestone, paused_at: datetime) -> datetime:
    """Until when delays count as counted once a pause is over, which moves the deadline by itself: what was not counted when it
    began is still to be.
    """
    since = waiting_since(milestone.contract_id)
    before = paused_at - counts_from(milestone, since) if since else timedelta()
    return clock.now() - max(before, timedelta())

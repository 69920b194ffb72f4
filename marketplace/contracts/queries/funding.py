"""What finance reads: the money of a step, and businesses that take theirs back too often."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import StaffRole
from marketplace.businesses.models import Business
from marketplace.contracts.models import Contract, FundingRelease, Milestone, MilestoneStatus, RefundRequest
from marketplace.core import clock
from marketplace.core.config import rule
from marketplace.core.db import db

CANCELS = rule("NO_FAULT_CANCELS", 3, "cancels without fault after which funding waits for staff")
WITHIN = timedelta(days=rule("NO_FAULT_CANCEL_DAYS", 60, "days within which those cancels count"))


@dataclass(frozen=True)
class FundingCheck:
    """A business whose funding waits: how often it took everything back, and when last."""

    business: Business
    cancels: int
    last: datetime


def funding_waits(business_id: uuid.UUID) -> bool:
    """Whether the team has to look before this business pays in again."""
    return db.session.execute(_counted().where(Contract.business_id == business_id)).first() is not None


def funding_checks() -> Sequence[FundingCheck]:
    """Businesses whose funding waits for the team, the longest first."""
    rows = db.session.execute(_counted().order_by(func.max(Milestone.refunded_at)).limit(100)).all()
    found = {business.id: business for business in db.session.scalars(select(Business).where(Business.id.in_([row[0] for row in rows])))}
    return [FundingCheck(found[business_id], cancels, last) for business_id, cancels, last in rows]


def business_for_finance(reader: Any, business_id: uuid.UUID) -> Business | None:
    """A business, for finance."""
    return db.session.get(Business, business_id) if _is_finance(reader) else None


def milestone_for_finance(reader: Any, milestone_id: uuid.UUID) -> Milestone | None:
    """A step with its parties, for finance."""
    contract = joinedload(Milestone.contract)
    parties = [contract.joinedload(Contract.business), contract.joinedload(Contract.manager)]
    return db.session.get(Milestone, milestone_id, options=parties) if _is_finance(reader) else None


def _is_finance(reader: Any) -> bool:
    return reader.is_authenticated and reader.is_staff(StaffRole.finance)


def _counted() -> Select:
    """By business, the steps that went back whole because it wished so and the manager agreed; since the team's last word."""
    last_word = (select(func.max(FundingRelease.created_at)).where(FundingRelease.business_id == Contract.business_id)
                 .correlate(Contract).scalar_subquery())
    cancels = func.count(func.distinct(Milestone.id))
    return (select(Contract.business_id, cancels, func.max(Milestone.refunded_at)).select_from(RefundRequest)
            .join(Milestone, RefundRequest.milestone_id == Milestone.id).join(Contract, Milestone.contract_id == Contract.id)
            .where(RefundRequest.status == "agreed", RefundRequest.for_next.is_(False), Milestone.status == MilestoneStatus.refunded,
                   Milestone.refunded_at > clock.now() - WITHIN,
                   Milestone.refunded_at > func.coalesce(last_word, clock.now() - WITHIN))
            .group_by(Contract.business_id).having(cancels >= CANCELS))

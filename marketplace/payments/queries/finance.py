"""Reads for finance: comparisons with Stripe, differences, proposals, and how fresh what Stripe tells us is."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import StaffRole
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.payments.models import (
    BalanceTransaction,
    EventCursor,
    Mismatch,
    MismatchStatus,
    MoneyProposal,
    MoneyProposalStatus,
    Payment,
    Payout,
    PayoutAccount,
    Reconciliation,
    StripeEvent,
)

PLATFORM = "platform"


def reconciliation_seen_by(reader: Any, reconciliation_id: uuid.UUID) -> Reconciliation | None:
    """One comparison, for finance."""
    return db.session.get(Reconciliation, reconciliation_id) if _is_finance(reader) else None


def reconciliations() -> Sequence[Reconciliation]:
    """The newest comparisons."""
    query = select(Reconciliation).options(joinedload(Reconciliation.person)).order_by(Reconciliation.created_at.desc()).limit(10)
    return db.session.scalars(query).all()


def mismatches(status: MismatchStatus, after: str | None) -> Page:
    """Differences of one status, newest first."""
    return page(select(Mismatch).where(Mismatch.status == status), [Mismatch.id], after)


def mismatch_counts() -> dict[str, int]:
    """How many differences there are of each status."""
    query = select(Mismatch.status, func.count()).group_by(Mismatch.status)
    return {status.value: count for status, count in db.session.execute(query)}


def mismatch_seen_by(reader: Any, mismatch_id: uuid.UUID) -> Mismatch | None:
    """One difference, for finance."""
    return db.session.get(Mismatch, mismatch_id, options=[joinedload(Mismatch.person)]) if _is_finance(reader) else None


def movements_of(stripe_id: str) -> Sequence[BalanceTransaction]:
    """What Stripe listed about one of its things, oldest first."""
    query = select(BalanceTransaction).where(BalanceTransaction.source == stripe_id).order_by(BalanceTransaction.happened_at)
    return db.session.scalars(query.limit(50)).all()


def proposals(waiting: bool, after: str | None) -> Page:
    """Money that staff move: what waits for a second person, or what was decided; newest first."""
    query = select(MoneyProposal).options(joinedload(MoneyProposal.proposed_by), joinedload(MoneyProposal.decided_by))
    is_waiting = MoneyProposal.status == MoneyProposalStatus.waiting
    return page(query.where(is_waiting if waiting else ~is_waiting), [MoneyProposal.id], after)


def proposals_about(subject: str) -> Sequence[MoneyProposal]:
    """What staff wanted to do about one thing, newest first."""
    query = select(MoneyProposal).where(MoneyProposal.subject == subject).order_by(MoneyProposal.id.desc()).limit(20)
    return db.session.scalars(query.options(joinedload(MoneyProposal.proposed_by), joinedload(MoneyProposal.decided_by))).all()


def proposal_seen_by(reader: Any, proposal_id: uuid.UUID) -> MoneyProposal | None:
    """One proposal, for finance."""
    loaded = [joinedload(MoneyProposal.proposed_by), joinedload(MoneyProposal.decided_by)]
    proposal = db.session.get(MoneyProposal, proposal_id, options=loaded) if reader.is_authenticated else None
    return proposal if proposal and reader.is_staff(*proposal.seconds) else None


@dataclass(frozen=True)
class EventsRead:
    """How fresh what Stripe tells us is: when our own list was read, its newest event, and what is not worked yet."""

    looked_at: datetime | None
    seen_until: datetime | None
    waiting: int
    oldest: datetime | None


def events_read() -> EventsRead:
    """In one statement."""
    waits = select(func.count(), func.min(StripeEvent.created_at)).where(StripeEvent.handled_at.is_(None)).subquery()
    query = (select(EventCursor.looked_at, EventCursor.seen_until, *waits.c).select_from(waits)
             .outerjoin(EventCursor, EventCursor.account == PLATFORM))
    return EventsRead(*db.session.execute(query).one())


def payment_for_finance(reader: Any, payment_id: uuid.UUID) -> Payment | None:
    """A payment whose money has come, for finance."""
    payment = db.session.get(Payment, payment_id, options=[joinedload(Payment.business)]) if _is_finance(reader) else None
    return payment if payment and payment.succeeded_at else None


def stripe_account_of(stripe_id: str) -> str | None:
    """The connected account that has a payout; None for what is our own."""
    query = select(PayoutAccount.stripe_account_id).select_from(Payout).join(Payout.account)
    return db.session.scalar(query.where(Payout.stripe_payout_id == stripe_id)) if stripe_id.startswith("po_") else None


def posting_reason(key: str) -> Mismatch | None:
    """Why finance added a posting: the difference it repaired."""
    kind, _, rest = key.partition(":")
    return db.session.get(Mismatch, uuid.UUID(rest[:36])) if kind == "mend" else None


def _is_finance(reader: Any) -> bool:
    return reader.is_authenticated and reader.is_staff(StaffRole.finance)

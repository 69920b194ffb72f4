"""Reads of payments, always through somebody's eyes where a page shows them."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import StaffRole
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Business, Role
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.managers import queries as managers
from marketplace.managers.models import Manager
from marketplace.payments.models import (
    BalanceTransaction,
    Payment,
    Payout,
    Receipt,
    Refund,
    Transfer,
)
from marketplace.payments.queries.finance import (
    events_read,
    mismatch_counts,
    mismatch_seen_by,
    mismatches,
    movements_of,
    payment_for_finance,
    posting_reason,
    proposal_seen_by,
    proposals,
    proposals_about,
    reconciliation_seen_by,
    reconciliations,
    stripe_account_of,
)
from marketplace.payments.queries.pay import Pay, pays_of
from marketplace.payments.queries.payouts import (
    CANCEL_LINK,
    check_seen_by,
    checks_count,
    claimed_by,
    disowned_by_link,
    doubted_transfer_seen_by,
    doubted_transfers,
    has_open_check,
    manual_payout_seen_by,
    manual_payouts,
    next_payout_account,
    open_check,
    open_checks,
    open_checks_of,
    payable_managers,
    payout_account,
    payout_account_seen_by,
    payout_accounts_of,
    payouts_stopped,
    same_details_elsewhere,
    stripe_account,
    transfers_in,
)

__all__ = [
    "CANCEL_LINK", "Pay", "check_seen_by", "checks_count", "claimed_by", "events_read", "disowned_by_link", "doubted_transfer_seen_by",
    "doubted_transfers", "manual_payout_seen_by", "manual_payouts", "mismatch_counts", "mismatch_seen_by", "mismatches",
    "movements_of", "next_payout_account", "open_check", "open_checks", "open_checks_of",
    "payable_managers", "payment_for_finance", "payout_account", "payout_account_seen_by", "payout_accounts_of", "payouts_stopped",
    "posting_reason", "proposal_seen_by", "proposals", "proposals_about", "reconciliation_seen_by", "reconciliations",
    "has_open_check", "pays_of", "same_details_elsewhere", "stripe_account", "stripe_account_of", "transfers_in",
]


def payment_seen_by(reader: Any, payment_id: uuid.UUID) -> Payment | None:
    """A payment for those who see the business's money, and finance."""
    payment = db.session.get(Payment, payment_id, options=[joinedload(Payment.business)])
    return payment if payment and _sees_money(reader, payment.business_id) else None


def paid_for(subject: str) -> Payment | None:
    """The payment whose money is (or was) held for a subject."""
    query = select(Payment).where(Payment.subject == subject, Payment.succeeded_at.is_not(None), Payment.unclaimed.is_(False))
    return db.session.scalars(query.order_by(Payment.succeeded_at).limit(1)).first()


def paid_for_each(subjects: Sequence[str]) -> dict[str, Payment]:
    """The payments whose money is (or was) held for these subjects, by subject."""
    query = select(Payment).where(Payment.subject.in_(subjects), Payment.succeeded_at.is_not(None), Payment.unclaimed.is_(False))
    return {payment.subject: payment for payment in db.session.scalars(query.order_by(Payment.succeeded_at.desc()))}


def titles_of(party: str) -> dict[str, str]:
    """What a business paid for, or a manager was paid for, is called, by subject."""
    kind, _, key = party.partition(":")
    paid = select(Transfer.subject).where(Transfer.manager_id == uuid.UUID(key))
    own = Payment.business_id == uuid.UUID(key) if kind == Business.KIND else Payment.subject.in_(paid)
    return dict(db.session.execute(select(Payment.subject, Payment.title).where(own)).all())


def payments_for(subject: str) -> Sequence[Payment]:
    """All attempts to pay for a subject, newest first."""
    return db.session.scalars(select(Payment).where(Payment.subject == subject).order_by(Payment.id.desc())).all()


def transfers_for(subject: str) -> Sequence[Transfer]:
    """What was or will be sent to the manager for a subject."""
    return db.session.scalars(select(Transfer).where(Transfer.subject == subject).order_by(Transfer.id)).all()


def waiting_transfers(subject: str) -> bool:
    """Whether anything for a subject is still to be sent to the manager."""
    return _any_transfer(subject, ("due", "held", "sending", "failed"))


def transfers_on_their_way(subject: str) -> bool:
    """Whether anything for a subject is not yet in the manager's bank."""
    return _any_transfer(subject, ("due", "held", "sending", "failed", "sent"))


def _any_transfer(subject: str, statuses: tuple[str, ...]) -> bool:
    there = select(Transfer.id).where(Transfer.subject == subject, Transfer.status.in_(statuses)).limit(1)
    return db.session.scalar(there) is not None


def own_transfers(reader: Any) -> Sequence[Transfer]:
    """The reader's newest transfers as a manager."""
    manager = managers.manager_of(reader)
    return transfers_of(manager.id).rows if manager else []


def refunds_of(payment: Payment) -> Sequence[Refund]:
    """What went back of a payment, oldest first."""
    return db.session.scalars(select(Refund).where(Refund.payment_id == payment.id).order_by(Refund.id)).all()


def receipt_of(payment: Payment) -> Receipt | None:
    """Its receipt, with a file once it is drawn."""
    return db.session.scalars(select(Receipt).where(Receipt.payment_id == payment.id)).first()


def transfers_of(manager_id: uuid.UUID, after: str | None = None) -> Page:
    """A manager's transfers, newest first."""
    return page(select(Transfer).where(Transfer.manager_id == manager_id), [Transfer.created_at, Transfer.id], after)


def troubled() -> tuple[Sequence[Refund], Sequence[Transfer]]:
    """Refunds and transfers that Stripe refused: finance looks after them."""
    refunds = select(Refund).where(Refund.status == "failed").options(joinedload(Refund.payment)).order_by(Refund.id.desc()).limit(50)
    transfers = (select(Transfer).where(Transfer.status.in_(("failed", "held"))).options(joinedload(Transfer.manager))
                 .order_by(Transfer.id.desc()).limit(50))
    return db.session.scalars(refunds).all(), db.session.scalars(transfers).all()


def refund_seen_by(reader: Any, refund_id: uuid.UUID) -> Refund | None:
    """A refund for finance."""
    return db.session.get(Refund, refund_id) if _is_finance(reader) else None


def transfer_seen_by(reader: Any, transfer_id: uuid.UUID) -> Transfer | None:
    """A transfer for its manager, and finance."""
    transfer = db.session.get(Transfer, transfer_id)
    if transfer is None or _is_finance(reader):
        return transfer
    manager = managers.manager_of(reader)
    return transfer if manager and manager.id == transfer.manager_id else None


def stripe_objects(stripe_id: str) -> list[Any]:
    """Our rows about one of Stripe's ids, for the drill-down, and the balance transactions behind it."""
    own = _STRIPE_IDS.get(stripe_id.partition("_")[0])
    rows = list(db.session.scalars(select(own.class_).where(own == stripe_id))) if own else []
    return rows + list(db.session.scalars(select(BalanceTransaction).where(BalanceTransaction.source == stripe_id).limit(20)))


def statement_party(reader: Any) -> str | None:
    """Whose statement a reader may take: their business's when they see its money, else their own as a manager."""
    business = businesses.business_of(reader)
    if business and _sees_money(reader, business.id):
        return f"{Business.KIND}:{business.id}"
    manager = managers.manager_of(reader)
    return f"{Manager.KIND}:{manager.id}" if manager else None


_STRIPE_IDS: dict[str, Any] = {"ch": Payment.stripe_charge_id, "re": Refund.stripe_refund_id, "tr": Transfer.stripe_transfer_id,
                              "po": Payout.stripe_payout_id}
"""What Stripe's ids begin with, and where we keep them."""


def _sees_money(reader: Any, business_id: uuid.UUID) -> bool:
    return reader.is_authenticated and (
        _is_finance(reader) or businesses.role_in(reader, business_id) in {Role.owner, Role.finance})


def _is_finance(reader: Any) -> bool:
    return reader.is_authenticated and reader.is_staff(StaffRole.finance)

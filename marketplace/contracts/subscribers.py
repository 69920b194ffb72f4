"""What contracts do when money moves below."""
from __future__ import annotations

import uuid

from marketplace.contracts.commands import contracts, milestones
from marketplace.contracts.models import Milestone, MilestoneStatus
from marketplace.core.db import db, lock
from marketplace.payments import signals
from marketplace.payments.models import Payment, Transfer


@signals.payment_succeeded.connect
def on_payment_succeeded(payment: Payment) -> None:
    """The money is in: fund the milestone it is for."""
    if milestone := _milestone(payment.subject):
        milestones.mark_funded(milestone)


@signals.payment_ended.connect
def on_payment_ended(payment: Payment) -> None:
    """The payment expired, failed or was cancelled."""
    if (milestone := _milestone(payment.subject)) and milestone.status == MilestoneStatus.funding:
        milestones.give_up_funding(milestone)


@signals.transfer_sent.connect
def on_transfer_sent(transfer: Transfer) -> None:
    """Stripe has the transfer: the milestone is released."""
    if (milestone := _milestone(transfer.subject)) and milestone.status == MilestoneStatus.approved:
        milestones.mark_released(milestone)
        contracts.close_when_settled(milestone.contract)


@signals.transfer_arrived.connect
def on_transfer_arrived(transfer: Transfer) -> None:
    """The bank has it."""
    if milestone := _milestone(transfer.subject):
        milestones.mark_arrived(milestone)


@signals.refund_settled.connect
def on_refund_settled(refund: object) -> None:
    """A refund went through: an ended contract may now be empty."""
    if milestone := _milestone(refund.subject):  # type: ignore[attr-defined]
        contracts.close_when_settled(milestone.contract)


def _milestone(subject: str) -> Milestone | None:
    """The milestone behind `milestone:<id>`, locked."""
    kind, _, key = subject.partition(":")
    row = db.session.get(Milestone, uuid.UUID(key)) if kind == Milestone.KIND else None
    if row is not None:
        lock(row)
    return row

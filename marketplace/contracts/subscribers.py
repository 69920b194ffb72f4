"""What contracts do when money moves below."""
from __future__ import annotations

import uuid

from marketplace.contracts.commands import contracts, funding, milestones, settlements
from marketplace.contracts.models import Milestone, MilestoneStatus
from marketplace.core.db import db, lock
from marketplace.payments import signals
from marketplace.payments.models import Payment, Transfer
from marketplace.payments.queries import transfers_on_their_way, waiting_transfers


@signals.payment_succeeded.connect
def on_payment_succeeded(payment: Payment) -> None:
    """The money is in: fund the milestone it is for."""
    if milestone := _milestone(payment.subject):
        funding.begin_work(milestone)


@signals.payment_ended.connect
def on_payment_ended(payment: Payment) -> None:
    """The payment expired, failed or was cancelled."""
    if (milestone := _milestone(payment.subject)) and milestone.status == MilestoneStatus.funding:
        funding.give_up_funding(milestone)


@signals.transfer_sent.connect
def on_transfer_sent(transfer: Transfer) -> None:
    """A transfer is sent: with the last one of an approved milestone, it is released."""
    if (milestone := _milestone(transfer.subject)) and not waiting_transfers(transfer.subject):
        settlements.mark_sent(milestone)
        contracts.close_when_settled(milestone.contract)


@signals.transfer_arrived.connect
def on_transfer_arrived(transfer: Transfer) -> None:
    """The bank has it, all of it."""
    if (milestone := _milestone(transfer.subject)) and milestone.released_at and not transfers_on_their_way(transfer.subject):
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

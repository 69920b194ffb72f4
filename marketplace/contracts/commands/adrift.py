"""Held money that moved although nobody here asked: taken by the payer's bank, refunded at Stripe, bounced, given back."""
from __future__ import annotations

import uuid

from marketplace.contracts.commands import settlements
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries.locked import locked_steps
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments.models import Payment, PaymentStatus

FOR_GOOD = (PaymentStatus.lost, PaymentStatus.partly_refunded, PaymentStatus.refunded)
"""What was taken does not come back: the bank has decided, or somebody refunded it on Stripe's own pages."""


def lock_steps(payment: Payment) -> list[Milestone]:
    """All steps that money of this payment can be held for, locked in order: held money can move on to later ones."""
    kind, _, key = payment.contract.partition(":")
    if kind != Contract.KIND:
        return []
    return locked_steps(uuid.UUID(key))


def look_at_steps(payment: Payment) -> None:
    """Make the steps say what the books hold for them; what is gone for good went back to the business."""
    steps = lock_steps(payment)
    held = books.held_for(f"milestone:{step.id}" for step in steps)
    for step in steps:
        there = held.get(f"milestone:{step.id}", Money(0, step.currency))
        step.adrift_minor = (there - step.agreed_held).minor
    end_what_is_gone(payment)


def end_what_is_gone(payment: Payment) -> None:
    """A bank has decided, or somebody at Stripe: what it took is with the business; a step without money left ends."""
    for step in lock_steps(payment):
        if step.adrift_minor < 0 and payment.status in FOR_GOOD:
            settlements.write_off(step, Money(-step.adrift_minor, step.currency), str(payment.status))

"""What was taken back from managers' balances at Stripe, by us or on Stripe's own pages, brought into the books."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from marketplace.core.db import db, lock
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.payments.models import Reversal, Transfer


def sync_reversals(transfer: Transfer) -> None:
    """Book what was taken back from the manager's balance, each reversal once. Raises stripe.Unanswered."""
    reversals = list(stripe.reversals_of(str(transfer.stripe_transfer_id)))
    lock(transfer)
    transfer.reversed_minor = max(transfer.reversed_minor, sum(_booked(transfer, reversals)))  # an older list may come later
    if transfer.reversed_minor >= transfer.amount_minor and transfer.may("reverse"):
        transfer.move("reverse")


def _booked(transfer: Transfer, reversals: Sequence[dict[str, Any]]) -> Iterator[int]:
    """Book Stripe's reversals of a transfer, oldest first: ours by what we asked for, others by their share of the whole."""
    rows = db.session.scalars(select(Reversal).where(Reversal.transfer_id == transfer.id))
    own = {mark: row for row in rows for mark in (row.stripe_reversal_id, row.key) if mark}
    whole, theirs, ours = _sent(transfer), 0, 0
    for answer in reversed(reversals):
        row = own.get(answer["id"]) or own.get(answer["metadata"].get("operation"))
        theirs += answer["amount"]
        share = transfer.amount_minor * answer["amount"] // whole if theirs < whole else transfer.amount_minor - ours
        amount = row.asked_minor if row else share
        ours += amount
        _book(transfer, answer, Money(amount, transfer.currency))
        yield amount


def _sent(transfer: Transfer) -> int:
    """The whole transfer in the currency Stripe sent it in."""
    settled = transfer.payment.settled(transfer.amount) if transfer.payment else None
    return (settled or transfer.amount).minor


def _book(transfer: Transfer, reversal: dict[str, Any], amount: Money) -> None:
    key = f"reversal:{reversal['id']}"
    if amount:
        ledger.return_transfer(key, manager=f"manager:{transfer.manager_id}", milestone=transfer.subject, contract=transfer.contract,
                               amount=amount, stripe_id=reversal["id"], settled=Money(reversal["amount"], reversal["currency"].upper()))

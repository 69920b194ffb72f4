"""What does not agree between Stripe and the books: one row a difference, from its first sight to its end."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.payments.models.stripe import Reconciliation


class MismatchKind(StrEnum):
    """What is wrong. Stripe's type of movement says which `…_unknown` it is."""

    missing = "missing"  # Stripe has a payment, the books have not
    extra = "extra"  # the books have it, Stripe has not
    amount = "amount"  # both have it, with different amounts
    currency = "currency"  # both have it, in different currencies
    duplicate = "duplicate"  # the books have it twice
    late = "late"  # both agree, but it was booked long after it happened
    fee = "fee"  # Stripe's fee is not, or differently, in the books
    refund_unknown = "refund_unknown"  # Stripe refunded something the books know nothing of
    transfer_unknown = "transfer_unknown"  # Stripe sent something to a manager …
    reversal_unknown = "reversal_unknown"  # Stripe took something back from a manager …
    payout_unknown = "payout_unknown"  # Stripe paid our own bank …
    dispute_unknown = "dispute_unknown"  # a bank took something back, or gave it again …
    adjustment_unknown = "adjustment_unknown"  # Stripe moved something for a reason of its own …
    balance = "balance"  # Stripe's balance is not the sum of the movements it lists


class MismatchStatus(StrEnum):
    """Where a difference is."""

    open = "open"  # waits for finance
    repaired = "repaired"  # a posting was added or reversed
    explained = "explained"  # it is right as it is, and finance wrote why
    gone = "gone"  # a later comparison found it agreeing: what was on its way has come


M = MismatchStatus


class Mismatch(Identified, Stateful, Model):
    """One difference. `stripe_id` is Stripe's id of the thing behind it, the posting's key where the books have none,
    or `balance`. `ours_minor` and `theirs_minor` are what moved on our balance, out is negative; none is nothing at all.
    `their_currency` where Stripe has it in another one. `created_at`: first seen. `note`: what the last repair came to.
    """

    __tablename__ = "mismatches"
    __table_args__ = (
        Index("uq_mismatches_open", "stripe_id", "currency", unique=True, postgresql_where="status = 'open'"),
        Index(None, "status", "id"), Index(None, "stripe_id"))
    KIND = "mismatch"
    TRANSITIONS = {
        "repair": {M.open: M.repaired},
        "explain": {M.open: M.explained},
        "vanish": {M.open: M.gone},
    }

    kind: Mapped[MismatchKind] = mapped_column(enumerated(MismatchKind))
    stripe_id: Mapped[str] = mapped_column(String(160))
    subject: Mapped[str] = mapped_column(String(80), default="")
    ours_minor: Mapped[int | None] = mapped_column(BigInteger)
    theirs_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    their_currency: Mapped[str | None] = mapped_column(String(3))
    status: Mapped[MismatchStatus] = mapped_column(enumerated(MismatchStatus), default=MismatchStatus.open)
    reconciliation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Reconciliation.id))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    reason: Mapped[str] = mapped_column(String(2000), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    closed_at: Mapped[datetime | None]

    reconciliation: Mapped[Reconciliation] = relationship()
    person: Mapped[Person | None] = relationship()

    @property
    def difference(self) -> Money:
        """What the books lack: Stripe's amount less ours. Of two currencies, ours as it stands."""
        theirs = 0 if self.their_currency else self.theirs_minor or 0
        return Money(theirs - (self.ours_minor or 0), self.currency)

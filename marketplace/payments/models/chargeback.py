"""What a payer's bank took back."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.managers.models import Manager
from marketplace.payments.models.incoming import Payment


class ChargebackStatus(StrEnum):
    """What the payer's bank says."""

    open = "open"  # it has not decided
    won = "won"  # the money is ours again
    lost = "lost"  # it is gone


C = ChargebackStatus


class Chargeback(Identified, Stateful, Model):
    """A dispute at the payer's bank, as Stripe shows it now.

    `due_by`: until when the bank takes evidence; `record`: what we know of the work, in English, kept when it was opened.
    `fault_minor`: what a decision says the manager owes for it. `suspends`: the bank kept money that was held here, and the team
    has not let the business go on.
    """

    __tablename__ = "chargebacks"
    __table_args__ = (Index(None, "payment_id"), Index(None, "manager_id"),
                      Index("ix_chargebacks_open", "due_by", postgresql_where="status = 'open' and submitted_at is null"))
    KIND = "chargeback"
    TRANSITIONS = {"win": {C.open: C.won}, "lose": {C.open: C.lost}}

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Payment.id))
    stripe_dispute_id: Mapped[str] = mapped_column(String(80), unique=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(60))
    status: Mapped[ChargebackStatus] = mapped_column(enumerated(ChargebackStatus), default=ChargebackStatus.open)
    manager_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Manager.id))
    record: Mapped[str] = mapped_column(Text, default="", server_default="")
    due_by: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0, server_default="0")
    submitted_at: Mapped[datetime | None]
    fault_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    fault_why: Mapped[str] = mapped_column(Text, default="", server_default="")
    suspends: Mapped[bool] = mapped_column(default=False, server_default=false())

    payment: Mapped[Payment] = relationship()
    manager: Mapped[Manager | None] = relationship()

    @property
    def amount(self) -> Money:
        """What the bank took."""
        return Money(self.amount_minor, self.currency)

"""Where managers are paid, and what was sent there."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.managers.models import Manager
from marketplace.payments.models.incoming import Payment


class Rail(StrEnum):
    """How a manager is paid."""

    stripe_connect = "stripe_connect"  # a connected account at Stripe, which pays out to a bank
    manual_bank = "manual_bank"  # finance pays from a queue
    manual_bkash = "manual_bkash"  # finance pays from a queue


class PayoutAccount(Identified, Model):
    """Where a manager is paid. `transfers_active`: Stripe takes money in their name now."""

    __tablename__ = "payout_accounts"
    KIND = "payout_account"

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id), unique=True)
    rail: Mapped[Rail] = mapped_column(enumerated(Rail), default=Rail.stripe_connect)
    stripe_account_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    details_submitted: Mapped[bool] = mapped_column(default=False)
    transfers_active: Mapped[bool] = mapped_column(default=False)
    payouts_enabled: Mapped[bool] = mapped_column(default=False)

    manager: Mapped[Manager] = relationship()


class TransferStatus(StrEnum):
    """Where a manager's money is."""

    due = "due"  # waits for its day, then for its turn
    held = "held"  # waits until the manager can be paid
    sending = "sending"  # with Stripe, not yet confirmed
    sent = "sent"  # at Stripe in the manager's name
    arrived = "arrived"  # in the manager's bank
    failed = "failed"  # Stripe refused; still owed, tried again
    reversed = "reversed"  # taken back from the manager's balance


T = TransferStatus


class Transfer(Identified, Stateful, Model):
    """One sum owed to a manager for a subject. It is sent after `send_after`, from the payment that brought it."""

    __tablename__ = "transfers"
    __table_args__ = (Index(None, "status", "send_after"), Index(None, "manager_id", "id"), Index(None, "subject"))
    KIND = "transfer"
    TRANSITIONS = {
        "hold": {T.due: T.held, T.failed: T.held},
        "send": {T.due: T.sending, T.held: T.sending, T.failed: T.sending},
        "confirm": {T.sending: T.sent},
        "fail": {T.sending: T.failed},
        "arrive": {T.sent: T.arrived},
        "bounce": {T.arrived: T.sent},
        "reverse": {T.sent: T.reversed, T.arrived: T.reversed},
    }

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    subject: Mapped[str] = mapped_column(String(80))
    contract: Mapped[str] = mapped_column(String(80))
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Payment.id))
    operation: Mapped[str] = mapped_column(String(120), unique=True)
    attempt: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    status: Mapped[TransferStatus] = mapped_column(enumerated(TransferStatus), default=TransferStatus.due)
    send_after: Mapped[datetime]
    failure: Mapped[str] = mapped_column(String(300), default="")
    reversed_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    stripe_transfer_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    payout_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payouts.id"))

    manager: Mapped[Manager] = relationship()
    payment: Mapped[Payment | None] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def key(self) -> str:
        """This attempt's key, in the ledger and at Stripe."""
        return f"transfer:{self.id}:{self.attempt}"


class PayoutStatus(StrEnum):
    """What Stripe says of a payout to a manager's bank."""

    pending = "pending"  # on its way
    paid = "paid"  # the bank has it
    failed = "failed"  # the bank sent it back to the manager's balance at Stripe


P = PayoutStatus


class Payout(Identified, Stateful, Model):
    """Money Stripe sent from a manager's balance to their bank."""

    __tablename__ = "payouts"
    __table_args__ = (Index(None, "payout_account_id"),)
    KIND = "payout"
    TRANSITIONS = {
        "pay": {P.pending: P.paid},
        "fail": {P.pending: P.failed, P.paid: P.failed},
    }

    payout_account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(PayoutAccount.id))
    stripe_payout_id: Mapped[str] = mapped_column(String(80), unique=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[PayoutStatus] = mapped_column(enumerated(PayoutStatus), default=PayoutStatus.pending)
    failure: Mapped[str] = mapped_column(String(300), default="")

    account: Mapped[PayoutAccount] = relationship()

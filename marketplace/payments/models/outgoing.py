"""What is owed and sent to managers."""
from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.managers.models import Manager
from marketplace.payments.models.accounts import PayoutAccount
from marketplace.payments.models.incoming import Payment
from marketplace.payments.models.manual import ManualPayout


class TransferStatus(StrEnum):
    """Where a manager's money is."""

    due = "due"  # waits for its day, then for its turn
    held = "held"  # waits until the manager can be paid
    sending = "sending"  # with Stripe, or with somebody of finance; not yet confirmed
    sent = "sent"  # at Stripe in the manager's name
    arrived = "arrived"  # in the manager's bank
    failed = "failed"  # refused, or sent back; still owed, tried again
    reversed = "reversed"  # taken back whole, from the manager's balance or before it was sent
    gathered = "gathered"  # too small to be sent alone; part of another one


T = TransferStatus
CASH_OUT = "cash_out"
"""A `check_reason`: released within a day of the card's payment, and no work is on record."""
PAGE_LOST = "page_lost"
"""Another: the business has lost the page that the contract is about. Only the team's decision on that ends it."""


class Transfer(Identified, Stateful, Model):
    """One sum owed to a manager for a subject. It is sent after `send_after`, from the payment that brought it.

    `check_reason`: why staff must look before it goes, several joined by "+"; empty once they have. `account` is the one it was begun with.
    `disputed`: it waits for a dispute. `withheld_minor` was kept for what the manager owes, and is not in the amount.
    `sent_at`, `arrived_at`: when it left and when the bank had it, empty when that is not so any more; `came_back_at`: when the bank sent
    it back, until it arrives. `gather_after`: too small to go alone, it is looked at again then, if no other has carried it before.
    """

    __tablename__ = "transfers"
    __table_args__ = (Index(None, "status", "send_after"), Index(None, "manager_id", "id"), Index(None, "subject"),
                      Index(None, "manual_payout_id"),
                      Index("ix_transfers_to_check", "id", postgresql_where=text("check_reason <> ''")))
    KIND = "transfer"
    TRANSITIONS = {
        "hold": {T.due: T.held, T.failed: T.held},
        "send": {T.due: T.sending, T.held: T.sending, T.failed: T.sending},
        "confirm": {T.sending: T.sent},
        "fail": {T.sending: T.failed},
        "arrive": {T.sent: T.arrived},
        "bounce": {T.arrived: T.sent},
        "return": {T.arrived: T.failed},
        "reverse": dict.fromkeys((T.due, T.held, T.failed, T.sent, T.arrived), T.reversed),
        "gather": dict.fromkeys((T.due, T.held, T.failed), T.gathered),
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
    check_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(PayoutAccount.id))
    manual_payout_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(ManualPayout.id))
    disputed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    withheld_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    gather_after: Mapped[datetime | None]
    gathered_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("transfers.id"))
    reversed_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    stripe_transfer_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    payout_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payouts.id"))
    sent_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    came_back_at: Mapped[datetime | None]

    manager: Mapped[Manager] = relationship()
    payment: Mapped[Payment | None] = relationship()
    account: Mapped[PayoutAccount | None] = relationship()
    manual_payout: Mapped[ManualPayout | None] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def release_key(self) -> str:
        """The posting that released it, with other transfers when several payments had brought the money."""
        return f"release:{self.operation.partition('/')[0]}"

    @property
    def reasons(self) -> list[str]:
        """Why staff must look before it goes, one by one."""
        return [reason for reason in self.check_reason.split("+") if reason]

    @reasons.setter
    def reasons(self, reasons: Iterable[str]) -> None:
        self.check_reason = "+".join(dict.fromkeys(reasons))

    @property
    def finance_looks(self) -> bool:
        """Whether finance can let it go; a lost page is not theirs to decide."""
        return any(reason != PAGE_LOST for reason in self.reasons)

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


class BankPayout(Identified, Stateful, Model):
    """Money Stripe sent from our own balance to our bank. It left Stripe when it was begun; the bank has it once it is paid.

    `arrives_on` is the day Stripe expects.
    """

    __tablename__ = "bank_payouts"
    __table_args__ = (Index(None, "status", "id"),)
    KIND = "bank_payout"
    TRANSITIONS = Payout.TRANSITIONS

    stripe_payout_id: Mapped[str] = mapped_column(String(80), unique=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[PayoutStatus] = mapped_column(enumerated(PayoutStatus), default=PayoutStatus.pending)
    automatic: Mapped[bool] = mapped_column(default=False)
    arrives_on: Mapped[date]
    failure: Mapped[str] = mapped_column(String(300), default="")

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def key(self) -> str:
        """Under which the books have it."""
        return f"bank_payout:{self.stripe_payout_id}"

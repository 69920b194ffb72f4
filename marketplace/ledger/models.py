"""Accounts, transactions, entries. Written only by the database function `ledger_post`, read through queries.

The application's role may read these tables and call that function, nothing else: no row can be changed, removed or
forged from Python. Amounts are positive minor units with a direction; a balance counts on its account's normal side.
"""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money

PLATFORM = "platform"


class AccountKind(StrEnum):
    """What an account's money is."""

    held = "held"  # a business's money, kept for a milestone
    ad_spend = "ad_spend"  # a business's money, kept for ads
    payable = "payable"  # owed to a manager
    sending = "sending"  # on its way to a manager, until Stripe has confirmed
    refunding = "refunding"  # on its way back to a business, until Stripe has confirmed
    arriving = "arriving"  # at Stripe in a manager's name, until their bank has it
    fees = "fees"  # what the platform earned
    card_costs = "card_costs"  # what businesses paid for card costs, less what Stripe took
    stripe = "stripe"  # our balance at Stripe
    bank = "bank"  # our own bank account and wallet, from which staff pays by hand
    connected = "connected"  # managers' balances at Stripe
    receivable = "receivable"  # a debt to the platform
    losses = "losses"  # what nobody else bears
    exchange = "exchange"  # the two sides of a change of currency


class Direction(StrEnum):
    """The side an entry stands on."""

    debit = "debit"
    credit = "credit"

    @property
    def opposite(self) -> Direction:
        return Direction.credit if self is Direction.debit else Direction.debit


DEBIT_NORMAL = frozenset({AccountKind.stripe, AccountKind.bank, AccountKind.connected, AccountKind.receivable, AccountKind.losses})
"""Assets and costs; all others grow by credits. The database's `ledger_is_debit` says the same."""
HOT = frozenset({AccountKind.fees, AccountKind.card_costs, AccountKind.stripe, AccountKind.bank, AccountKind.losses, AccountKind.exchange})
"""Platform-wide accounts every posting touches: without a running balance, summed from a checkpoint (`ledger_is_hot`)."""
NEVER_NEGATIVE = frozenset({AccountKind.held, AccountKind.ad_spend, AccountKind.payable, AccountKind.sending, AccountKind.refunding})
"""Other people's money: the database refuses to let it fall below zero."""


class Account(Identified, Model):
    """One kind of money of one owner (`kind:id`, or `platform`) in one currency.

    Held money has an account for each `source`, the payment (`payment:id`) that brought it; elsewhere it is empty.
    """

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("kind", "owner", "source", "currency"), UniqueConstraint("id", "currency"),
        Index(None, "owner"), Index(None, "source", postgresql_where=text("source <> ''")),
        CheckConstraint("balance_minor >= 0 or kind not in ('held', 'ad_spend', 'payable', 'sending', 'refunding')",
                        name="never_below_zero"),
    )

    kind: Mapped[AccountKind] = mapped_column(enumerated(AccountKind))
    owner: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(80), server_default="")
    currency: Mapped[str] = mapped_column(String(3))
    balance_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")

class Transaction(Identified, Model):
    """One posting under the caller's key. `of_id`: the transaction this one settles, voids or reverses, once."""

    __tablename__ = "ledger_transactions"
    __table_args__ = (Index(None, "subject", "id"), Index(None, "contract", "id"), Index(None, "business", "id"),
                      Index(None, "manager", "id"), Index(None, "stripe_id"), Index(None, "created_at", postgresql_using="brin"))

    key: Mapped[str] = mapped_column(String(160), unique=True)
    verb: Mapped[str] = mapped_column(String(32))
    fingerprint: Mapped[str] = mapped_column(String(64))
    pending: Mapped[bool]
    of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_transactions.id"), unique=True)
    subject: Mapped[str | None] = mapped_column(String(80))
    contract: Mapped[str | None] = mapped_column(String(80))
    business: Mapped[str | None] = mapped_column(String(80))
    manager: Mapped[str | None] = mapped_column(String(80))
    stripe_id: Mapped[str | None] = mapped_column(String(80))

    entries: Mapped[list[Entry]] = relationship(viewonly=True, order_by="Entry.id")
    of: Mapped[Transaction | None] = relationship(remote_side="Transaction.id", viewonly=True)

    @property
    def size(self) -> Money:
        """How much it moved: its largest leg."""
        largest = max(self.entries, key=lambda entry: entry.amount_minor)
        return Money(largest.amount_minor, largest.currency)


class Entry(Model):
    """One leg. `balance_after_minor` is the account's balance after it, on its normal side; none on hot accounts."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "currency"], ["ledger_accounts.id", "ledger_accounts.currency"],
                             name="fk_ledger_entries_account_currency"),
        CheckConstraint("amount_minor > 0", name="positive"), Index(None, "account_id", "id"), Index(None, "transaction_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_transactions.id"))
    account_id: Mapped[uuid.UUID]
    currency: Mapped[str] = mapped_column(String(3))
    direction: Mapped[Direction] = mapped_column(enumerated(Direction, 6))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    balance_after_minor: Mapped[int | None] = mapped_column(BigInteger)

    account: Mapped[Account] = relationship(viewonly=True)
    transaction: Mapped[Transaction] = relationship(viewonly=True)


class Checkpoint(Model):
    """What a hot account's entries up to `entry_id` come to, on its normal side."""

    __tablename__ = "ledger_checkpoints"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_accounts.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    balance_minor: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]

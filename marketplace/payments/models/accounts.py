"""Where managers are paid, and what staff must look at before money goes there."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful
from marketplace.managers.models import Manager


class Rail(StrEnum):
    """How a manager is paid."""

    stripe_connect = "stripe_connect"  # a connected account at Stripe, which pays out to a bank
    manual_bank = "manual_bank"  # finance pays from a queue
    manual_bkash = "manual_bkash"  # finance pays from a queue


class AccountStatus(StrEnum):
    """Whether money goes there."""

    checking = "checking"  # staff looks at it first
    waiting = "waiting"  # takes over after some days, unless its manager says that it was somebody else
    current = "current"  # money goes there
    former = "former"  # another one took over
    cancelled = "cancelled"  # taken back by the manager before it took over
    refused = "refused"  # by staff


A = AccountStatus


class PayoutAccount(Identified, Stateful, Model):
    """Where a manager is or was paid. One is `current`; a change waits beside it until `takes_over_at`.

    At Stripe: `transfers_active` says that Stripe takes money in their name now. By hand: `sealed` holds bank, name and
    number under the vault's keys, `masked` what may be shown of them, `details_key` finds the same details again.
    """

    __tablename__ = "payout_accounts"
    __table_args__ = (
        Index("uq_payout_accounts_current", "manager_id", unique=True, postgresql_where=text("status = 'current'")),
        Index("uq_payout_accounts_next", "manager_id", unique=True, postgresql_where=text("status in ('checking', 'waiting')")),
        Index("uq_payout_accounts_stripe", "manager_id", unique=True, postgresql_where=text("rail = 'stripe_connect'")),
        Index("ix_payout_accounts_waiting", "takes_over_at", postgresql_where=text("status = 'waiting'")),
        Index(None, "manager_id", "id"), Index(None, "details_key"))
    KIND = "payout_account"
    TRANSITIONS = {
        "approve": {A.checking: A.waiting},
        "refuse": {A.checking: A.refused, A.waiting: A.refused, A.current: A.refused},
        "cancel": {A.checking: A.cancelled, A.waiting: A.cancelled},
        "take_over": {A.waiting: A.current},
        "replace": {A.current: A.former},
        "restore": {A.former: A.current},
        "reopen": {A.former: A.waiting, A.cancelled: A.waiting},
    }

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    rail: Mapped[Rail] = mapped_column(enumerated(Rail), default=Rail.stripe_connect)
    status: Mapped[AccountStatus] = mapped_column(enumerated(AccountStatus), default=AccountStatus.current)
    takes_over_at: Mapped[datetime | None]
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payout_accounts.id"))
    sealed: Mapped[str | None] = mapped_column(Text)
    masked: Mapped[str] = mapped_column(String(120), default="")
    details_key: Mapped[str | None] = mapped_column(String(64))
    stripe_account_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    details_submitted: Mapped[bool] = mapped_column(default=False)
    transfers_active: Mapped[bool] = mapped_column(default=False)
    payouts_enabled: Mapped[bool] = mapped_column(default=False)

    manager: Mapped[Manager] = relationship()


class Doubt(StrEnum):
    """Why staff looks before money goes."""

    name = "name"  # the holder's name is not that of the checked identity
    shared = "shared"  # another manager is paid to the same account
    new_device = "new_device"  # given from a browser that first signed in a few days ago
    not_me = "not_me"  # the manager says that somebody else made the change


STOPPING = (Doubt.new_device, Doubt.not_me)
"""Doubts about who it is: nothing at all is sent to this manager until staff has looked."""


class CheckStatus(StrEnum):
    """Whether staff has looked."""

    open = "open"  # waits for finance
    passed = "passed"  # nothing is wrong
    refused = "refused"  # the account is not used


class PayoutCheck(Identified, Stateful, Model):
    """Something about a payout account that finance must look at. `why` is what they found."""

    __tablename__ = "payout_checks"
    __table_args__ = (Index("uq_payout_checks_open", "account_id", "doubt", unique=True, postgresql_where=text("status = 'open'")),
                      Index("ix_payout_checks_open", "manager_id", postgresql_where=text("status = 'open'")))
    KIND = "payout_check"
    TRANSITIONS = {"pass": {CheckStatus.open: CheckStatus.passed}, "refuse": {CheckStatus.open: CheckStatus.refused}}

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(PayoutAccount.id))
    doubt: Mapped[Doubt] = mapped_column(enumerated(Doubt))
    status: Mapped[CheckStatus] = mapped_column(enumerated(CheckStatus), default=CheckStatus.open)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(String(300), default="")

    account: Mapped[PayoutAccount] = relationship()
    manager: Mapped[Manager] = relationship()

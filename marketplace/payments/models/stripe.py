"""What Stripe told us: events, balance transactions, and how they compare with the books."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model, enumerated


class Source(StrEnum):
    """Whose events these are."""

    platform = "platform"  # our own account's
    connect = "connect"  # managers' accounts'


class StripeEvent(Identified, Model):
    """An event, stored once. `handled_at` is set together with its effect; `object_id` is what it is about."""

    __tablename__ = "stripe_events"
    __table_args__ = (UniqueConstraint("source", "event_id"),
                      Index("ix_stripe_events_open", "created_at", postgresql_where=text("handled_at is null")))
    KIND = "stripe_event"

    source: Mapped[Source] = mapped_column(enumerated(Source, 10))
    event_id: Mapped[str] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(80))
    account: Mapped[str | None] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    happened_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(120), default="")


class EventCursor(Model):
    """Until when the list of an account's events was read (`platform`, or a connected account's id).

    `overdue_at`: it was noticed that the list has not been read for long, `alerted_at`: finance was told; both are empty
    again with the next reading.
    """

    __tablename__ = "stripe_event_cursors"

    account: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_until: Mapped[datetime]
    looked_at: Mapped[datetime]
    overdue_at: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]


class BalanceTransaction(Identified, Model):
    """One movement on our balance at Stripe, as Stripe lists it. `source` is the charge, refund, transfer … behind it."""

    __tablename__ = "stripe_balance_transactions"
    __table_args__ = (Index(None, "source"), Index(None, "happened_at"))

    stripe_id: Mapped[str] = mapped_column(String(80), unique=True)
    type: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(80))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    fee_minor: Mapped[int] = mapped_column(BigInteger)
    net_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    exchange_rate: Mapped[float | None]
    happened_at: Mapped[datetime]


class Reconciliation(Identified, Model):
    """One comparison of Stripe's balance transactions with the books.

    It judged what moved until `judged_until` and had not been judged before; `whole`: all of it, from the beginning.
    `checked` things were compared, `found` differences were open afterwards (`Mismatch`), `balances` are both sides' sums.
    """

    __tablename__ = "reconciliations"
    __table_args__ = (Index(None, "created_at"),)
    KIND = "reconciliation"

    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    finished_at: Mapped[datetime | None]
    judged_until: Mapped[datetime | None]
    whole: Mapped[bool] = mapped_column(default=False)
    checked: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    balances: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)

    person: Mapped[Person | None] = relationship()

    @property
    def agrees(self) -> bool:
        """Whether no difference was left open."""
        return not self.found

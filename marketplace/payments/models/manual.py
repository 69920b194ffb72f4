"""Payouts that people of finance make by hand."""
from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.files.models import File
from marketplace.managers.models import Manager
from marketplace.payments.models.accounts import PayoutAccount, Rail


class ManualStatus(StrEnum):
    """Where a payout by hand is."""

    queued = "queued"  # waits for somebody of finance
    claimed = "claimed"  # one person pays it now; the money is set aside
    paid = "paid"  # that person has recorded it, with proof; waits for a second one
    confirmed = "confirmed"  # the second person found it right: it has arrived
    refused = "refused"  # it was not paid; the money is owed again
    returned = "returned"  # it was paid and came back; the money is owed again
    cancelled = "cancelled"  # left the queue before anybody claimed it


M = ManualStatus


class ManualPayout(Identified, Stateful, Model):
    """What is due to one manager, paid at once by hand. One person claims and pays it, another confirms it.

    `reference` is the bank's or bKash's own number of the payment: it counts once on each rail.
    """

    __tablename__ = "manual_payouts"
    __table_args__ = (
        Index("uq_manual_payouts_reference", "rail", "reference", unique=True, postgresql_where=text("status <> 'refused'")),
        Index(None, "status", "id"), Index(None, "account_id"))
    KIND = "manual_payout"
    TRANSITIONS = {
        "claim": {M.queued: M.claimed},
        "pay": {M.claimed: M.paid},
        "confirm": {M.paid: M.confirmed},
        "refuse": {M.claimed: M.refused, M.paid: M.refused},
        "return": {M.confirmed: M.returned},
        "cancel": {M.queued: M.cancelled},
    }

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(PayoutAccount.id))
    rail: Mapped[Rail] = mapped_column(enumerated(Rail))
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    status: Mapped[ManualStatus] = mapped_column(enumerated(ManualStatus), default=ManualStatus.queued)
    claimed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    claimed_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(String(40))
    paid_on: Mapped[date | None]
    proof_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(File.id))
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(String(300), default="")

    manager: Mapped[Manager] = relationship()
    account: Mapped[PayoutAccount] = relationship()
    proof: Mapped[File | None] = relationship()
    claimed_by: Mapped[Person | None] = relationship(foreign_keys=[claimed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

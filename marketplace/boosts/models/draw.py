"""A draw: the manager paid Meta and asks for that much of the ad money."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.boosts.models.pot import AdPot
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.files.models import File


class DrawStatus(StrEnum):
    """Where a draw is."""

    asked = "asked"  # the business looks at the receipt
    approved = "approved"  # the money is the manager's, on its way
    refused = "refused"  # the business said no, with a reason
    paid = "paid"  # sent to the manager


D = DrawStatus
COUNTED = (D.approved, D.paid)
"""Their dollars are drawn."""


class Draw(Identified, Stateful, Model):
    """`dollars_minor` and `vat_minor` (cents) are as on the receipt. What is paid: `paid_dollars_minor` of the dollars, with
    their part of the VAT, `amount_minor` in taka at the pot's rate. `spend_minor`: what Meta had reported when it was
    decided. A receipt counts once on the whole platform. `person_id` asked, `decided_by` decided (None: silence).
    """

    __tablename__ = "ad_draws"
    __table_args__ = (
        Index("uq_ad_draws_receipt", "platform", "receipt_number", unique=True, postgresql_where=text("status <> 'refused'")),
        Index(None, "pot_id", "id"), Index("ix_ad_draws_asked", "decide_by", postgresql_where=text("status = 'asked'")),
        CheckConstraint("dollars_minor > 0 and vat_minor >= 0 and amount_minor >= 0 and paid_dollars_minor between 0 and dollars_minor",
                        name="within_receipt"))
    KIND = "draw"
    TRANSITIONS = {
        "approve": {D.asked: D.approved},
        "refuse": {D.asked: D.refused},
        "pay": {D.approved: D.paid},
    }

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(AdPot.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    status: Mapped[DrawStatus] = mapped_column(enumerated(DrawStatus), default=DrawStatus.asked)
    platform: Mapped[str] = mapped_column(String(20), default="meta")
    receipt_number: Mapped[str] = mapped_column(String(60))
    dollars_minor: Mapped[int] = mapped_column(BigInteger)
    vat_minor: Mapped[int] = mapped_column(BigInteger)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(File.id))
    decide_by: Mapped[datetime]
    spend_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_dollars_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    reason: Mapped[str] = mapped_column(String(2000), default="")
    pot: Mapped[AdPot] = relationship()
    file: Mapped[File] = relationship()

    @property
    def subject(self) -> str:
        """Under whose name it is paid."""
        return f"{self.KIND}:{self.id}"

    @property
    def amount(self) -> Money:
        """What the manager gets."""
        return Money(self.amount_minor, self.currency)

    @property
    def on_receipt(self) -> Money:
        """The receipt's whole, VAT in it."""
        return Money(self.dollars_minor + self.vat_minor, "USD")

    @property
    def asked(self) -> Money:
        """The same at the pot's rate: at most so much is repaid."""
        return Money(self.on_receipt.minor * (self.pot.rate_minor or 0) // 100, self.currency)

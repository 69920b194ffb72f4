"""The paper a payer gets."""
from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import numbering
from marketplace.core.db import Identified, Model
from marketplace.files.models import File
from marketplace.payments.models.incoming import Payment

SERIES = "R"


class Receipt(Identified, Model):
    """A payment's receipt, as a sheet and as data. Ordered with the payment's success; number and files come with the worker,
    once and together.

    `year`: when it was ordered, in Dhaka; each year's numbers begin at 1.
    """

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("year", "number"),
                      Index("ix_receipts_waiting", "created_at", postgresql_where="csv_id is null"))
    KIND = "receipt"

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Payment.id), unique=True)
    year: Mapped[int]
    number: Mapped[int | None]
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(File.id))
    csv_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(File.id))

    payment: Mapped[Payment] = relationship()

    @property
    def name(self) -> str:
        """Its number as written; empty while it has none."""
        return numbering.written(SERIES, self.year, self.number) if self.number else ""

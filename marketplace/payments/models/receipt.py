"""The paper a payer gets."""
from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Identified, Model
from marketplace.files.models import File
from marketplace.payments.models.incoming import Payment


class Receipt(Identified, Model):
    """A payment's receipt. Ordered with the payment's success; number and file come with the worker, once and together."""

    __tablename__ = "receipts"
    __table_args__ = (Index("ix_receipts_waiting", "created_at", postgresql_where="file_id is null"),)
    KIND = "receipt"

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Payment.id), unique=True)
    number: Mapped[int | None] = mapped_column(unique=True)
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(File.id))

    payment: Mapped[Payment] = relationship()
    file: Mapped[File | None] = relationship()

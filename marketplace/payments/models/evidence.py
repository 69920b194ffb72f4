"""What is shown to a payer's bank so that it gives a payment back."""
from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model, enumerated
from marketplace.files.models import File
from marketplace.payments.models.chargeback import Chargeback


class EvidenceKind(StrEnum):
    """What it shows. The bank takes one file of each kind: the newest."""

    service_documentation = "service_documentation"  # the work, as delivered
    customer_communication = "customer_communication"  # what was said and agreed
    uncategorized_file = "uncategorized_file"  # anything else


class Evidence(Identified, Model):
    """A statement, a file, or both, from one of the parties or staff. `stripe_file_id` once Stripe has the file."""

    __tablename__ = "chargeback_evidence"
    __table_args__ = (Index(None, "chargeback_id", "id"),)
    KIND = "evidence"

    chargeback_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Chargeback.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    kind: Mapped[EvidenceKind] = mapped_column(enumerated(EvidenceKind))
    text: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(File.id))
    stripe_file_id: Mapped[str | None] = mapped_column(String(80))

    chargeback: Mapped[Chargeback] = relationship()
    person: Mapped[Person] = relationship()
    file: Mapped[File | None] = relationship()

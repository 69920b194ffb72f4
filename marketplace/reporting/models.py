"""Papers, and the months whose statements were ordered."""
from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core import numbering
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.files.models import File


class PaperKind(StrEnum):
    """What a paper is."""

    invoice = "invoice"  # to a business: a manager's work that was paid from held money
    fee_invoice = "fee_invoice"  # to a manager: the platform's fee of that
    credit_note = "credit_note"  # to a business: money that went back
    invoice_credit = "invoice_credit"  # to a business: part of an invoice that was taken back after the release, or all
    fee_credit = "fee_credit"  # to a manager: the platform's fee of that
    cancellation = "cancellation"  # to a business: a credit note whose money its bank sent back
    statement = "statement"  # to either: a month, posting by posting
    year_summary = "year_summary"  # to either: a year, month by month


class PaperStatus(StrEnum):
    """Where a paper is."""

    ordered = "ordered"  # what it is about has happened; the worker draws it
    drawn = "drawn"  # it has its number and its files


S, K = PaperStatus, PaperKind
SERIES = {K.invoice: "I", K.fee_invoice: "F", K.credit_note: "C", K.cancellation: "C", K.invoice_credit: "C", K.fee_credit: "C",
          K.statement: "S", K.year_summary: "Y"}
"""What the numbers of a kind begin with; credit notes of each kind and their cancellations are one series."""


class Paper(Identified, Stateful, Model):
    """A paper for a party (`business:id` or `manager:id`) in its language, once for each subject.

    `subject`: the posting, refund or period it is about. `starts` and `ends` (not included): the days in Dhaka it covers.
    `total_minor`: what it comes to; for a statement known when it is drawn. `person_id`: whom it is addressed to. `year`: when
    it was ordered, in Dhaka. `about`: what it is for in words, in its language, as it was called when it was ordered; a
    period's once it is drawn. `names`: name and district of each party on it, as they were then, by `kind:id`.
    """

    __tablename__ = "papers"
    __table_args__ = (
        UniqueConstraint("kind", "party", "subject"), UniqueConstraint("kind", "year", "number"),
        Index(None, "party", "created_at", "id"), Index(None, "created_at", "id"),
        Index("ix_papers_waiting", "created_at", postgresql_where=text("status = 'ordered'")),
        CheckConstraint("(status = 'drawn') = (number is not null and pdf_id is not null and csv_id is not null)", name="drawn_is_whole"),
    )
    KIND = "paper"
    TRANSITIONS = {"draw": {S.ordered: S.drawn}}

    kind: Mapped[PaperKind] = mapped_column(enumerated(PaperKind))
    party: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(80))
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    year: Mapped[int]
    number: Mapped[int | None]
    total_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    about: Mapped[str] = mapped_column(String(420), default="")
    names: Mapped[dict[str, list[str]]] = mapped_column(JSONB, default=dict, server_default="{}")
    status: Mapped[PaperStatus] = mapped_column(enumerated(PaperStatus), default=PaperStatus.ordered)
    pdf_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(File.id))
    csv_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(File.id))

    person: Mapped[Person] = relationship()

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def name(self) -> str:
        """Its number as written; empty while it has none."""
        return numbering.written(SERIES[self.kind], self.year, self.number) if self.number else ""


class StatementRun(Model):
    """A month (its first day) whose statements were ordered; each only once."""

    __tablename__ = "statement_runs"

    month: Mapped[date] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]

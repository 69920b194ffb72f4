"""What a dollar costs, day by day, and who said so."""
from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core.db import Identified, Model


class ExchangeRate(Identified, Model):
    """Poisha for one dollar on a day, as `source` published it at `link`; entered by finance, never changed, corrected by a newer row."""

    __tablename__ = "exchange_rates"
    __table_args__ = (Index(None, "day", "id"), CheckConstraint("rate_minor > 0", name="positive"))
    KIND = "exchange_rate"

    rate_minor: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(120))
    link: Mapped[str] = mapped_column(String(500))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    person: Mapped[Person] = relationship()

"""The team's word that a business may pay in again."""
from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.core.db import Identified, Model


class FundingRelease(Identified, Model):
    """Staff looked at a business that took much money back and let it pay in again; what came before no longer counts."""

    __tablename__ = "funding_releases"
    __table_args__ = (Index(None, "business_id", "created_at"),)
    KIND = "funding_release"

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    why: Mapped[str] = mapped_column(String(2000))

    person: Mapped[Person] = relationship()

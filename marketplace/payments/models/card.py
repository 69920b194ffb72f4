"""Cards a business lets us keep: Stripe has the card, we its mask."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.core import clock
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful


class Customer(Identified, Model):
    """A business as Stripe knows it, so that its cards can be kept. Without Stripe's id until Stripe has answered."""

    __tablename__ = "stripe_customers"
    KIND = "customer"

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id), unique=True)
    stripe_customer_id: Mapped[str | None] = mapped_column(String(80), unique=True)


class CardStatus(StrEnum):
    """Whether a card may be charged."""

    kept = "kept"  # may be charged where the business said so
    removed = "removed"  # taken off by the business; Stripe forgets it, too


class Card(Identified, Stateful, Model):
    """A card as its owner recognises it: brand, last four digits, expiry. `warned_at`: its end was told."""

    __tablename__ = "cards"
    __table_args__ = (Index(None, "business_id"),
                      Index("ix_cards_expiry", "expires_year", "expires_month", postgresql_where="status = 'kept' and warned_at is null"))
    KIND = "card"
    TRANSITIONS = {"remove": {CardStatus.kept: CardStatus.removed}}

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    brand: Mapped[str] = mapped_column(String(20))
    last4: Mapped[str] = mapped_column(String(4))
    expires_month: Mapped[int]
    expires_year: Mapped[int]
    status: Mapped[CardStatus] = mapped_column(enumerated(CardStatus), default=CardStatus.kept)
    warned_at: Mapped[datetime | None]
    stripe_customer_id: Mapped[str] = mapped_column(String(80))
    stripe_payment_method_id: Mapped[str] = mapped_column(String(80), unique=True)

    business: Mapped[Business] = relationship()

    @property
    def mask(self) -> str:
        """As it stands on statements: `Visa •••• 4242`."""
        return f"{self.brand.title()} •••• {self.last4}"

    @property
    def expiry(self) -> str:
        """As it stands on the card: `12/34`."""
        return f"{self.expires_month:02}/{self.expires_year % 100:02}"

    @property
    def expired(self) -> bool:
        """A card is good until the end of its month."""
        today = clock.today()
        return (self.expires_year, self.expires_month) < (today.year, today.month)

    @property
    def usable(self) -> bool:
        """Whether it may be tried at all."""
        return self.status == CardStatus.kept and not self.expired

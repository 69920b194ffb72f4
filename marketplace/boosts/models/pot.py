"""The ad money of a contract: how much, at which rate, and when what is left goes back."""
from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models import Contract, Milestone
from marketplace.core import pricing
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful


class PotStatus(StrEnum):
    """Where the ad money is."""

    planned = "planned"  # agreed, not paid for; no rate yet
    locked = "locked"  # the business is at the payment page, at this rate
    funded = "funded"  # held; ads may run and receipts be handed in
    closing = "closing"  # no more ads; the last receipts until `closes_at`
    settled = "settled"  # what was left went back


P = PotStatus
OPEN = (P.funded, P.closing)
"""Receipts are taken."""


class AdPot(Identified, Stateful, Model):
    """The second pot of a boosting contract whose manager's card pays Meta; paid in with its first step.

    `dollars_minor` cents for ads. At funding the rate (poisha for a dollar) is locked with its source; from it come
    `ads_minor` and the VAT on them, `vat_minor`. The ledger knows what is left of it.
    """

    __tablename__ = "ad_pots"
    __table_args__ = (Index("ix_ad_pots_closing", "closes_at", postgresql_where=text("status = 'closing'")),
                      CheckConstraint("dollars_minor > 0 and ads_minor >= 0 and vat_minor >= 0 and returned_minor >= 0",
                                      name="not_negative"))
    KIND = "ad_pot"
    TRANSITIONS = {
        "lock_rate": {P.planned: P.locked, P.locked: P.locked},
        "fund": {P.locked: P.funded},
        "close": {P.funded: P.closing},
        "reopen": {P.closing: P.funded},
        "settle": {P.closing: P.settled},
    }

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id), unique=True)
    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Milestone.id), unique=True)
    dollars_minor: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[PotStatus] = mapped_column(enumerated(PotStatus), default=PotStatus.planned)
    rate_minor: Mapped[int | None] = mapped_column(BigInteger)
    rate_source: Mapped[str] = mapped_column(String(120), default="")
    rate_link: Mapped[str] = mapped_column(String(500), default="")
    rate_day: Mapped[date | None] = mapped_column(Date)
    locked_at: Mapped[datetime | None]
    ads_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    vat_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    funded_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    returned_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    contract: Mapped[Contract] = relationship()
    milestone: Mapped[Milestone] = relationship()

    @property
    def subject(self) -> str:
        """Under whose name the ledger keeps it."""
        return f"milestone:{self.milestone_id}"

    @property
    def dollars(self) -> Money:
        return Money(self.dollars_minor, "USD")

    @property
    def ads(self) -> Money:
        """What becomes ads."""
        return Money(self.ads_minor, self.currency)

    @property
    def vat(self) -> Money:
        return Money(self.vat_minor, self.currency)

    @property
    def paid_in(self) -> Money:
        """What the business pays for ads, VAT in it."""
        return self.ads + self.vat

    @property
    def returned(self) -> Money:
        return Money(self.returned_minor, self.currency)

    @property
    def returned_dollars(self) -> int:
        """Cents of the agreed dollars that went back before the end, rounded up: no boost may count on them."""
        return -(-self.dollars_minor * self.returned_minor // self.paid_in.minor) if self.returned_minor else 0

    def price(self, rate_minor: int) -> tuple[Money, Money]:
        """The ads and their VAT at a rate."""
        ads = pricing.ad_spend(self.dollars, rate_minor)
        return ads, pricing.ads_vat(ads)

"""Bids and their milestones."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.pricing import Cost, total_cost
from marketplace.core.states import Stateful
from marketplace.jobs.models import Job, Seat
from marketplace.managers.models import Manager


class BidStatus(StrEnum):
    """Where a bid is."""

    submitted = "submitted"  # the business reads; the manager may still edit
    shortlisted = "shortlisted"  # kept for comparison
    offered = "offered"  # the business has made an offer on it
    accepted = "accepted"  # became a contract
    declined = "declined"  # the business said no, with a reason
    withdrawn = "withdrawn"  # the manager took it back
    lapsed = "lapsed"  # the job or the offer ended


S = BidStatus
LIVE = (S.submitted, S.shortlisted, S.offered)
"""Those that hold a place among the job's and the manager's."""


class Bid(Identified, Stateful, Model):
    """A manager's proposal for a seat. The price is what the business pays for the work, our fee within it.

    `covers` are the lines of the job (`jobs.queries.lines`) that the price includes, `posts_a_week` how many posts;
    `answers` go with the job's questions in order. Sealed: only its manager and the business read it.
    """

    __tablename__ = "bids"
    __table_args__ = (
        Index("uq_bids_live", "seat_id", "manager_id", unique=True,
              postgresql_where=text("status in ('submitted', 'shortlisted', 'offered', 'accepted')")),
        Index(None, "job_id", "id"),
        Index(None, "manager_id", "id"),
    )
    KIND = "bid"
    TRANSITIONS = {
        "edit": {S.submitted: S.submitted},
        "shortlist": {S.submitted: S.shortlisted},
        "unlist": {S.shortlisted: S.submitted},
        "offer": {S.submitted: S.offered, S.shortlisted: S.offered},
        "withdraw_offer": {S.offered: S.shortlisted},
        "accept": {S.offered: S.accepted},
        "decline": {S.submitted: S.declined, S.shortlisted: S.declined, S.offered: S.declined},
        "withdraw": {S.submitted: S.withdrawn, S.shortlisted: S.withdrawn, S.offered: S.withdrawn},
        "lapse": {S.submitted: S.lapsed, S.shortlisted: S.lapsed, S.offered: S.lapsed},
    }

    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Seat.id))
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Job.id))
    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    status: Mapped[BidStatus] = mapped_column(enumerated(BidStatus), default=BidStatus.submitted)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    days: Mapped[int]
    posts_a_week: Mapped[int | None]
    covers: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    strategy: Mapped[str] = mapped_column(Text)
    answers: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    competing_pages: Mapped[str] = mapped_column(Text, default="")
    decline_reason: Mapped[str] = mapped_column(String(40), default="")
    decline_note: Mapped[str] = mapped_column(Text, default="")
    edited_at: Mapped[datetime | None]
    job: Mapped[Job] = relationship()
    seat: Mapped[Seat] = relationship()
    manager: Mapped[Manager] = relationship()
    milestones: Mapped[list[BidMilestone]] = relationship(order_by="BidMilestone.position", cascade="all, delete-orphan")

    @property
    def price(self) -> Money:
        """What the business pays for the work, before ads and card."""
        return Money(self.price_minor, self.currency)

    @property
    def cost(self) -> Cost:
        """What the business would pay in all, the job's ad spend with it."""
        return total_cost(self.price_minor, self.job.ad_spend_minor, self.currency)

    @property
    def live(self) -> bool:
        """Whether it may still become a contract."""
        return self.status in LIVE


class BidMilestone(Identified, Model):
    """One step of a bid, paid when it is approved; `days` counts from the start of the work."""

    __tablename__ = "bid_milestones"
    __table_args__ = (Index(None, "bid_id", "position"),)
    KIND = "bid_milestone"

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Bid.id))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    days: Mapped[int]

"""An offer and the terms it has passed through; the last version is the one that may be accepted."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.bids.models import Bid
from marketplace.businesses.models import Business
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful
from marketplace.jobs.models import Job, Seat
from marketplace.managers.models import Manager


class Side(StrEnum):
    """Who of the two parties."""

    business = "business"  # the hirer
    manager = "manager"  # the hired

    @property
    def other(self) -> Side:
        return Side.manager if self is Side.business else Side.business


class OfferStatus(StrEnum):
    """Where an offer is."""

    open = "open"  # made by the business, nobody has answered
    countered = "countered"  # terms were changed by one side, the other is to answer
    accepted = "accepted"  # became a contract
    declined = "declined"  # one side said no
    lapsed = "lapsed"  # nobody answered in time


WAITING = (OfferStatus.open, OfferStatus.countered)


class Offer(Identified, Stateful, Model):
    """The business's offer on a bid. `turn` is the side whose answer is awaited; `expires_at` when it lapses."""

    __tablename__ = "offers"
    __table_args__ = (
        Index("uq_offers_waiting_bid", "bid_id", unique=True, postgresql_where="status in ('open', 'countered')"),
        Index(None, "business_id", "created_at"), Index(None, "manager_id", "created_at"), Index(None, "expires_at"), Index(None, "job_id"))
    KIND = "offer"
    TRANSITIONS = {
        "counter": dict.fromkeys(WAITING, OfferStatus.countered),
        "accept": dict.fromkeys(WAITING, OfferStatus.accepted),
        "decline": dict.fromkeys(WAITING, OfferStatus.declined),
        "lapse": dict.fromkeys(WAITING, OfferStatus.lapsed),
    }

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Bid.id))
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Job.id))
    seat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Seat.id))
    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    status: Mapped[OfferStatus] = mapped_column(enumerated(OfferStatus), default=OfferStatus.open)
    turn: Mapped[Side] = mapped_column(enumerated(Side), default=Side.manager)
    expires_at: Mapped[datetime]
    bid: Mapped[Bid] = relationship()
    job: Mapped[Job] = relationship()
    seat: Mapped[Seat] = relationship()
    business: Mapped[Business] = relationship()
    manager: Mapped[Manager] = relationship()
    versions: Mapped[list[OfferTerms]] = relationship(order_by="OfferTerms.version", back_populates="offer")

    @property
    def latest(self) -> OfferTerms:
        """The terms on the table."""
        return self.versions[-1]


class OfferTerms(Identified, Model):
    """One version of an offer's terms; never changed once written."""

    __tablename__ = "offer_terms"
    __table_args__ = (UniqueConstraint("offer_id", "version"),)

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Offer.id))
    version: Mapped[int]
    by_side: Mapped[Side] = mapped_column(enumerated(Side))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    message: Mapped[str] = mapped_column(String(2000), default="")
    offer: Mapped[Offer] = relationship(back_populates="versions")

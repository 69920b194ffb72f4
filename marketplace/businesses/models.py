"""Businesses, who belongs to them, and the brands they run."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import Identified, Model, enumerated


class Role(StrEnum):
    """What a member may do for the business."""

    owner = "owner"  # everything, members too
    finance = "finance"  # pays, sees money
    approver = "approver"  # approves posts and deliveries
    viewer = "viewer"  # looks


class Business(Identified, Model):
    """An organisation that hires.

    `page_proven_at`: when a page was first connected by its platform. `approval_delay_hours`: the median time the owner
    takes to approve; `funded_contracts`: how many were paid in. Both are written by the domains that measure them.
    """

    __tablename__ = "businesses"
    KIND = "business"

    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(140), unique=True)
    district: Mapped[str] = mapped_column(String(40))
    trade: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(Text, default="")
    page_proven_at: Mapped[datetime | None]
    approval_delay_hours: Mapped[int | None]
    funded_contracts: Mapped[int] = mapped_column(default=0)
    last_seen_at: Mapped[datetime | None]


class Member(Identified, Model):
    """A person's place in a business."""

    __tablename__ = "business_members"
    __table_args__ = (UniqueConstraint("business_id", "person_id"), Index(None, "person_id"))
    KIND = "member"

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    role: Mapped[Role] = mapped_column(enumerated(Role))
    business: Mapped[Business] = relationship()
    person: Mapped[Person] = relationship()


class Invitation(Identified, Model):
    """A one-use link sent to an address; only the token's fingerprint is kept."""

    __tablename__ = "business_invitations"
    __table_args__ = (Index(None, "business_id"),)
    KIND = "invitation"

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    email: Mapped[str] = mapped_column(CITEXT)
    role: Mapped[Role] = mapped_column(enumerated(Role))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    business: Mapped[Business] = relationship()

    @property
    def open(self) -> bool:
        """Whether the link still works."""
        return self.used_at is None and clock.now() < self.expires_at


class Brand(Identified, Model):
    """A name the business sells under, with the guide a manager must follow."""

    __tablename__ = "brands"
    __table_args__ = (Index(None, "business_id"),)
    KIND = "brand"

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    name: Mapped[str] = mapped_column(String(120))
    trade: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(Text, default="")
    guide: Mapped[str] = mapped_column(Text, default="")
    business: Mapped[Business] = relationship()

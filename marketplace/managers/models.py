"""Managers, what they offer, and what they have done."""
from __future__ import annotations

import uuid
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.files.models import File


class Kind(StrEnum):
    """The two kinds of work; each has its own vetting."""

    management = "management"  # the page: posts, inbox, lives
    boosting = "boosting"  # ads


def _codes() -> Mapped[list[str]]:
    return mapped_column(ARRAY(String(40)), default=list)


class Manager(Identified, Model):
    """Somebody's profile. Public once `published`; bids only while vetted for the job's kind.

    `kinds` and `price_from_minor` follow the packages, `search` and `rank` the rest: `managers.commands` keeps them.
    `clean_contracts`, `active_contracts`, `score` (0–100) and `review_count` are written through `record_work` by the
    domains that know them; `management_until`, `boosting_until`, `checks` and `checked_at` through `mark_vetted`, and
    `identity_name`, the name that was held against the national ID (later changes of `name` do not touch it).
    """

    __tablename__ = "managers"
    __table_args__ = (
        # With what the filters count: neither counts nor filters then open the rows, which are wide.
        Index("ix_managers_listed", text("rank desc"), text("id desc"), postgresql_where=text("published"),
              postgresql_include=["trades", "platforms", "district", "kinds"]),
        Index("ix_managers_district", "district", text("rank desc"), text("id desc"), postgresql_where=text("published"),
              postgresql_include=["trades", "platforms", "kinds"]),
        Index("ix_managers_search", "search", postgresql_using="gin"),
        Index("ix_managers_filters", "trades", "platforms", "kinds", postgresql_using="gin"),
    )
    KIND = "manager"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id), unique=True)
    slug: Mapped[str] = mapped_column(String(140), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    headline: Mapped[str] = mapped_column(String(160), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    district: Mapped[str] = mapped_column(String(40), default="")
    platforms: Mapped[list[str]] = _codes()
    languages: Mapped[list[str]] = _codes()
    trades: Mapped[list[str]] = _codes()
    kinds: Mapped[list[str]] = _codes()
    sample_question: Mapped[str] = mapped_column(Text, default="")
    sample_reply: Mapped[str] = mapped_column(Text, default="")
    photo_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(File.id, ondelete="SET NULL"))
    available_from: Mapped[date | None]
    price_from_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    published: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    management_until: Mapped[datetime | None]
    boosting_until: Mapped[datetime | None]
    checks: Mapped[list[str]] = _codes()
    checked_at: Mapped[datetime | None]
    identity_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    clean_contracts: Mapped[int] = mapped_column(default=0)
    active_contracts: Mapped[int] = mapped_column(default=0)
    score: Mapped[int | None]
    review_count: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=0)
    search: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)
    person: Mapped[Person] = relationship()

    def vetted_until(self, kind: str) -> datetime | None:
        """When the vetting for this kind ends, or ended; None when there was none."""
        return self.boosting_until if kind == Kind.boosting else self.management_until

    def vetted_for(self, kind: str) -> bool:
        """Whether this manager may bid on jobs of the kind now."""
        until = self.vetted_until(kind)
        return until is not None and clock.now() < until

    @property
    def vetted(self) -> bool:
        """Whether any vetting is in force now."""
        return any(self.vetted_for(kind) for kind in Kind)

    @property
    def free_from(self) -> datetime | None:
        """The day work could begin, as a moment in Dhaka; None for today or earlier."""
        return None if self.free_now else datetime.combine(self.available_from, time(12), tzinfo=clock.DHAKA)  # type: ignore[arg-type]

    @property
    def free_now(self) -> bool:
        """Whether work could begin today, by the day the manager gave."""
        return self.available_from is None or self.available_from <= clock.today().date()


class Package(Identified, Model):
    """An offer with a price, a month long. `price_minor` is what the business pays, our fee within it."""

    __tablename__ = "packages"
    __table_args__ = (Index(None, "manager_id"),)
    KIND = "package"

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    title: Mapped[str] = mapped_column(String(80))
    kind: Mapped[Kind] = mapped_column(enumerated(Kind))
    price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    posts: Mapped[int] = mapped_column(default=0)
    videos: Mapped[int] = mapped_column(default=0)
    messages_a_day: Mapped[int] = mapped_column(default=0)
    description: Mapped[str] = mapped_column(Text, default="")
    manager: Mapped[Manager] = relationship()

    @property
    def price(self) -> Money:
        """What the business pays a month, before the card's cost."""
        return Money(self.price_minor, self.currency)


class PortfolioItem(Identified, Model):
    """One piece of work, with its picture."""

    __tablename__ = "portfolio_items"
    __table_args__ = (Index(None, "manager_id", "position"),)
    KIND = "portfolio_item"

    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(File.id))
    position: Mapped[int]
    manager: Mapped[Manager] = relationship()

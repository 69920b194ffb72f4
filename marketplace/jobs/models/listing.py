"""Jobs, their seats, what staff decided about them, and what managers ask."""
from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.businesses.models import Brand, Business
from marketplace.core import pricing
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.managers.models import Kind, Manager


class JobStatus(StrEnum):
    """Where a listing is."""

    draft = "draft"  # the business is writing
    in_review = "in_review"  # the team reads it before anybody else
    sent_back = "sent_back"  # the team wants something changed; the reasons say what
    open = "open"  # listed; managers bid
    paused = "paused"  # still readable by those who bid; no new bids
    filled = "filled"  # every seat is taken
    closed = "closed"  # the business ended it
    expired = "expired"  # its time was over
    removed = "removed"  # the team took it down, with a reason


class SeatRole(StrEnum):
    """What the one who takes the seat does."""

    all = "all"  # the whole page
    content = "content"  # posts and pictures
    inbox = "inbox"  # messages and comments
    live = "live"  # hosts lives
    boost = "boost"  # ads
    design = "design"  # pictures only


class SeatStatus(StrEnum):
    """Whether somebody sits there."""

    open = "open"  # nobody yet
    offered = "offered"  # an offer is out
    filled = "filled"  # under contract
    vacant = "vacant"  # the contract ended early
    closed = "closed"  # not needed any more


class Outcome(StrEnum):
    """What staff decided about a listing."""

    approved = "approved"  # published
    sent_back = "sent_back"  # to be changed first
    removed = "removed"  # taken down


S = JobStatus
OPEN_STATUSES = (S.in_review, S.open, S.paused)
"""Those that count against a business's limit."""


def ad_spend_minor(kind: str, details: Mapping[str, Any]) -> int:
    """Poisha for the ads that are paid through Dayitto: only those of a boost on the manager's card."""
    dollars, rate = details.get("dollars_minor"), details.get("rate_minor")
    if kind != Kind.boosting or details.get("payer") != "manager" or not dollars or not rate:
        return 0
    return pricing.ad_spend(Money(dollars, "USD"), rate).minor


class Job(Identified, Stateful, Model):
    """One listing.

    `budget_minor` is the work (a month of it, or a boost's service charge), `ad_spend_minor` the ads paid through
    Dayitto before VAT (0 when the owner's own card pays). `details` holds what its kind asks (`forms`). `findings` is
    what the text rules saw at the last submission, `kept` whether the business wanted it kept; `folded` serves the search
    for duplicates.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_open", text("published_at desc"), text("id desc"), postgresql_where=text("status = 'open'")),
        Index("ix_jobs_search", "search", postgresql_using="gin"),
        Index("ix_jobs_platforms", "platforms", postgresql_using="gin"),
        Index("ix_jobs_folded", "folded", postgresql_using="gin", postgresql_ops={"folded": "gin_trgm_ops"}),
        Index("ix_jobs_queue", "submitted_at", "id", postgresql_where=text("status = 'in_review'")),
        Index("ix_jobs_ends", "expires_at", postgresql_where=text("status in ('open', 'paused')")),
        Index(None, "business_id", "id"),
    )
    KIND = "job"
    TRANSITIONS = {
        "submit": {S.draft: S.in_review},
        "revise": {S.sent_back: S.draft},
        "approve": {S.in_review: S.open},
        "send_back": {S.in_review: S.sent_back},
        "review_again": {S.open: S.in_review, S.paused: S.in_review},
        "pause": {S.open: S.paused},
        "resume": {S.paused: S.open},
        "fill": {S.open: S.filled, S.paused: S.filled},
        "close": {S.draft: S.closed, S.sent_back: S.closed, S.in_review: S.closed, S.open: S.closed, S.paused: S.closed},
        "expire": {S.open: S.expired, S.paused: S.expired},
        "remove": {S.open: S.removed, S.paused: S.removed},
    }

    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    brand_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Brand.id))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    kind: Mapped[Kind] = mapped_column(enumerated(Kind))
    status: Mapped[JobStatus] = mapped_column(enumerated(JobStatus), default=JobStatus.draft)
    title: Mapped[str] = mapped_column(String(120), default="")
    goal: Mapped[str] = mapped_column(String(40), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    trade: Mapped[str] = mapped_column(String(40), default="")
    district: Mapped[str] = mapped_column(String(40), default="")
    platforms: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    budget_minor: Mapped[int | None] = mapped_column(BigInteger)
    ad_spend_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    days: Mapped[int | None]
    starts_on: Mapped[date | None]
    questions: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    kept: Mapped[bool] = mapped_column(default=False)
    submissions: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    review_due_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    bid_count: Mapped[int] = mapped_column(default=0)
    folded: Mapped[str] = mapped_column(Text, default="", deferred=True)
    search: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)
    business: Mapped[Business] = relationship()
    brand: Mapped[Brand | None] = relationship()
    author: Mapped[Person] = relationship()

    @property
    def budget(self) -> Money:
        """The price of the work; nothing while it is not written."""
        return Money(self.budget_minor or 0, self.currency)

    @property
    def cost(self) -> pricing.Cost:
        """What it will cost in all at this budget."""
        return pricing.total_cost(self.budget_minor or 0, self.ad_spend_minor, self.currency)

    @property
    def listed(self) -> bool:
        """Whether everybody may read it."""
        return self.status == JobStatus.open

    @property
    def was_listed(self) -> bool:
        """Whether it has been published at some time."""
        return self.published_at is not None


class Seat(Identified, Stateful, Model):
    """One place in a job, with its share of the budget."""

    __tablename__ = "seats"
    __table_args__ = (Index(None, "job_id"),)
    KIND = "seat"
    TRANSITIONS = {
        "offer": {SeatStatus.open: SeatStatus.offered, SeatStatus.vacant: SeatStatus.offered},
        "withdraw_offer": {SeatStatus.offered: SeatStatus.open},
        "fill": {SeatStatus.open: SeatStatus.filled, SeatStatus.offered: SeatStatus.filled, SeatStatus.vacant: SeatStatus.filled},
        "vacate": {SeatStatus.filled: SeatStatus.vacant},
        "close": {SeatStatus.open: SeatStatus.closed, SeatStatus.offered: SeatStatus.closed, SeatStatus.vacant: SeatStatus.closed},
    }

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Job.id))
    role: Mapped[SeatRole] = mapped_column(enumerated(SeatRole))
    status: Mapped[SeatStatus] = mapped_column(enumerated(SeatStatus), default=SeatStatus.open)
    budget_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    job: Mapped[Job] = relationship()


class Decision(Identified, Model):
    """What somebody of staff decided about a listing; the business reads reasons, note and marked sentences."""

    __tablename__ = "job_decisions"
    __table_args__ = (Index(None, "job_id", "id"),)
    KIND = "job_decision"

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Job.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    outcome: Mapped[Outcome] = mapped_column(enumerated(Outcome))
    reasons: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)


class Question(Identified, Model):
    """What a manager asks about a job; everybody reads it once it is answered."""

    __tablename__ = "job_questions"
    __table_args__ = (Index(None, "job_id", "id"),)
    KIND = "job_question"

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Job.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    job: Mapped[Job] = relationship()
    person: Mapped[Person] = relationship()


class JobInvitation(Identified, Model):
    """A business asks a manager to bid; the invited do not count against the number of bids.

    `told_at`: when the manager was told, which waits until the listing is published; `declined_at`: when they said no.
    """

    __tablename__ = "job_invitations"
    __table_args__ = (UniqueConstraint("job_id", "manager_id"), Index(None, "manager_id", "id"))
    KIND = "job_invitation"

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Job.id))
    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    told_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    job: Mapped[Job] = relationship()
    manager: Mapped[Manager] = relationship()

"""Reviews: one for each side of a closed contract."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.businesses.models import Business
from marketplace.contracts.models import Contract
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.states import Stateful
from marketplace.core.vocabulary import Choices
from marketplace.managers.models import Manager


class ReviewStatus(StrEnum):
    """Where a review is."""

    open = "open"  # may be written until `closes_at`
    written = "written"  # kept; nobody but its writer's side sees it yet
    published = "published"  # everybody reads it
    voided = "voided"  # stars were traded for money; counts for nothing
    lapsed = "lapsed"  # nobody wrote it in time


S = ReviewStatus
CRITERIA: dict[Side, Choices] = {
    Side.business: (
        ("regularity", _l("Posts on their day")),
        ("reply", _l("Quick, polite replies")),
        ("care", _l("Care for the brand")),
        ("honesty", _l("Honest about the work")),
    ),
    Side.manager: (
        ("brief", _l("Clear brief")),
        ("approvals", _l("Approvals in time")),
        ("payment", _l("Paid in on time")),
    ),
}
"""What each side gives stars for, by the side that writes; published on every profile."""
MOST_STARS = 5


class Review(Identified, Stateful, Model):
    """What one side (`by_side`) says about the other after a contract.

    `marks` holds 1–5 stars for each of the criteria; `stars` is their mean times 100. A complaint about the goods or their delivery
    (`about_goods`) is published but never counts for the manager; one that is `held` does not count until the team has looked.
    `month`: the month after which it was opened, of a contract that goes month by month; 0 at the end of another.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("contract_id", "month", "by_side"),
        Index("ix_reviews_of_manager", "manager_id", "by_side", "published_at", "id", postgresql_where=text("status = 'published'")),
        Index("ix_reviews_of_business", "business_id", "by_side", "published_at", "id", postgresql_where=text("status = 'published'")),
        Index("ix_reviews_closing", "closes_at", postgresql_where=text("status in ('open', 'written')")),
    )
    KIND = "review"
    TRANSITIONS = {
        "write": {S.open: S.written},
        "publish": {S.written: S.published},
        "lapse": {S.open: S.lapsed},
        "void": {S.written: S.voided, S.published: S.voided},
        "restore": {S.voided: S.written},
    }

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Manager.id))
    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    by_side: Mapped[Side] = mapped_column(enumerated(Side))
    status: Mapped[ReviewStatus] = mapped_column(enumerated(ReviewStatus), default=ReviewStatus.open)
    month: Mapped[int] = mapped_column(default=0)
    closes_at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    marks: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    stars: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")
    about_goods: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]
    contract: Mapped[Contract] = relationship()
    manager: Mapped[Manager] = relationship()
    business: Mapped[Business] = relationship()

    @property
    def writable(self) -> bool:
        """Whether it may still be written."""
        return self.status == S.open and clock.now() < self.closes_at

    @property
    def author(self) -> str:
        """Who says it, as the public reads it."""
        return self.business.name if self.by_side is Side.business else self.manager.name

    @property
    def about(self) -> str:
        """Whom it is about."""
        return self.manager.name if self.by_side is Side.business else self.business.name

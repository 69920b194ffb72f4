"""A wish for held money back, or on to the next step, that the manager answers."""
from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models.milestone import Milestone
from marketplace.contracts.models.offer import Side
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful


class RefundRequestStatus(StrEnum):
    """Where a wish for the money back is."""

    open = "open"  # the other side is to answer
    agreed = "agreed"  # the money goes back
    declined = "declined"  # the other side said no
    withdrawn = "withdrawn"  # taken back, or overtaken by a delivery that was approved


class RefundRequest(Identified, Stateful, Model):
    """The business asks for `amount_minor` back, or kept for the next step (`for_next`); the manager agrees or declines."""

    __tablename__ = "refund_requests"
    __table_args__ = (Index("uq_refund_requests_open", "milestone_id", unique=True, postgresql_where="status = 'open'"),)
    KIND = "refund_request"
    TRANSITIONS = {
        "agree": {RefundRequestStatus.open: RefundRequestStatus.agreed},
        "decline": {RefundRequestStatus.open: RefundRequestStatus.declined},
        "withdraw": {RefundRequestStatus.open: RefundRequestStatus.withdrawn},
    }

    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Milestone.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    by_side: Mapped[Side] = mapped_column(enumerated(Side))
    reason: Mapped[str] = mapped_column(String(2000))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    for_next: Mapped[bool] = mapped_column(default=False)
    status: Mapped[RefundRequestStatus] = mapped_column(enumerated(RefundRequestStatus, 16), default=RefundRequestStatus.open)
    milestone: Mapped[Milestone] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.milestone.currency)

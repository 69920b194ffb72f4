"""A retainer: a contract that is paid month by month, each month a milestone of its own."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models.contract import Contract
from marketplace.contracts.models.milestone import Milestone
from marketplace.contracts.models.offer import Side
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.payments.models import Card

MONTHLY = "monthly"
BILLING = ("milestones", MONTHLY)
"""How a contract is paid: step by step, or month by month."""


def monthly(terms: dict[str, Any]) -> bool:
    """Whether these terms are paid month by month."""
    return terms.get("billing") == MONTHLY


class Retainer(Identified, Model):
    """What a monthly contract has besides: the business's consent that a card of its own is charged for each next month.

    No card, no charge: then each month is paid in by hand. `day`: of the month on which months begin, or its last day; a pause, or a
    month that is paid late, moves it.
    """

    __tablename__ = "retainers"
    KIND = "retainer"

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id), unique=True)
    card_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Card.id), index=True)
    consented_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    consented_at: Mapped[datetime | None]
    day: Mapped[int] = mapped_column(SmallInteger)
    contract: Mapped[Contract] = relationship()
    card: Mapped[Card | None] = relationship()


class Month(Identified, Model):
    """The days of one month's milestone, from `starts_at` until before `ends_at`, and when its money is asked for.

    `charge_at`: the day of payment, and of the charge where the business consented; None for the first month, which is paid
    by hand. `announced_at`, `reminded_at`: when the business was told; `tried_at`: when the card was charged by consent,
    once a month whatever came of it.
    """

    __tablename__ = "retainer_months"
    __table_args__ = (Index("ix_retainer_months_charge", "charge_at", postgresql_where="tried_at is null"),)
    KIND = "month"

    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Milestone.id), unique=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    charge_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    milestone: Mapped[Milestone] = relationship()

    @property
    def last_day(self) -> datetime:
        """The last of its days, as people count them."""
        return self.ends_at - timedelta(days=1)


class MonthProposalStatus(StrEnum):
    """Where a proposal to divide a month is."""

    open = "open"  # the other side is to answer
    agreed = "agreed"  # the money was divided so
    declined = "declined"  # the other side said no
    withdrawn = "withdrawn"  # overtaken: another proposal, or the money went another way
    lapsed = "lapsed"  # nobody answered in time


P = MonthProposalStatus


class MonthProposal(Identified, Stateful, Model):
    """What one side proposes to do with the money of a month that ended early. `done`: what was delivered of each line.

    `expires_at`: until when the other side may answer; `remind_at`: when it is reminded.
    """

    __tablename__ = "month_proposals"
    __table_args__ = (Index("uq_month_proposals_open", "milestone_id", unique=True, postgresql_where="status = 'open'"),
                      Index("ix_month_proposals_expiry", "expires_at", postgresql_where="status = 'open'"),
                      Index("ix_month_proposals_reminder", "remind_at", postgresql_where="status = 'open'"))
    KIND = "month_proposal"
    TRANSITIONS = {"agree": {P.open: P.agreed}, "decline": {P.open: P.declined}, "withdraw": {P.open: P.withdrawn},
                   "lapse": {P.open: P.lapsed}}

    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Milestone.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    by_side: Mapped[Side] = mapped_column(enumerated(Side))
    done: Mapped[list[int]] = mapped_column(JSONB)
    to_manager_minor: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    status: Mapped[MonthProposalStatus] = mapped_column(enumerated(MonthProposalStatus, 24), default=MonthProposalStatus.open)
    milestone: Mapped[Milestone] = relationship()

    @property
    def to_manager(self) -> Money:
        """What the manager would be paid of it, our fee within."""
        return Money(self.to_manager_minor, self.milestone.currency)

    @property
    def to_business(self) -> Money:
        """What would return to the business's card."""
        return self.milestone.free - self.to_manager

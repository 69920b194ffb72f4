"""A milestone: one piece of work with its money, and what was handed in for it."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, case, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models.contract import Contract
from marketplace.contracts.models.month_title import month_title
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful


class MilestoneStatus(StrEnum):
    """Where a milestone and its money are."""

    planned = "planned"  # agreed, not paid for
    funding = "funding"  # the business is at the payment page
    funded = "funded"  # the money is held, work may start
    delivered = "delivered"  # handed in; the review window runs
    changes_asked = "changes_asked"  # to be redelivered
    approved = "approved"  # the money is the manager's, waiting to be sent
    released = "released"  # the money has been sent
    refunded = "refunded"  # the money went back to the business, or on to the next step
    disputed = "disputed"  # a part is claimed by both sides and frozen
    resolved = "resolved"  # a decision divided it


S = MilestoneStatus
SETTLED = (S.approved, S.released, S.refunded, S.resolved)
HELD = (S.funded, S.delivered, S.changes_asked)
HOLDING_OR_AHEAD = "('planned', 'funded', 'delivered', 'changes_asked', 'disputed')"
HOLDING = (S.funding, *HELD, S.disputed)


class Milestone(Identified, Stateful, Model):
    """Amounts in minor units; times in UTC. `review_until` ends the review window, `send_after` the hold.

    `adrift_minor`: what is held beside that because nobody here asked: below zero while a bank has taken it, above zero while a
    refund that bounced waits to be tried again.
    `held_since`: when the oldest money in it was paid in; `warn_at`: the next warning that it may not be held much longer;
    `chased_at`: the manager was reminded that nothing has come. `owner_until`: until when the owner's delays are in `due_at`.

    Of `amount_minor`, `released_minor` became the manager's (the fee in it), `returned_minor` went back to the card and
    `rolled_minor` on to the next step; `frozen_minor` of what is still held is claimed in a dispute. `prefunded_minor`
    came from the step before, while this one is not paid in. `month_days`: of a month's step its first and last day, or none
    while it has not begun; its `title` is then said in the reader's language.
    """

    __tablename__ = "milestones"
    __table_args__ = (
        # looked at when a statement ends, so that all later steps can move on at once
        UniqueConstraint("contract_id", "position", deferrable=True, initially="IMMEDIATE"),
        Index("ix_milestones_review", "review_until", postgresql_where="status in ('delivered', 'disputed')"),
        Index("ix_milestones_due", "due_at", postgresql_where="status in ('funded', 'changes_asked', 'disputed')"),
        Index("ix_milestones_warn", "warn_at", postgresql_where="warn_at is not null"),
        Index("ix_milestones_held_since", "held_since", postgresql_where=f"status in {HOLDING_OR_AHEAD}"),
        Index("ix_milestones_reminder", "remind_at", postgresql_where="status in ('delivered', 'disputed')"),
        CheckConstraint("released_minor >= 0 and returned_minor >= 0 and rolled_minor >= 0 and frozen_minor >= 0 and "
                        "released_minor + returned_minor + rolled_minor + frozen_minor <= amount_minor", name="parts_within_amount"),
        CheckConstraint("prefunded_minor between 0 and amount_minor", name="prefunded_within_amount"))
    KIND = "milestone"
    TRANSITIONS = {
        "start_funding": {S.planned: S.funding},
        "give_up_funding": {S.funding: S.planned},
        "fund": {S.funding: S.funded},
        "deliver": {S.funded: S.delivered, S.changes_asked: S.delivered},
        "ask_changes": {S.delivered: S.changes_asked},
        "approve": {S.delivered: S.approved},
        "complete": dict.fromkeys(HELD, S.approved),
        "release": {S.approved: S.released},
        "refund": dict.fromkeys(HELD, S.refunded),
        "take_back": {S.approved: S.refunded},
        "fund_ahead": {S.planned: S.funded},
        "dispute": dict.fromkeys((*HELD, S.approved, S.released), S.disputed),
        "resolve": {S.disputed: S.resolved},
        **{f"return_to_{status}": {S.disputed: status} for status in (*HELD, S.approved, S.released)},
    }

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    position: Mapped[int]
    called: Mapped[str] = mapped_column("title", String(200))
    month_days: Mapped[list[str] | None] = mapped_column(JSONB)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    days: Mapped[int]
    due_at: Mapped[datetime | None]
    status: Mapped[MilestoneStatus] = mapped_column(enumerated(MilestoneStatus), default=MilestoneStatus.planned)
    funded_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    review_until: Mapped[datetime | None]
    review_extended: Mapped[bool] = mapped_column(default=False)
    remind_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by_silence: Mapped[bool] = mapped_column(default=False)
    send_after: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    refunded_at: Mapped[datetime | None]
    changes_used: Mapped[int] = mapped_column(default=0)
    released_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    returned_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    rolled_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    frozen_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    prefunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    adrift_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    held_since: Mapped[datetime | None]
    chased_at: Mapped[datetime | None]
    owner_until: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    disputed_from: Mapped[MilestoneStatus | None] = mapped_column(enumerated(MilestoneStatus))
    contract: Mapped[Contract] = relationship()

    @property
    def title(self) -> str:
        """What it is called: as was agreed, or a month's days in the language that is spoken now."""
        return self.called if self.month_days is None else month_title(self.position, self.month_days)

    @title.setter
    def title(self, title: str) -> None:
        self.called = title

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def stands(self) -> Money:
        """The part of the price that is this step's: what went on to a later step is that one's."""
        return self.amount - Money(self.rolled_minor, self.currency)

    @property
    def held(self) -> Money:
        """What is held of it now."""
        return self.agreed_held + Money(self.adrift_minor, self.currency)

    @property
    def agreed_held(self) -> Money:
        """What would be held if nobody outside had moved any of it."""
        if self.status in (S.planned, S.funding):
            return Money(self.prefunded_minor, self.currency)
        return Money(self.amount_minor - self.released_minor - self.returned_minor - self.rolled_minor, self.currency)

    @property
    def free(self) -> Money:
        """What of it may be divided: nobody disputes it, no bank has it, and it is not on its way back already."""
        return Money(max(min(self.held.minor, self.agreed_held.minor) - self.frozen_minor, 0), self.currency)

    @property
    def work(self) -> MilestoneStatus:
        """Where the work stands: of a disputed step, that on what nobody claims. With nothing free it stands still."""
        return self.disputed_from if self.status == S.disputed and self.disputed_from in HELD and self.free else self.status

    @property
    def stage(self) -> MilestoneStatus:
        """Its status; of a released step of which the bank sent something back, what it is again: approved, to be sent."""
        return S.approved if self.status == S.released and self.released_at is None else self.status

    @property
    def dropped(self) -> bool:
        """Whether it never begins, because its contract has ended before it was paid in."""
        return self.status == S.planned and self.contract.ended_at is not None

    @property
    def to_fund(self) -> Money:
        """What is still to be paid in."""
        return self.amount - Money(self.prefunded_minor, self.currency)

    def fee_of(self, part: Money) -> Money:
        """The platform's share of a part that would be released next; all parts' shares sum to the whole's."""
        released = Money(self.released_minor, self.currency)
        return (released + part).share(self.contract.fee_bp) - self.fee_released

    @property
    def fee_released(self) -> Money:
        """The platform's part of what became the manager's so far."""
        return Money(self.released_minor, self.currency).share(self.contract.fee_bp)

    @property
    def fee(self) -> Money:
        """The platform's part at the fee the contract froze."""
        return self.amount.share(self.contract.fee_bp)

    @property
    def net(self) -> Money:
        """What the manager gets."""
        return self.amount - self.fee


def working(*stages: MilestoneStatus) -> ColumnElement[bool]:
    """Milestones whose work stands so, also beside a claim."""
    beside = (Milestone.status == S.disputed) & Milestone.disputed_from.in_(stages) & has_free()
    return Milestone.status.in_(stages) | beside


def has_free() -> ColumnElement[bool]:
    """Milestones of which anything may be divided: `free`, asked of the database."""
    held = case((Milestone.status.in_((S.planned, S.funding)), Milestone.prefunded_minor),
                else_=Milestone.amount_minor - Milestone.released_minor - Milestone.returned_minor - Milestone.rolled_minor)
    return held + func.least(Milestone.adrift_minor, 0) > Milestone.frozen_minor


class Delivery(Identified, Model):
    """Work handed in: what was done, with links and files as evidence."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("milestone_id", "number"),)
    KIND = "delivery"

    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Milestone.id))
    number: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(Text)
    links: Mapped[list[str]] = mapped_column(ARRAY(String(500)), default=list)
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("files.id"))
    milestone: Mapped[Milestone] = relationship()


class ChangeRequest(Identified, Model):
    """What the business wants to be different before it approves."""

    __tablename__ = "change_requests"
    __table_args__ = (UniqueConstraint("milestone_id", "number"),)

    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Milestone.id))
    number: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(Text)
    redeliver_by: Mapped[datetime]
    milestone: Mapped[Milestone] = relationship()

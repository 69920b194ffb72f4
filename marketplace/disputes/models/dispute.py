"""A dispute: one side claims part of a step's money, both sides speak, and it is settled between them or decided."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.contracts.models import Milestone
from marketplace.contracts.models.offer import Side
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful


class DisputeStatus(StrEnum):
    """Where a dispute is."""

    open = "open"  # the other side is to answer
    answered = "answered"  # the claimant may reply
    mediation = "mediation"  # somebody of the team decides
    decided = "decided"  # decided, or settled between the sides; money may still be on its way back
    closed = "closed"  # over
    withdrawn = "withdrawn"  # the claimant took it back


class Outcome(StrEnum):
    """How a dispute was settled."""

    accepted = "accepted"  # the other side gave all that was claimed
    split = "split"  # the sides agreed on a division
    decision = "decision"  # the team decided
    bank = "bank"  # nobody did: the payer's bank kept all that was claimed


S = DisputeStatus
SPEAKING = (S.open, S.answered)
UNDECIDED = (*SPEAKING, S.mediation)


class Dispute(Identified, Stateful, Model):
    """A claim of one side on part of a milestone's money, in minor units; times in UTC.

    `released_minor` of it had become the manager's when it was claimed; the rest was held, and is frozen. Each side has
    `answer_days`, fewer where a decision about held money is due. `answer_by` ends the time of the side whose turn it is,
    `decide_by` the team's. `remind_at`: when that side, or the team, is reminded.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        Index("uq_disputes_milestone", "milestone_id", unique=True, postgresql_where="status <> 'withdrawn'"),
        Index("uq_disputes_side", "milestone_id", "by_side", unique=True),
        Index(None, "status", "created_at", "id"),
        Index("ix_disputes_answer", "answer_by", postgresql_where="status in ('open', 'answered')"),
        Index("ix_disputes_decision", "decide_by", postgresql_where="status = 'mediation'"),
        Index("ix_disputes_reminder", "remind_at", postgresql_where="status in ('open', 'answered', 'mediation')"),
        CheckConstraint("claimed_minor > 0", name="claims_something"),
        CheckConstraint("released_minor between 0 and claimed_minor", name="released_within_claim"),
        CheckConstraint("to_manager_minor >= 0 and to_business_minor >= 0 and to_manager_minor + to_business_minor = claimed_minor",
                        name="divides_the_claim"))
    KIND = "dispute"
    TRANSITIONS = {
        "answer": {S.open: S.answered},
        "mediate": dict.fromkeys(SPEAKING, S.mediation),
        "decide": {S.mediation: S.decided},
        "settle": dict.fromkeys(UNDECIDED, S.decided),
        "withdraw": dict.fromkeys(UNDECIDED, S.withdrawn),
        "close": {S.decided: S.closed},
    }

    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Milestone.id))
    by_side: Mapped[Side] = mapped_column(enumerated(Side))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    reason: Mapped[str] = mapped_column(String(40))
    claimed_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    released_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    status: Mapped[DisputeStatus] = mapped_column(enumerated(DisputeStatus), default=DisputeStatus.open)
    answer_days: Mapped[int] = mapped_column(SmallInteger)
    answer_by: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    mediation_at: Mapped[datetime | None]
    decide_by: Mapped[datetime | None]
    mediator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    handed_over_at: Mapped[datetime | None]
    first_mediator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    outcome: Mapped[Outcome | None] = mapped_column(enumerated(Outcome))
    to_manager_minor: Mapped[int | None] = mapped_column(BigInteger)
    to_business_minor: Mapped[int | None] = mapped_column(BigInteger)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    grounds: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list)
    decision: Mapped[str] = mapped_column(Text, default="")
    manager_at_fault: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    milestone: Mapped[Milestone] = relationship()
    mediator: Mapped[Person | None] = relationship(foreign_keys=[mediator_id])
    settler: Mapped[Person | None] = relationship(foreign_keys=[settled_by])

    @property
    def subject(self) -> str:
        """What proposals about it name it."""
        return f"{self.KIND}:{self.id}"

    @property
    def claimed(self) -> Money:
        """What is claimed: frozen where it is held."""
        return Money(self.claimed_minor, self.currency)

    @property
    def released(self) -> Money:
        """What of it was the manager's already."""
        return Money(self.released_minor, self.currency)

    @property
    def claimed_still(self) -> Money:
        """What of an undecided claim there is to divide, once a bank has kept some of it."""
        return Money(self.milestone.frozen_minor, self.currency) + self.released

    @property
    def to_manager(self) -> Money:
        """What of it became, or stays, the manager's; nothing while it is undecided."""
        return Money(self.to_manager_minor or 0, self.currency)

    @property
    def to_business(self) -> Money:
        """What of it goes back to the business; nothing while it is undecided."""
        return Money(self.to_business_minor or 0, self.currency)

    @property
    def lost_by_manager(self) -> bool:
        """Whether it was decided, or given up, against the manager; what both divided nobody lost."""
        given = self.outcome in (Outcome.accepted, Outcome.decision) and bool(self.to_business_minor)
        return given or self.manager_at_fault

    @property
    def turn(self) -> Side | None:
        """The side whose word is awaited."""
        return {S.open: self.by_side.other, S.answered: self.by_side}.get(self.status)

    @property
    def undecided(self) -> bool:
        """Whether the sides may still speak and settle it between them."""
        return self.status in UNDECIDED


class Statement(Identified, Model):
    """What one side says, with its evidence; `by_side` None is the team asking."""

    __tablename__ = "dispute_statements"
    __table_args__ = (Index(None, "dispute_id", "id"),)

    dispute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dispute.id))
    by_side: Mapped[Side | None] = mapped_column(enumerated(Side))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    text: Mapped[str] = mapped_column(Text)
    file_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), default=list)
    dispute: Mapped[Dispute] = relationship()


class ProposalStatus(StrEnum):
    """Where a proposal is."""

    open = "open"  # the other side is to answer
    accepted = "accepted"  # that is how the money was divided
    declined = "declined"  # the other side said no
    replaced = "replaced"  # somebody proposed something else
    lapsed = "lapsed"  # the dispute ended otherwise, or was reduced


class SplitProposal(Identified, Stateful, Model):
    """One side proposes how to divide what is claimed."""

    __tablename__ = "split_proposals"
    __table_args__ = (Index("uq_split_proposals_open", "dispute_id", unique=True, postgresql_where="status = 'open'"),
                      CheckConstraint("to_manager_minor >= 0 and to_business_minor >= 0", name="parts"))
    KIND = "split_proposal"
    TRANSITIONS = {
        "accept": {ProposalStatus.open: ProposalStatus.accepted},
        "decline": {ProposalStatus.open: ProposalStatus.declined},
        "replace": {ProposalStatus.open: ProposalStatus.replaced},
        "lapse": {ProposalStatus.open: ProposalStatus.lapsed},
    }

    dispute_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dispute.id))
    by_side: Mapped[Side] = mapped_column(enumerated(Side))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    to_manager_minor: Mapped[int] = mapped_column(BigInteger)
    to_business_minor: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(2000), default="")
    status: Mapped[ProposalStatus] = mapped_column(enumerated(ProposalStatus), default=ProposalStatus.open)
    dispute: Mapped[Dispute] = relationship()

    @property
    def to_manager(self) -> Money:
        """What the manager would get, the fee in it."""
        return Money(self.to_manager_minor, self.dispute.currency)

    @property
    def to_business(self) -> Money:
        """What would go back."""
        return Money(self.to_business_minor, self.dispute.currency)

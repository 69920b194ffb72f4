"""A change of a running contract's steps: one side proposes it, the other accepts."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models.contract import Contract
from marketplace.contracts.models.milestone import Milestone
from marketplace.contracts.models.offer import Side
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful


class ChangeKind(StrEnum):
    """What is to become of the steps."""

    add = "add"  # a further step at the end: extra work with its price
    change = "change"  # another title, amount or number of days; of paid-in work only the days
    split = "split"  # a part of a step becomes a step of its own, right after it
    remove = "remove"  # a step without money in it goes


class ChangeOrderStatus(StrEnum):
    """Where a proposed change is."""

    open = "open"  # the other side is to answer
    accepted = "accepted"  # it has been carried out
    declined = "declined"  # the other side said no
    withdrawn = "withdrawn"  # taken back, or the contract ended
    lapsed = "lapsed"  # nobody answered in time


S = ChangeOrderStatus


class ChangeOrder(Identified, Stateful, Model):
    """A proposal, never changed once made: who wants another one makes another one. The contract's `terms` stay as they were frozen.

    `details` has `title`, `amount_minor` and `days` as far as the kind has them (the new part's, of a split), and
    `before`: the step as the proposal found it (`snapshot`).
    """

    __tablename__ = "change_orders"
    __table_args__ = (Index("uq_change_orders_open", "contract_id", unique=True, postgresql_where="status = 'open'"),
                      Index(None, "contract_id", "id"), Index(None, "milestone_id"),
                      Index("ix_change_orders_expiry", "expires_at", postgresql_where="status = 'open'"))
    KIND = "change_order"
    TRANSITIONS = {"accept": {S.open: S.accepted}, "decline": {S.open: S.declined}, "withdraw": {S.open: S.withdrawn},
                   "lapse": {S.open: S.lapsed}}

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    milestone_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Milestone.id, ondelete="SET NULL"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    by_side: Mapped[Side] = mapped_column(enumerated(Side))
    kind: Mapped[ChangeKind] = mapped_column(enumerated(ChangeKind))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(String(2000))
    status: Mapped[ChangeOrderStatus] = mapped_column(enumerated(ChangeOrderStatus), default=ChangeOrderStatus.open)
    expires_at: Mapped[datetime]
    contract: Mapped[Contract] = relationship()
    milestone: Mapped[Milestone | None] = relationship()

    @property
    def before(self) -> dict[str, Any]:
        """The step as the proposal found it; nothing of a further one."""
        return self.details.get("before", {})

    @property
    def amount(self) -> Money:
        """What the further, changed or split-off step is to cost; nothing of a removed one."""
        return Money(self.details.get("amount_minor", 0), self.contract.currency)

    @property
    def of_held_money(self) -> bool:
        """Whether money that is held already moves with it; then nothing is to be paid in."""
        return self.kind == ChangeKind.split and self.before["begun"]


def snapshot(milestone: Milestone) -> dict[str, Any]:
    """What of a step was read when a change to it was proposed."""
    return {"title": milestone.title, "amount_minor": milestone.amount_minor, "days": milestone.days, "position": milestone.position,
            "held_minor": milestone.held.minor, "begun": milestone.funded_at is not None}

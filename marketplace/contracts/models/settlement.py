"""How held money ended: each time a part of it, or all, left a milestone."""
from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models.milestone import Milestone
from marketplace.core.db import Identified, Model
from marketplace.core.money import Money


class Settlement(Identified, Model):
    """One division of held money, in minor units; never changed. `fee_minor` is the platform's part of `to_manager_minor`.

    `person_id` None: by a rule, when a clock ended. `check_reason`: why the team looks before the manager's part is sent; mostly empty.
    """

    __tablename__ = "settlements"
    __table_args__ = (Index(None, "milestone_id", "id"),
                      CheckConstraint("to_manager_minor >= 0 and to_business_minor >= 0 and to_next_minor >= 0 and fee_minor between 0 "
                                      "and to_manager_minor and to_manager_minor + to_business_minor + to_next_minor > 0", name="parts"))
    KIND = "settlement"

    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Milestone.id))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    to_manager_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    to_business_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    to_next_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    next_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Milestone.id))
    why: Mapped[str] = mapped_column(String(2000), default="")
    check_reason: Mapped[str] = mapped_column(String(40), default="", server_default="")

    milestone: Mapped[Milestone] = relationship(foreign_keys=[milestone_id])
    next: Mapped[Milestone | None] = relationship(foreign_keys=[next_id])

    @property
    def to_manager(self) -> Money:
        """What left for the manager, the fee in it."""
        return Money(self.to_manager_minor, self.milestone.currency)

    @property
    def net(self) -> Money:
        """What the manager gets of it."""
        return Money(self.to_manager_minor - self.fee_minor, self.milestone.currency)

    @property
    def to_business(self) -> Money:
        return Money(self.to_business_minor, self.milestone.currency)

    @property
    def to_next(self) -> Money:
        return Money(self.to_next_minor, self.milestone.currency)

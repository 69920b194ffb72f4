"""A bonus: what a business gives its manager beside the agreed price."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models.contract import Contract
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful


class BonusStatus(StrEnum):
    """Where a bonus is."""

    paying = "paying"  # the business is at the payment page
    unpaid = "unpaid"  # nobody paid, nothing was taken
    paid = "paid"  # the money is here and becomes the manager's by the next job
    taken = "taken"  # the payer's bank took it back, or part of it, and decides
    lost = "lost"  # all of it went back to the payer before it became the manager's
    released = "released"  # it is the manager's, and sent after the hold


S = BonusStatus


class Bonus(Identified, Stateful, Model):
    """`amount_minor`, less what went back to the payer before the release (`lost_minor`), bears the platform's fee at the contract's rate.

    `send_after` ends the hold.
    """

    __tablename__ = "bonuses"
    __table_args__ = (Index("uq_bonuses_paying", "contract_id", unique=True, postgresql_where="status = 'paying'"),
                      Index(None, "contract_id", "id"), Index("ix_bonuses_paid", "id", postgresql_where="status = 'paid'"),
                      CheckConstraint("amount_minor > 0", name="amount"),
                      CheckConstraint("lost_minor between 0 and amount_minor", name="lost_of_it"))
    KIND = "bonus"
    TRANSITIONS = {"pay": {S.paying: S.paid}, "give_up": {S.paying: S.unpaid}, "release": {S.paid: S.released},
                   "take": {S.paid: S.taken}, "leave": {S.taken: S.paid}, "lose": {S.paid: S.lost, S.taken: S.lost}}

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Contract.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    lost_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    note: Mapped[str] = mapped_column(String(1000), default="")
    status: Mapped[BonusStatus] = mapped_column(enumerated(BonusStatus), default=BonusStatus.paying)
    paid_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    send_after: Mapped[datetime | None]
    contract: Mapped[Contract] = relationship()

    @property
    def subject(self) -> str:
        """What its payment and transfers are about."""
        return f"{self.KIND}:{self.id}"

    @property
    def amount(self) -> Money:
        """What the business gives, without the card cost."""
        return Money(self.amount_minor, self.currency)

    @property
    def left(self) -> Money:
        """What is, or was, there for the manager, the fee in it."""
        return self.amount - Money(self.lost_minor, self.currency)

    @property
    def fee(self) -> Money:
        """The platform's part at the fee the contract froze."""
        return self.left.share(self.contract.fee_bp)

    @property
    def net(self) -> Money:
        """What the manager gets."""
        return self.left - self.fee

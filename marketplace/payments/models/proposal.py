"""Money that staff move: done by one person when it is little, by two when it is much."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person, StaffRole
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful


class MoneyProposalStatus(StrEnum):
    """Where a proposal is."""

    waiting = "waiting"  # a second person is to confirm
    done = "done"  # carried out
    declined = "declined"  # the second person said no, or the first took it back
    lapsed = "lapsed"  # what it was about has changed meanwhile


P = MoneyProposalStatus
# Who is asked to be the second person besides finance.
ASKED_TOO = {"dispute_decision": (StaffRole.mediator,)}


class MoneyProposal(Identified, Stateful, Model):
    """One operation with money that somebody of staff wants, and why. `kind` names the verb that carries it out, `key`
    is the caller's: the same one twice is the same proposal. `contract` (`contract:id`) where the money is one's. `decided_by`
    is the second person, or the first where one was enough.
    """

    __tablename__ = "money_proposals"
    __table_args__ = (
        Index("uq_money_proposals_waiting", "kind", "subject", unique=True, postgresql_where="status = 'waiting'"),
        Index(None, "subject"), Index(None, "status", "id"),
        Index("ix_money_proposals_contract", "contract", postgresql_where="contract <> ''"))
    KIND = "money_proposal"
    TRANSITIONS = {
        "carry_out": {P.waiting: P.done},
        "decline": {P.waiting: P.declined},
        "lapse": {P.waiting: P.lapsed},
    }

    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    subject: Mapped[str] = mapped_column(String(80))
    contract: Mapped[str] = mapped_column(String(80), default="", server_default="")
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    why: Mapped[str] = mapped_column(String(2000))
    status: Mapped[MoneyProposalStatus] = mapped_column(enumerated(MoneyProposalStatus), default=MoneyProposalStatus.waiting)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(2000), default="")

    proposed_by: Mapped[Person] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def seconds(self) -> tuple[StaffRole, ...]:
        """Those of staff among whom the second person is."""
        return (StaffRole.finance, *ASKED_TOO.get(self.kind, ()))

    def told(self, done: str) -> str:
        """What the person who asked for it reads, also when asking again: that it waits for somebody else, is done, or came to nothing."""
        if self.status == P.waiting:
            return _("This much needs a second person. They have been told.")
        return done if self.status == P.done else _("This was proposed before, and came to nothing. Propose it anew.")

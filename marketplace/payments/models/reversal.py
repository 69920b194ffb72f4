"""Released money that a decision takes back."""
from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.payments.models.outgoing import Transfer


class ReversalStatus(StrEnum):
    """How far taking back has come."""

    due = "due"  # decided; where the money is has to be looked at
    asking = "asking"  # Stripe is asked for it, and has not answered
    recovered = "recovered"  # the platform holds it again
    returned = "returned"  # it is the business's: on its way to the card, or set against what their bank took


R = ReversalStatus


class Reversal(Identified, Stateful, Model):
    """Part of one transfer that a decision takes back, for the business that paid it.

    The manager gives `net`, the platform its `fee_minor`. Of the net, `asked_minor` is what Stripe is asked for in this
    attempt (`stripe_minor` in the transfer's own currency), `reversed_minor` what Stripe gave back, `owed_minor` what
    became the manager's debt; the rest had not been sent. `operation` is the caller's key; each attempt has its own.
    """

    __tablename__ = "reversals"
    __table_args__ = (Index(None, "transfer_id"), Index(None, "status", "id"))
    KIND = "reversal"
    TRANSITIONS = {
        "ask": {R.due: R.asking},
        "refuse": {R.asking: R.due},
        "recover": {R.due: R.recovered, R.asking: R.recovered},
        "return": {R.recovered: R.returned},
    }

    transfer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Transfer.id))
    operation: Mapped[str] = mapped_column(String(120), unique=True)
    attempt: Mapped[int] = mapped_column(default=0)
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    fee_minor: Mapped[int] = mapped_column(BigInteger)
    asked_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    stripe_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    stripe_currency: Mapped[str | None] = mapped_column(String(3))
    reversed_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    owed_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    status: Mapped[ReversalStatus] = mapped_column(enumerated(ReversalStatus), default=ReversalStatus.due)
    failure: Mapped[str] = mapped_column(String(300), default="")
    stripe_reversal_id: Mapped[str | None] = mapped_column(String(80), unique=True)

    transfer: Mapped[Transfer] = relationship()

    @property
    def gross(self) -> Money:
        """What the business gets."""
        return Money(self.gross_minor, self.currency)

    @property
    def fee(self) -> Money:
        """The platform's part of it."""
        return Money(self.fee_minor, self.currency)

    @property
    def net(self) -> Money:
        """The manager's part of it."""
        return self.gross - self.fee

    @property
    def asked(self) -> Money:
        """What Stripe is asked for."""
        return Money(self.asked_minor, self.currency)

    @property
    def owed(self) -> Money:
        """What became the manager's debt."""
        return Money(self.owed_minor, self.currency)

    @property
    def subject(self) -> str:
        """Under whose name the ledger holds the money on its way back."""
        return f"reversal:{self.id}"

    @property
    def key(self) -> str:
        """This attempt's key at Stripe."""
        return f"reversal:{self.id}:{self.attempt}"

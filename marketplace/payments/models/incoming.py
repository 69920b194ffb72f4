"""A business's payment, and what of it went back."""
from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.core.db import Identified, Model, enumerated
from marketplace.core.money import Money
from marketplace.core.states import Stateful
from marketplace.payments.models.card import Card


class PaymentStatus(StrEnum):
    """Where a payment is."""

    pending = "pending"  # waits for the person at Stripe's page, or for Stripe's answer
    processing = "processing"  # the bank takes its time
    succeeded = "succeeded"  # the money is here
    failed = "failed"  # the bank refused for good
    expired = "expired"  # nobody paid in time
    cancelled = "cancelled"  # called off here
    partly_refunded = "partly_refunded"
    refunded = "refunded"
    charged_back = "charged_back"  # the payer's bank took it back, and decides
    won = "won"  # … and gave it to us again
    lost = "lost"  # … and kept it


S = PaymentStatus
PAID = (S.succeeded, S.partly_refunded, S.won)
"""The money, or part of it, is here and may be refunded."""
_ENDED = (S.failed, S.expired, S.cancelled)


class Payment(Identified, Stateful, Model):
    """One attempt to pay for a subject (`milestone:id`).

    `amount_minor` is held for the subject, `ad_spend_minor` (its VAT, `ad_vat_minor`, in it) beside it for ads, `card_cost_minor` comes on
    top. `unclaimed`: it came when nothing waited for it any more (after expiry, or a second time), is held under its own
    name and goes back by itself. `settled_…` is what Stripe booked where it keeps another currency. `keep_card`: the payer
    wishes that its card is kept. With a `card_id` no page was opened, that card was charged without the payer; `refusal` is
    why the bank did not do it, in Stripe's word. `card_key` finds payments by the same card again, whoever made them.
    `turned_away`: it came from somebody who may not pay for this, or for what has ended, and goes back at once.
    """

    __tablename__ = "payments"
    __table_args__ = (Index(None, "subject"), Index(None, "business_id", "id"), Index(None, "status", "expires_at"),
                      Index("ix_payments_card_key", "card_key", postgresql_where="card_key is not null"),
                      Index("ix_payments_person_cards", "person_id", postgresql_where="card_key is not null"))
    KIND = "payment"
    TRANSITIONS = {
        "process": {S.pending: S.processing},
        "succeed": {S.pending: S.succeeded, S.processing: S.succeeded},
        "come_late": dict.fromkeys(_ENDED, S.succeeded),
        "fail": {S.pending: S.failed, S.processing: S.failed},
        "expire": {S.pending: S.expired},
        "cancel": {S.pending: S.cancelled},
        "refund_part": dict.fromkeys((S.succeeded, S.refunded, S.won), S.partly_refunded),
        "refund_whole": dict.fromkeys((S.succeeded, S.partly_refunded, S.won), S.refunded),
        "refund_none": dict.fromkeys((S.partly_refunded, S.refunded), S.succeeded),
        "charge_back": dict.fromkeys((S.succeeded, S.partly_refunded, S.refunded), S.charged_back),
        "win": {S.charged_back: S.won},
        "lose": {S.charged_back: S.lost},
    }

    subject: Mapped[str] = mapped_column(String(80))
    contract: Mapped[str] = mapped_column(String(80))
    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Business.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    title: Mapped[str] = mapped_column(String(200))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    ad_spend_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    ad_vat_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    card_cost_minor: Mapped[int] = mapped_column(BigInteger)
    fee_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    status: Mapped[PaymentStatus] = mapped_column(enumerated(PaymentStatus), default=PaymentStatus.pending)
    success_url: Mapped[str] = mapped_column(String(500))
    cancel_url: Mapped[str] = mapped_column(String(500))
    checkout_url: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime]
    succeeded_at: Mapped[datetime | None]
    unclaimed: Mapped[bool] = mapped_column(default=False)
    keep_card: Mapped[bool] = mapped_column(default=False)
    card_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Card.id))
    refusal: Mapped[str] = mapped_column(String(60), default="")
    stripe_session_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    stripe_payment_intent_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    stripe_charge_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    card_key: Mapped[str | None] = mapped_column(String(64))
    turned_away: Mapped[bool] = mapped_column(default=False, server_default="false")
    settled_minor: Mapped[int | None] = mapped_column(BigInteger)
    settled_currency: Mapped[str | None] = mapped_column(String(3))

    business: Mapped[Business] = relationship()
    person: Mapped[Person] = relationship()
    card: Mapped[Card | None] = relationship()

    @property
    def amount(self) -> Money:
        """What is held of it."""
        return Money(self.amount_minor, self.currency)

    @property
    def ad_spend(self) -> Money:
        """What of it is kept for ads, VAT in it."""
        return Money(self.ad_spend_minor, self.currency)

    @property
    def ad_vat(self) -> Money:
        """The VAT in it."""
        return Money(self.ad_vat_minor, self.currency)

    @property
    def fee(self) -> Money | None:
        """The platform's part of `amount` once it is released; None where nothing is released of it."""
        return None if self.fee_minor is None else Money(self.fee_minor, self.currency)

    @property
    def card_cost(self) -> Money:
        return Money(self.card_cost_minor, self.currency)

    @property
    def total(self) -> Money:
        """What the card is charged."""
        return self.amount + self.ad_spend + self.card_cost

    @property
    def holder(self) -> str:
        """Under whose name the ledger holds the money: the subject's, or its own when nothing waits for it."""
        return self.source if self.unclaimed else self.subject

    @property
    def source(self) -> str:
        """What the ledger calls money that this payment brought."""
        return f"payment:{self.id}"

    @property
    def settles_debt(self) -> bool:
        """Whether its business pays what it owes, not for work."""
        return self.subject.startswith("debt:")

    def settled(self, part: Money) -> Money | None:
        """What a part of it is in the currency Stripe keeps; None when that is the same one. Rounded down."""
        if self.settled_currency in (None, self.currency) or self.settled_minor is None:
            return None
        return Money(part.minor * self.settled_minor // self.total.minor, str(self.settled_currency))


class RefundStatus(StrEnum):
    """Where a refund is."""

    due = "due"  # set aside, Stripe has not taken it yet
    pending = "pending"  # Stripe has it
    succeeded = "succeeded"  # it went to the card
    failed = "failed"  # it came back; held again


R = RefundStatus


class Refund(Identified, Stateful, Model):
    """One operation of giving back part of a payment. `operation` is the caller's key; each attempt has its own at Stripe.

    `subject`: whose held money goes back; not always what was paid for, for held money can move on. `ads`: of its ad money.
    `outside`: made on Stripe's own pages, found when we looked.
    """

    __tablename__ = "refunds"
    __table_args__ = (Index(None, "payment_id"), Index(None, "status"))
    KIND = "refund"
    TRANSITIONS = {
        "send": {R.due: R.pending},
        "succeed": {R.due: R.succeeded, R.pending: R.succeeded},
        "fail": {R.due: R.failed, R.pending: R.failed, R.succeeded: R.failed},
        "retry": {R.failed: R.due},
    }

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Payment.id))
    subject: Mapped[str] = mapped_column(String(80))
    operation: Mapped[str] = mapped_column(String(120), unique=True)
    attempt: Mapped[int] = mapped_column(default=1)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="BDT")
    status: Mapped[RefundStatus] = mapped_column(enumerated(RefundStatus), default=RefundStatus.due)
    outside: Mapped[bool] = mapped_column(default=False)
    ads: Mapped[bool] = mapped_column(default=False, server_default="false")
    failure: Mapped[str] = mapped_column(String(300), default="")
    stripe_refund_id: Mapped[str | None] = mapped_column(String(80), unique=True)

    payment: Mapped[Payment] = relationship()

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def key(self) -> str:
        """This attempt's key, in the ledger and at Stripe."""
        return f"refund:{self.id}:{self.attempt}"

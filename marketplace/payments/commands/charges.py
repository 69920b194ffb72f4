"""Charging a saved card without its owner at hand: the row is committed first, then a job looks, and asks at most once."""
from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.core import clock, pricing
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet, task
from marketplace.gateways import stripe
from marketplace.payments.commands import checkout, debts, incoming
from marketplace.payments.models import Card, Payment, PaymentStatus

AUTHENTICATION = "authentication_required"
"""The bank wants its customer to answer: such a payment is made again at Stripe's page."""


def charge_card(*, card: Card, subject: str, contract: str, business: Business, person: Person, amount: Money, title: str,
                success_url: str, cancel_url: str, ad_spend: Money | None = None, ad_vat: Money | None = None,
                fee: Money | None = None) -> Payment:
    """Charge a saved card, off-session, by a job. What becomes of it is told as of every payment: succeeded, or ended.

    A charge that the bank refuses is not tried again; `payment.refusal` says why. Raises WrongState for a card that is
    gone or expired, and while the business owes what its bank took back.
    """
    debts.refuse_debtors(business)
    if not card.usable or card.business_id != business.id:
        raise WrongState(_l("This card cannot be charged any more. Choose another one."))
    ads = ad_spend or Money(0, amount.currency)
    payment = Payment(
        subject=subject, contract=contract, business_id=business.id, person_id=person.id, title=title[:200], card_id=card.id,
        amount_minor=amount.minor, ad_spend_minor=ads.minor, ad_vat_minor=ad_vat.minor if ad_vat else 0,
        card_cost_minor=pricing.card_cost(amount + ads).minor, currency=amount.currency,
        fee_minor=fee.minor if fee else None, success_url=success_url, cancel_url=cancel_url, expires_at=checkout.deadline())
    db.session.add(payment)
    db.session.flush()
    carry_out_charge.later(payment.id, once=f"charge:{payment.id}")
    return payment


@task
def carry_out_charge(payment_id: str) -> None:
    """Look whether Stripe has this charge; if not, ask for it. After its time, or called off, it is not asked for."""
    payment = db.session.get_one(Payment, uuid.UUID(payment_id))
    incoming.lock_siblings(payment)
    if payment.status != PaymentStatus.pending or payment.expires_at <= clock.now():
        return
    try:
        _carry_out(payment)
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence


def _carry_out(payment: Payment) -> None:
    try:
        page = incoming.charged(payment) or incoming.as_page(stripe.create_intent(_wish(payment), key=f"charge:{payment.id}"))
    except stripe.Refused as refusal:
        page = incoming.charged(payment)
        if page is None:
            incoming.fail(payment, refusal.code or "refused")
            return
    incoming.apply(payment, page)
    if payment.status == PaymentStatus.failed:
        checkout.close_page.later(payment.id, once=f"close:{payment.id}")


def _wish(payment: Payment) -> dict[str, Any]:
    card = payment.card
    if card is None or not card.usable:
        raise stripe.Refused("the card was removed", "card_removed")
    return {
        "amount": payment.total.minor, "currency": payment.currency.lower(), "customer": card.stripe_customer_id,
        "payment_method": card.stripe_payment_method_id, "off_session": True, "confirm": True, "description": payment.title,
        "transfer_group": payment.contract, "metadata": {"payment": str(payment.id), "subject": payment.subject},
        "expand": ["latest_charge.balance_transaction"],
    }
